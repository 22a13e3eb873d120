package dev.tollgate.telemetry;

import dev.tollgate.admission.LimitStatus;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Budgets as the ledger last reported them, all pods together; a budget that is gone has no gauge any more. */
final class BudgetGauges {

    // As many as a scrape bears.
    private static final int MAX_BUDGETS = 2000;
    private static final double MICRO = 1e6;

    private final MultiGauge limitUsd;
    private final MultiGauge usedUsd;
    private final MultiGauge heldUsd;
    private final MultiGauge usedRatio;
    private final MultiGauge reset;

    BudgetGauges(MeterRegistry registry) {
        this.limitUsd = gauge(registry, "tollgate.budget.limit.usd", "Limit of a budget in US dollars");
        this.usedUsd = gauge(registry, "tollgate.budget.used.usd", "Settled calls of a budget's period in US dollars");
        this.heldUsd =
                gauge(registry, "tollgate.budget.held.usd", "What calls in progress hold of a budget in US dollars");
        this.usedRatio = gauge(registry, "tollgate.budget.used.ratio", "Part of a budget that settled calls used");
        this.reset = gauge(registry, "tollgate.budget.reset.timestamp.seconds", "When a budget starts over");
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String help) {
        return MultiGauge.builder(name).description(help).register(registry);
    }

    /** Shows these and no others. */
    void show(List<LimitStatus> limits) {
        List<LimitStatus> budgets = limits.stream()
                .filter(limit -> limit.kind().equals("budget"))
                .limit(MAX_BUDGETS)
                .toList();
        List<LimitStatus> money =
                budgets.stream().filter(limit -> limit.unit().equals("usd")).toList();
        rows(limitUsd, money, limit -> limit.limit() / MICRO);
        rows(usedUsd, money, limit -> limit.used() / MICRO);
        rows(heldUsd, money, limit -> limit.held() / MICRO);
        rows(usedRatio, budgets, limit -> limit.limit() == 0 ? 1 : (double) limit.used() / limit.limit());
        rows(reset, budgets, limit -> limit.resetMillis() / 1000.0);
    }

    private static void rows(MultiGauge gauge, List<LimitStatus> limits, ToDoubleFunction<LimitStatus> value) {
        gauge.register(
                limits.stream()
                        .<MultiGauge.Row<?>>map(limit -> MultiGauge.Row.of(tags(limit), value.applyAsDouble(limit)))
                        .toList(),
                true);
    }

    private static Tags tags(LimitStatus limit) {
        return Tags.of(
                "limit",
                limit.bucket(),
                "tenant",
                limit.tenant(),
                "period",
                limit.period().orElse("none"));
    }
}
