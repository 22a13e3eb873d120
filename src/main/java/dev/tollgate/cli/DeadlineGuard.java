package dev.tollgate.cli;

import dev.tollgate.admission.LedgerGuard;
import dev.tollgate.ledger.LedgerException;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.TypedGuard;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.enterprise.util.TypeLiteral;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * SmallRye Fault Tolerance around the ledger, by its programmatic API: a deadline, and a breaker that opens after half of
 * ten calls failed and lets one probe through each 250 ms. Refusals of a question are answers, not failures.
 */
final class DeadlineGuard implements LedgerGuard {

    private static final int WINDOW = 10;
    private static final long PROBE_MILLIS = 250;

    private final TypedGuard<CompletionStage<Object>> guard;
    private volatile CircuitBreakerState state = CircuitBreakerState.CLOSED;

    DeadlineGuard(Duration deadline) {
        this.guard = TypedGuard.create(new TypeLiteral<CompletionStage<Object>>() {
                    private static final long serialVersionUID = 1;
                })
                .withDescription("ledger")
                .withTimeout()
                .duration(deadline.toMillis(), ChronoUnit.MILLIS)
                .done()
                .withCircuitBreaker()
                .name("ledger")
                .requestVolumeThreshold(WINDOW)
                .failureRatio(0.5)
                .delay(PROBE_MILLIS, ChronoUnit.MILLIS)
                .successThreshold(1)
                .when(e ->
                        !(e instanceof LedgerException refused && refused.kind().equals("bad-argument")))
                .onStateChange(s -> state = s)
                .done()
                .build();
    }

    /** closed, open or half_open. */
    String mode() {
        return state.name().toLowerCase(Locale.ROOT);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> Future<T> call(Supplier<Future<T>> operation) {
        CompletionStage<Object> stage =
                guard.get(() -> (CompletionStage<Object>) operation.get().toCompletionStage());
        Context context = Vertx.currentContext();
        return (Future<T>)
                (context == null ? Future.fromCompletionStage(stage) : Future.fromCompletionStage(stage, context));
    }
}
