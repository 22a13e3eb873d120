package dev.tollgate.telemetry;

import dev.tollgate.admission.AdmissionListener;
import dev.tollgate.admission.BudgetEvent;
import dev.tollgate.admission.LimitsSnapshot;
import dev.tollgate.ledger.LedgerFault;
import dev.tollgate.ledger.LedgerHealth;
import dev.tollgate.ledger.LedgerListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The metrics of admission and ledger, and what happens to budgets. */
public final class LedgerMetrics implements AdmissionListener, LedgerListener {

    // Exist at zero from the start; others appear when they happen.
    private static final List<String> ERRORS = List.of("timeout", "connection", "open-circuit");

    private static final List<String> UNMETERED = List.of("estimated", "unsettled");

    private final Meters meters;
    private final UnaryOperator<String> tenantLabel;
    private final BudgetGauges budgets;
    private final Counter resets;
    private final ByLabel<Timer> operations;
    private final ByLabel<ByLabel<Counter>> settlements;
    private volatile Consumer<BudgetNotice> notices = notice -> {};

    /** @param tenantLabel the label of a tenant, which can represent many */
    LedgerMetrics(MeterRegistry registry, UnaryOperator<String> tenantLabel) {
        this.meters = new Meters(registry);
        this.tenantLabel = tenantLabel;
        this.budgets = new BudgetGauges(registry);
        this.resets = meters.counter(
                "tollgate.ledger.resets", "Times the ledger had lost writes and was restored", Tags.empty());
        this.operations = new ByLabel<>(
                op -> meters.timer("tollgate.ledger", "Time of a ledger operation", Tags.of("op", op), Meters.SHORT));
        this.settlements = new ByLabel<>(tenant -> new ByLabel<>(kind -> meters.counter(
                "tollgate.settlements",
                "Settlements that differ from the estimate or came by another way",
                Tags.of("kind", kind, "tenant", tenant))));
        ERRORS.forEach(this::ledgerErrors);
    }

    @Override
    public void ledgerFailed(LedgerFault fault) {
        ledgerErrors(fault.label()).increment();
    }

    @Override
    public void ledgerUnderflow(int count) {
        ledgerErrors("underflow").increment(count);
    }

    @Override
    public void ledgerDamaged(String field) {
        ledgerErrors("damaged").increment();
    }

    /** Lets the counters of calls that were booked by estimate, or not at all, exist at zero. */
    void announce(String tenant) {
        UNMETERED.forEach(kind -> settlements.of(tenantLabel.apply(tenant)).of(kind));
    }

    private Counter ledgerErrors(String kind) {
        return meters.counter("tollgate.ledger.errors", "Ledger operations without an answer", Tags.of("kind", kind));
    }

    @Override
    public void failedOpen(String limit) {
        failOpen(limit).increment();
    }

    /** Lets the counter of a limit that calls can pass unchecked exist at zero. */
    Counter failOpen(String limit) {
        return meters.counter(
                "tollgate.fail.open",
                "Calls that passed a limit unchecked, as its policy says",
                Tags.of("limit", limit));
    }

    @Override
    public void settlement(String tenant, String kind) {
        settlements.of(tenantLabel.apply(tenant)).of(kind).increment();
    }

    @Override
    public void ledgerAnswered(String operation, long nanos) {
        operations.of(operation).record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void ledgerReset() {
        resets.increment();
    }

    /** Shows the ledger's mode: 1 for the present one, 0 for the others. */
    public void ledgerMode(Supplier<String> mode, List<String> modes) {
        modes.forEach(m -> meters.gauge(
                "tollgate.ledger.mode",
                "1 for the present mode",
                Tags.of("mode", m),
                () -> mode.get().equals(m) ? 1 : 0));
    }

    /** Shows how many settlements wait for the ledger. */
    public void settlementBacklog(Supplier<Number> pending) {
        meters.gauge("tollgate.settlement.backlog", "Settlements that wait for the ledger", Tags.empty(), pending);
    }

    /** Shows the budgets as the ledger last reported them. */
    public void budgets(LimitsSnapshot snapshot) {
        budgets.show(snapshot.limits());
    }

    /** Shows how the ledger is. */
    public void ledgerHealth(Supplier<LedgerHealth> health) {
        meters.gauge(
                "tollgate.ledger.up",
                "1 if the ledger answers",
                Tags.empty(),
                () -> health.get().up() ? 1 : 0);
        String help = "1 if the ledger's server has the property, 0 if not, NaN if it is not known or has no server";
        meters.gauge(
                "tollgate.ledger.durability", help, Tags.of("property", "persistent"), () -> persistent(health.get()));
        meters.gauge(
                "tollgate.ledger.durability",
                help,
                Tags.of("property", "no_eviction"),
                () -> health.get().evicting() ? 0 : 1);
    }

    private static double persistent(LedgerHealth health) {
        if (health.kind().equals("memory")) {
            return Double.NaN;
        }
        return switch (health.durability()) {
            case AOF, REPLICA -> 1;
            case NONE -> 0;
            case UNKNOWN -> Double.NaN;
        };
    }

    /** Passes on what happens to budgets. */
    void noticesTo(Consumer<BudgetNotice> receiver) {
        notices = receiver;
    }

    @Override
    public void warned(BudgetEvent event) {
        notices.accept(new BudgetNotice(BudgetNotice.Event.WARNED, event));
    }

    @Override
    public void exhausted(BudgetEvent event) {
        notices.accept(new BudgetNotice(BudgetNotice.Event.EXHAUSTED, event));
    }

    @Override
    public void reset(BudgetEvent event) {
        notices.accept(new BudgetNotice(BudgetNotice.Event.RESET, event));
    }
}
