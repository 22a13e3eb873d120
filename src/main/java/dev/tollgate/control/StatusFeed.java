package dev.tollgate.control;

import dev.tollgate.admission.LimitsNow;
import dev.tollgate.admission.LimitsSnapshot;
import dev.tollgate.ledger.Ledger;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * The one source of all who look: requests, streams and the command share the same questions to the ledger. Nobody waits
 * for them longer than a moment; then the last values are shown, with their age.
 */
public final class StatusFeed {

    private static final long PATIENCE_MILLIS = 300;
    private static final LimitsSnapshot NO_LIMITS = new LimitsSnapshot(List.of(), Instant.EPOCH);
    private static final SpendSnapshot NO_SPEND = new SpendSnapshot(List.of(), true, Instant.EPOCH);

    private final Vertx vertx;
    private final InstantSource clock;
    private final PodFacts facts;
    private final Visibility shown;
    private final Polled<LimitsSnapshot> limits;
    private final Polled<SpendSnapshot> spend;

    public StatusFeed(
            Vertx vertx, InstantSource clock, PodFacts facts, LimitsNow limits, Ledger ledger, Visibility shown) {
        this.vertx = vertx;
        this.clock = clock;
        this.facts = facts;
        this.shown = shown;
        this.limits = new Polled<>(() -> limits.poll().compose(this::prepared));
        this.spend = new Polled<>(() -> SpendSnapshot.ask(ledger, shown.spend()).map(this::dated));
    }

    /** The ledger's clock may differ from this pod's; ages are by this pod's. */
    private SpendSnapshot dated(SpendSnapshot reported) {
        return new SpendSnapshot(reported.rows(), reported.whole(), clock.instant());
    }

    /** Sorting thousands of rows is no work for an event loop. */
    private Future<LimitsSnapshot> prepared(LimitsSnapshot all) {
        return vertx.executeBlocking(
                () -> new LimitsSnapshot(
                        shown.of(all.limits()).stream().sorted(Selection.LIMITS).toList(), all.at()),
                false);
    }

    /** Never fails, and takes no longer than a moment. */
    Future<Status> now() {
        Future<Void> fresh = Future.join(limits.refresh(), spend.refresh()).mapEmpty();
        return fresh.isComplete()
                ? Future.succeededFuture(last())
                : Future.any(fresh, vertx.timer(PATIENCE_MILLIS)).map(either -> last());
    }

    /** What is shown to those who ask for one tenant only. */
    Status of(String tenant, Status all) {
        return new Status(
                all.now(),
                facts,
                new LimitsSnapshot(
                        shown.of(all.limits().limits(), tenant), all.limits().at()),
                all.spend().of(tenant));
    }

    private Status last() {
        return new Status(
                clock.instant(),
                facts,
                limits.last().orElse(NO_LIMITS),
                spend.last().orElse(NO_SPEND));
    }
}
