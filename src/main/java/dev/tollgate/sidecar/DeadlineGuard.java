package dev.tollgate.sidecar;

import dev.tollgate.upstream.CallGuard;
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
 * SmallRye Fault Tolerance by its programmatic API: a deadline, and a breaker that opens after half of a window of calls
 * failed and lets one probe through at a time.
 */
final class DeadlineGuard implements CallGuard {

    private final TypedGuard<CompletionStage<Object>> guard;
    private volatile CircuitBreakerState state = CircuitBreakerState.CLOSED;

    /** For operations that are rare, and made by one call at a time. */
    static DeadlineGuard seldom(String name, Duration deadline) {
        return new DeadlineGuard(name, deadline, 2, Duration.ofSeconds(1));
    }

    private DeadlineGuard(String name, Duration deadline, int window, Duration probe) {
        this.guard = TypedGuard.create(new TypeLiteral<CompletionStage<Object>>() {
                    private static final long serialVersionUID = 1;
                })
                .withDescription(name)
                .withTimeout()
                .duration(deadline.toMillis(), ChronoUnit.MILLIS)
                .done()
                .withCircuitBreaker()
                .name(name)
                .requestVolumeThreshold(window)
                .failureRatio(0.5)
                .delay(probe.toMillis(), ChronoUnit.MILLIS)
                .successThreshold(1)
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
