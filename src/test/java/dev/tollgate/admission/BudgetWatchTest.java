package dev.tollgate.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.harness.ManualClock;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.LedgerException;
import dev.tollgate.ledger.LedgerFault;
import dev.tollgate.ledger.SettleReply;
import dev.tollgate.ledger.SpendPage;
import dev.tollgate.ledger.local.LocalLedger;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each threshold of a budget is reported once in its period. */
class BudgetWatchTest {

    private static final String DAY =
            "{ name: day, per: [tenant], budget: { requests: 100, per: day, warn-at: [50, 80] } }";

    private final ManualClock clock = new ManualClock(1_795_000_000_000L);
    private final Pods.Events events = new Pods.Events();
    private final Marks ledger = new Marks();
    private final BudgetWatch watch = new BudgetWatch(ledger, events);

    /** Marks in memory, which can fail. */
    private final class Marks implements Ledger {
        final LocalLedger books = new LocalLedger(clock, 1000);
        final List<Integer> asked = new ArrayList<>();
        boolean down;

        @Override
        public Future<Boolean> mark(String tenant, Bucket.Budget budget, int threshold) {
            asked.add(threshold);
            return down
                    ? Future.failedFuture(new LedgerException(LedgerFault.TIMEOUT, "down"))
                    : books.mark(tenant, budget, threshold);
        }

        @Override
        public Future<AdmitReply> admit(Hold hold, Runnable written) {
            throw new AssertionError("nothing admits here");
        }

        @Override
        public Future<SettleReply> settle(Hold hold) {
            throw new AssertionError("nothing settles here");
        }

        @Override
        public Future<SettleReply> release(Hold hold) {
            throw new AssertionError("nothing releases here");
        }

        @Override
        public Future<Boolean> extend(Hold hold) {
            throw new AssertionError("nothing extends here");
        }

        @Override
        public Future<SpendPage> spend(Optional<String> tenant, String cursor, int limit) {
            throw new AssertionError("nobody asks what is spent here");
        }

        @Override
        public Future<List<Balance>> peek(String tenant, List<Bucket> buckets) {
            throw new AssertionError("nothing peeks here");
        }

        @Override
        public void abandon(Hold hold) {}
    }

    private Plan plan(String limit, String tenant) {
        return Plan.of(
                Pods.policy("limits: [ " + limit + " ]"),
                Pods.demand(tenant, "amazon.nova-lite-v1:0", 100),
                clock.instant());
    }

    private void saw(long used) {
        saw(DAY, "acme", used);
    }

    private void saw(String limit, String tenant, long used) {
        watch.saw(tenant, plan(limit, tenant), List.of(new Balance.Budget(used, 0)));
    }

    @ParameterizedTest
    @CsvSource({
        "0, ''",
        "49, ''",
        "50, warned day acme 50",
        "79, warned day acme 50",
        "80, warned day acme 80",
        "99, warned day acme 80"
    })
    void aThresholdIsReportedOnceItIsReached(long used, String event) {
        saw(used);
        assertEquals(event.isEmpty() ? List.of() : List.of(event), events.budgets);
    }

    @ParameterizedTest
    @CsvSource({"100", "101", "100000"})
    void aBudgetThatIsUsedUpIsExhausted(long used) {
        saw(used);
        assertEquals(List.of("exhausted day acme"), events.budgets);
    }

    @Test
    void eachThresholdIsReportedOnce() {
        for (long used = 0; used <= 120; used++) {
            saw(used);
        }
        assertEquals(List.of("warned day acme 50", "warned day acme 80", "exhausted day acme"), events.budgets);
    }

    @Test
    void theLedgerIsAskedOnceForEachThreshold() {
        for (long used = 0; used <= 120; used++) {
            saw(used);
        }
        assertEquals(List.of(50, 80, Ledger.EXHAUSTED), ledger.asked);
    }

    @Test
    void whatIsHeldIsNotUsed() {
        watch.saw("acme", plan(DAY, "acme"), List.of(new Balance.Budget(0, 100)));
        assertEquals(List.of(), events.budgets);
    }

    @Test
    void aDenialMeansThatItIsExhausted() {
        watch.denied("acme", plan(DAY, "acme").guards().get(0), new Balance.Budget(99, 1));
        assertEquals(List.of("exhausted day acme"), events.budgets);
    }

    @Test
    void aDenialOfARateIsNoEvent() {
        watch.denied(
                "acme",
                plan("{ name: r, rate: { requests: 5, every: 1m } }", "acme")
                        .guards()
                        .get(0),
                new Balance.Rate(0, 1));
        assertEquals(List.of(), events.budgets);
    }

    @Test
    void everyTenantHasItsOwnThresholds() {
        saw(DAY, "acme", 50);
        saw(DAY, "globex", 50);
        assertEquals(List.of("warned day acme 50", "warned day globex 50"), events.budgets);
    }

    @Test
    void aBudgetOfAllIsReportedOnceForAll() {
        String limit = "{ name: day, budget: { requests: 100, per: day, warn-at: [50] } }";
        saw(limit, "acme", 50);
        saw(limit, "globex", 55);
        assertEquals(List.of("warned day all 50"), events.budgets);
    }

    @Test
    void aBudgetOfOneTenantIsReportedByItsName() {
        saw("{ name: day, match: { tenant: acme }, budget: { requests: 100, per: day, warn-at: [50] } }", "acme", 50);
        assertEquals(List.of("warned day acme 50"), events.budgets);
    }

    @Test
    void anotherPodThatReportedFirstIsTheOnlyOne() {
        new BudgetWatch(ledger, new Pods.Events()).saw("acme", plan(DAY, "acme"), List.of(new Balance.Budget(80, 0)));
        saw(80);
        assertEquals(List.of(), events.budgets);
    }

    @Test
    void aNewPeriodStartsOverAndWarnsAgain() {
        saw(100);
        clock.advance(86_400_000);
        saw(0);
        saw(50);
        assertEquals(List.of("exhausted day acme", "reset day acme", "warned day acme 50"), events.budgets);
    }

    @Test
    void aPeriodWithoutAnEventIsNoReset() {
        saw(1);
        clock.advance(86_400_000);
        saw(1);
        assertEquals(
                List.of(),
                events.budgets.stream().filter(e -> !e.startsWith("reset")).toList());
    }

    @Test
    void aLateBalanceOfAnEarlierPeriodIsIgnored() {
        Plan yesterday = plan(DAY, "acme");
        clock.advance(86_400_000);
        saw(50);
        watch.saw("acme", yesterday, List.of(new Balance.Budget(100, 0)));
        assertEquals(List.of("warned day acme 50"), events.budgets);
    }

    @Test
    void aMarkThatFailsIsTriedAgain() {
        ledger.down = true;
        saw(50);
        assertEquals(List.of(), events.budgets);
        ledger.down = false;
        saw(51);
        assertEquals(List.of("warned day acme 50"), events.budgets);
    }

    @Test
    void theLargestBudgetDoesNotOverflow() {
        String limit = "{ name: day, budget: { requests: 4503599627370496, per: day, warn-at: [1, 99] } }";
        saw(limit, "acme", 4_458_563_631_096_792L);
        assertEquals(List.of("warned day all 99"), events.budgets);
    }

    @Test
    void aThresholdOfASmallBudgetIsRoundedUp() {
        String limit = "{ name: day, budget: { requests: 3, per: day, warn-at: [50] } }";
        saw(limit, "acme", 1);
        assertEquals(List.of(), events.budgets);
        saw(limit, "acme", 2);
        assertEquals(List.of("warned day all 50"), events.budgets);
    }
}
