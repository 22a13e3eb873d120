package dev.tollgate.telemetry;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Weight;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.InstantSource;
import java.util.function.Supplier;

/** One budget as the ledger last told it. */
final class BudgetGauges {

    private final InstantSource clock;
    private volatile double usedRatio;
    private volatile double limit;
    private volatile double resetSeconds;

    BudgetGauges(MeterRegistry registry, Tags tags, Limit.Budget quantity, InstantSource clock) {
        this.clock = clock;
        if (quantity.weight() == Weight.USD) {
            gauge(registry, tags, "tollgate.budget.limit.usd", "Limit of a budget in US dollars", () -> limit / 1e6);
        }
        gauge(registry, tags, "tollgate.budget.used.ratio", "Part of a budget that is used or held", this::usedNow);
        gauge(
                registry,
                tags,
                "tollgate.budget.reset.timestamp.seconds",
                "When a budget starts anew",
                () -> resetSeconds);
    }

    private static void gauge(MeterRegistry registry, Tags tags, String name, String help, Supplier<Number> value) {
        Gauge.builder(name, value).description(help).tags(tags).register(registry);
    }

    /** A period that has ended says nothing of the present one, which nobody has used through this pod yet. */
    private double usedNow() {
        return clock.millis() < resetSeconds * 1000 ? usedRatio : 0;
    }

    void saw(Bucket bucket, Balance balance) {
        long amount = bucket.capacity();
        limit = amount;
        usedRatio = amount == 0 ? 1 : (double) (balance.used(amount) + balance.held()) / amount;
        resetSeconds = bucket.resetsAtMillis(clock.millis(), balance) / 1000.0;
    }
}
