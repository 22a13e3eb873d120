package dev.tollgate.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.admission.LimitStatus;
import dev.tollgate.admission.LimitsSnapshot;
import dev.tollgate.ledger.LedgerFault;
import dev.tollgate.ledger.LedgerHealth;
import dev.tollgate.ledger.LedgerHealth.Durability;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LedgerMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LedgerMetrics metrics =
            new LedgerMetrics(registry, tenant -> tenant.equals("acme") ? tenant : CallLabels.OTHER);

    private double count(String name, String... tags) {
        return registry.find(name).tags(tags).counters().stream()
                .mapToDouble(c -> c.count())
                .sum();
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    @ParameterizedTest
    @EnumSource(LedgerFault.class)
    void everyFaultIsCountedByItsLabel(LedgerFault fault) {
        metrics.ledgerFailed(fault);
        metrics.ledgerFailed(fault);
        assertEquals(2, count("tollgate.ledger.errors", "kind", fault.label()));
    }

    @ParameterizedTest
    @CsvSource({"timeout", "connection", "open-circuit"})
    void theUsualFaultsExistAtZero(String kind) {
        assertEquals(
                1,
                registry.find("tollgate.ledger.errors")
                        .tag("kind", kind)
                        .counters()
                        .size());
        assertEquals(0, count("tollgate.ledger.errors", "kind", kind));
    }

    @Test
    void underflowsAndDamagedCountsAreErrors() {
        metrics.ledgerUnderflow(3);
        metrics.ledgerDamaged("a\nfield");
        assertEquals(3, count("tollgate.ledger.errors", "kind", "underflow"));
        assertEquals(1, count("tollgate.ledger.errors", "kind", "damaged"));
    }

    @Test
    void aCallThatPassedUncheckedIsCountedByItsLimit() {
        metrics.failedOpen("day");
        assertEquals(1, count("tollgate.fail.open", "limit", "day"));
    }

    @Test
    void settlementsAreCountedByKindAndTenant() {
        metrics.settlement("acme", "refund");
        metrics.settlement("unknown-1", "refund");
        metrics.settlement("unknown-2", "refund");
        assertEquals(1, count("tollgate.settlements", "kind", "refund", "tenant", "acme"));
        assertEquals(2, count("tollgate.settlements", "kind", "refund", "tenant", CallLabels.OTHER));
    }

    @Test
    void operationsAreTimedByName() {
        metrics.ledgerAnswered("admit", 1_000_000);
        metrics.ledgerAnswered("settle", 1_000_000);
        metrics.ledgerAnswered("admit", 3_000_000);
        assertEquals(
                2, registry.get("tollgate.ledger").tag("op", "admit").timer().count());
        assertEquals(
                1, registry.get("tollgate.ledger").tag("op", "settle").timer().count());
    }

    @Test
    void resetsAreCounted() {
        metrics.ledgerReset();
        assertEquals(1, count("tollgate.ledger.resets"));
    }

    @Test
    void thePresentModeIsOneAndTheOthersAreZero() {
        AtomicReference<String> mode = new AtomicReference<>("closed");
        metrics.ledgerMode(mode::get, List.of("closed", "open", "half_open"));
        assertEquals(1, gauge("tollgate.ledger.mode", "mode", "closed"));
        assertEquals(0, gauge("tollgate.ledger.mode", "mode", "open"));
        mode.set("open");
        assertEquals(0, gauge("tollgate.ledger.mode", "mode", "closed"));
        assertEquals(1, gauge("tollgate.ledger.mode", "mode", "open"));
    }

    @Test
    void theBacklogIsShownAsItIs() {
        AtomicReference<Integer> pending = new AtomicReference<>(0);
        metrics.settlementBacklog(pending::get);
        pending.set(7);
        assertEquals(7, gauge("tollgate.settlement.backlog"));
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "false, 0"})
    void theLedgerIsUpIfItAnswers(boolean up, double value) {
        metrics.ledgerHealth(() -> new LedgerHealth("redis", up, 0, 1, Durability.AOF, false));
        assertEquals(value, gauge("tollgate.ledger.up"));
    }

    @ParameterizedTest
    @CsvSource({"AOF, 1", "REPLICA, 1", "NONE, 0", "UNKNOWN, NaN"})
    void durabilityIsShownUnlessItIsNotKnown(Durability durability, double value) {
        metrics.ledgerHealth(() -> new LedgerHealth("redis", true, 0, 1, durability, false));
        assertEquals(value, gauge("tollgate.ledger.durability", "property", "persistent"));
    }

    private static LimitStatus status(String name, String tenant, String kind, String unit, long used, long limit) {
        return new LimitStatus(
                name,
                name,
                tenant,
                tenant,
                Optional.empty(),
                kind,
                kind.equals("budget") ? Optional.of("month") : Optional.empty(),
                Optional.empty(),
                unit,
                true,
                used,
                1_000_000,
                limit,
                limit - used,
                0,
                1_795_000_000_000L,
                List.of());
    }

    private void show(LimitStatus... limits) {
        metrics.budgets(new LimitsSnapshot(List.of(limits), Instant.EPOCH));
    }

    @Test
    void aBudgetInDollarsIsShownInDollars() {
        show(status("month", "acme", "budget", "usd", 125_000_000, 500_000_000));
        String[] tags = {"limit", "month", "tenant", "acme", "period", "month"};
        assertEquals(500, gauge("tollgate.budget.limit.usd", tags));
        assertEquals(125, gauge("tollgate.budget.used.usd", tags));
        assertEquals(1, gauge("tollgate.budget.held.usd", tags));
        assertEquals(0.25, gauge("tollgate.budget.used.ratio", tags));
        assertEquals(1_795_000_000.0, gauge("tollgate.budget.reset.timestamp.seconds", tags));
    }

    @Test
    void aBudgetOfTokensHasARatioAndNoDollars() {
        show(status("day", "all", "budget", "tokens", 10, 40));
        assertEquals(0.25, gauge("tollgate.budget.used.ratio", "limit", "day"));
        assertTrue(registry.find("tollgate.budget.limit.usd").gauges().isEmpty());
    }

    @Test
    void aBudgetOfNothingIsUsedUp() {
        show(status("none", "all", "budget", "usd", 0, 0));
        assertEquals(1, gauge("tollgate.budget.used.ratio", "limit", "none"));
    }

    @ParameterizedTest
    @CsvSource({"rate", "concurrency"})
    void otherLimitsAreNotShown(String kind) {
        show(status("l", "all", kind, "requests", 1, 2));
        assertTrue(registry.find("tollgate.budget.used.ratio").gauges().isEmpty());
    }

    @Test
    void aBudgetThatIsGoneHasNoGauge() {
        show(status("a", "all", "budget", "usd", 1, 2), status("b", "all", "budget", "usd", 1, 2));
        show(status("b", "all", "budget", "usd", 2, 2));
        assertTrue(registry.find("tollgate.budget.used.ratio")
                .tag("limit", "a")
                .gauges()
                .isEmpty());
        assertEquals(1, gauge("tollgate.budget.used.ratio", "limit", "b"));
    }

    @Test
    void noMoreBudgetsAreShownThanAScrapeBears() {
        List<LimitStatus> many = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            many.add(status("b", "t" + i, "budget", "usd", 1, 2));
        }
        show(many.toArray(LimitStatus[]::new));
        assertEquals(2_000, registry.find("tollgate.budget.used.ratio").gauges().size());
    }
}
