package dev.tollgate.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.LedgerException;
import dev.tollgate.ledger.LedgerFault;
import dev.tollgate.ledger.PodShare;
import dev.tollgate.ledger.SettleReply;
import dev.tollgate.ledger.Spend;
import dev.tollgate.ledger.SpendPage;
import dev.tollgate.ledger.local.LocalLedger;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.Weight;
import dev.tollgate.pricing.Charge;
import dev.tollgate.pricing.Estimate;
import dev.tollgate.tenant.Caller;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    private static final LedgerException DOWN = new LedgerException(LedgerFault.TIMEOUT, "down");

    private final Vertx vertx = Vertx.vertx();
    private final Pods.Events events = new Pods.Events();
    private final Scripted ledger = new Scripted();
    private Optional<PodShare> share = Optional.of(PodShare.ALONE);

    /** The ledger in memory, whose next answers to admits can be given. */
    private static final class Scripted implements Ledger {
        final LocalLedger books = new LocalLedger(InstantSource.system(), 1000);
        final Queue<Future<AdmitReply>> next = new ArrayDeque<>();
        final Queue<Hold> released = new ArrayDeque<>();
        boolean down;

        @Override
        public Future<AdmitReply> admit(Hold hold, Runnable written) {
            Future<AdmitReply> reply = next.poll();
            return reply != null ? reply : down ? Future.failedFuture(DOWN) : books.admit(hold, written);
        }

        @Override
        public Future<SettleReply> settle(Hold hold) {
            return down ? Future.failedFuture(DOWN) : books.settle(hold);
        }

        @Override
        public Future<SettleReply> release(Hold hold) {
            released.add(hold);
            return books.release(hold);
        }

        @Override
        public Future<Boolean> extend(Hold hold) {
            return books.extend(hold);
        }

        @Override
        public Future<List<dev.tollgate.ledger.Balance>> peek(String tenant, List<Bucket> buckets) {
            return down ? Future.failedFuture(DOWN) : books.peek(tenant, buckets);
        }

        @Override
        public Future<Boolean> mark(String tenant, Bucket.Budget budget, int threshold) {
            return books.mark(tenant, budget, threshold);
        }

        @Override
        public Future<SpendPage> spend(Optional<String> tenant, String cursor, int limit) {
            return books.spend(tenant, cursor, limit);
        }

        @Override
        public void abandon(Hold hold) {}
    }

    @AfterEach
    void stop() {
        Upstreams.await(vertx.close());
    }

    private Admission admission(String limits) {
        return admission(limits, Pods.settings());
    }

    private Admission admission(String limits, AdmissionSettings settings) {
        Policy policy = Pods.policy("limits: [ " + limits + " ]");
        return Pods.admission(vertx, ledger, () -> share, () -> policy, settings, events);
    }

    private static Decision admit(Admission admission, Demand demand) {
        return Upstreams.await(admission.admit(UUID.randomUUID().toString(), demand));
    }

    private static Decision admit(Admission admission) {
        return admit(admission, Pods.demand("acme", "amazon.nova-lite-v1:0", 100));
    }

    private static Decision.Denied denied(Admission admission) {
        return assertInstanceOf(Decision.Denied.class, admit(admission));
    }

    private static Decision.Admitted admitted(Admission admission) {
        return assertInstanceOf(Decision.Admitted.class, admit(admission));
    }

    private static int approved(Admission admission, int calls) {
        int approved = 0;
        for (int i = 0; i < calls; i++) {
            approved += admit(admission) instanceof Decision.Admitted ? 1 : 0;
        }
        return approved;
    }

    @Test
    void aBugOfOursIsNeverLetThroughByAnOpenLimit() {
        Admission admission = admission("{ name: a, concurrency: 5, on-ledger-failure: open }");
        ledger.next.add(Future.failedFuture(new NullPointerException("a bug")));
        Future<Decision> decision = admission.admit("id", Pods.demand("acme", "amazon.nova-lite-v1:0", 100));
        ExecutionException failure = org.junit.jupiter.api.Assertions.assertThrows(
                ExecutionException.class,
                () -> decision.toCompletionStage().toCompletableFuture().get());
        assertInstanceOf(NullPointerException.class, failure.getCause());
        assertTrue(events.open.isEmpty());
        ledger.next.add(Future.failedFuture(DOWN));
        admitted(admission);
        assertEquals(List.of("a"), events.open);
    }

    @Test
    void aCallWaitsForALedgerThatLostWrites() {
        Admission admission = admission("{ name: a, concurrency: 5 }");
        ledger.next.add(Future.succeededFuture(new AdmitReply.Recovering(300)));
        long startNanos = System.nanoTime();
        admitted(admission);
        assertTrue(System.nanoTime() - startNanos >= 300_000_000L);
    }

    @Test
    void aCallWaitsNoLongerThanTheRecoveryTakes() {
        Admission admission = admission("{ name: a, concurrency: 5 }");
        ledger.next.add(Future.succeededFuture(new AdmitReply.Recovering(600)));
        ledger.next.add(Future.succeededFuture(new AdmitReply.Recovering(600)));
        Decision.Denied denied = denied(admission);
        assertEquals(Decision.Reason.LEDGER_UNAVAILABLE, denied.reason());
        assertEquals(600, denied.waitMillis());
    }

    @Test
    void aStalePeriodIsPlannedAgainAndReleasedAsItWasAskedLast() {
        Admission admission = admission("{ name: a, budget: { requests: 5, per: hour } }");
        long later = System.currentTimeMillis() + 7_200_000;
        ledger.next.add(Future.succeededFuture(new AdmitReply.StalePeriod(later)));
        ledger.next.add(Future.failedFuture(DOWN));
        assertEquals(Decision.Reason.LEDGER_UNAVAILABLE, denied(admission).reason());
        Bucket.Budget budget =
                (Bucket.Budget) ledger.released.remove().claims().get(0).bucket();
        assertTrue(budget.startMillis() <= later && later < budget.endMillis(), budget.toString());
    }

    @Test
    void budgetsDenyAndOpenLimitsPassWithoutTheLedger() {
        ledger.down = true;
        assertEquals(
                Decision.Reason.LEDGER_UNAVAILABLE,
                denied(admission("{ name: a, budget: { requests: 5, per: day } }"))
                        .reason());
        admitted(admission("{ name: a, budget: { requests: 5, per: day }, on-ledger-failure: open }"));
    }

    @Test
    void sharesOfAllPodsAddUpToTheLimit() {
        ledger.down = true;
        int all = 0;
        for (int rank = 0; rank < 7; rank++) {
            share = Optional.of(new PodShare(7, rank));
            all += approved(admission("{ name: a, rate: { requests: 60, every: 10h } }"), 70);
        }
        assertEquals(60, all);
    }

    @Test
    void aPodThatNeverHeardOfTheOthersHasNoShareUnlessItIsToldTheirNumber() {
        ledger.down = true;
        share = Optional.empty();
        assertEquals(0, approved(admission("{ name: a, rate: { requests: 60, every: 10h } }"), 10));
        AdmissionSettings told = new AdmissionSettings(
                Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(1), OptionalInt.of(4), false);
        assertEquals(15, approved(admission("{ name: a, rate: { requests: 60, every: 10h } }", told), 30));
    }

    @Test
    void callsInFlightTakePartOfAConcurrencyLimitsShare() {
        Admission admission = admission("{ name: a, concurrency: 6 }");
        Decision.Admitted first = admitted(admission);
        admitted(admission);
        ledger.down = true;
        assertEquals(4, approved(admission, 10), "6 less 2 that the ledger admitted");
        first.reservation().release();
        assertEquals(1, approved(admission, 10));
    }

    @Test
    void sharesEndWithTheGraceTime() {
        ledger.down = true;
        AdmissionSettings short1 = new AdmissionSettings(
                Duration.ofSeconds(60), Duration.ofMillis(100), Duration.ofSeconds(1), OptionalInt.empty(), false);
        Admission admission = admission("{ name: a, rate: { requests: 60, every: 10h } }", short1);
        admitted(admission);
        Upstreams.await(vertx.timer(200));
        assertEquals(Decision.Reason.LEDGER_UNAVAILABLE, denied(admission).reason());
    }

    @Test
    void aDamagedCountFailsItsOwnLimit() {
        Admission strict = admission("{ name: a, concurrency: 5 }, { name: b, concurrency: 6 }");
        ledger.next.add(Future.succeededFuture(new AdmitReply.Damaged(1)));
        Decision.Denied denied = denied(strict);
        assertEquals("b", denied.limit());
        assertTrue(denied.message().contains("cannot be read"), denied.message());
        Admission open = admission("{ name: a, concurrency: 5 }, { name: b, concurrency: 6, on-ledger-failure: open }");
        ledger.next.add(Future.succeededFuture(new AdmitReply.Damaged(1)));
        admitted(open);
        assertEquals(List.of("b"), events.open);
    }

    private static Demand unpriced() {
        ModelTarget target = ModelTarget.of(ModelId.parse("amazon.nova-reel-v1:0"), Optional.empty());
        Estimate estimate = new Estimate(0, 0, 0, false, false, Pods.BOOK.quote(target, LocalDate.of(2026, 11, 1), 0));
        return new Demand(Pods.caller("acme"), target, estimate);
    }

    @Test
    void whatHasNoPriceIsDeniedInBoundModeIfAMoneyLimitGuardsIt() {
        AdmissionSettings bound = new AdmissionSettings(
                Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(1), OptionalInt.empty(), true);
        Decision.Denied denied = assertInstanceOf(
                Decision.Denied.class,
                admit(admission("{ name: money, budget: { usd: 5, per: day } }", bound), unpriced()));
        assertEquals(Decision.Reason.UNPRICED, denied.reason());
        assertEquals("money", denied.limit());
        assertInstanceOf(
                Decision.Admitted.class, admit(admission("{ name: calls, concurrency: 5 }", bound), unpriced()));
        assertInstanceOf(
                Decision.Admitted.class,
                admit(admission("{ name: m, budget: { usd: 5, per: day }, mode: shadow }", bound), unpriced()));
    }

    private static final Charge CHARGE = new Charge(new Usage(1, 2, 3, 0, 0), 100, 1, false);

    private List<Spend> spent() {
        return Upstreams.await(ledger.spend(Optional.empty(), "", 10)).rows();
    }

    @Test
    void everySettledCallIsSpendAlsoWithoutLimits() {
        Admission none = admission("");
        admitted(none).reservation().settle(CHARGE);
        admitted(none).reservation().settleAsEstimated();
        admitted(none).reservation().release();
        admitted(admission("{ name: other, match: { tenant: zeta }, concurrency: 1 }"))
                .reservation()
                .settle(CHARGE);
        admitted(admission("{ name: shadow, concurrency: 1, mode: shadow }"))
                .reservation()
                .settle(CHARGE);
        assertEquals(List.of(new Spend("acme", "nova-lite", "sales", 400, 400, 4, 4, 38, 38)), spent());
    }

    @Test
    void spendWaitsForTheLedgerAndIsGivenUpWhenTheProcessEndsFirst() {
        Admission none = admission("");
        ledger.down = true;
        admitted(none).reservation().settle(CHARGE);
        assertEquals(1, none.pendingSettlements());
        ledger.down = false;
        Ports.await(Duration.ofSeconds(5), "the call to be counted", () -> none.pendingSettlements() == 0);
        assertEquals(100, spent().get(0).dayMicroUsd());
        ledger.down = true;
        admitted(none).reservation().settle(CHARGE);
        Upstreams.await(none.drain());
        assertEquals(0, none.pendingSettlements());
        assertTrue(events.settlements.contains("unsettled"), events.settlements.toString());
    }

    @Test
    void aUsedUpBudgetStopsWhatHasNoPrice() {
        Admission admission = admission("{ name: money, budget: { usd: 1, per: day } }");
        assertInstanceOf(Decision.Admitted.class, admit(admission, unpriced()));
        admitted(admission).reservation().settle(new Charge(new Usage(1, 1, 0, 0, 0), 1_000_000, 1, false));
        Decision.Denied denied = assertInstanceOf(Decision.Denied.class, admit(admission, unpriced()));
        assertEquals(Decision.Reason.BUDGET, denied.reason());
    }

    @Test
    void moreThan32MatchingLimitsAreADenialWithWhatToDo() {
        StringBuilder limits = new StringBuilder();
        for (int i = 0; i < 33; i++) {
            limits.append(i == 0 ? "" : ", ").append("{ name: l").append(i).append(", concurrency: 5 }");
        }
        Decision.Denied denied = denied(admission(limits.toString()));
        assertEquals(Decision.Reason.TOO_LARGE, denied.reason());
        assertTrue(denied.message().contains("33 limits") && denied.message().contains("narrow"), denied.message());
    }

    @Test
    void aDenialSaysWhatIsUsedWhatRemainsAndWhen() {
        Admission admission = admission("{ name: money, budget: { usd: 0.001, per: day } }");
        admitted(admission).reservation().settle(new Charge(new Usage(1, 1, 0, 0, 0), 950, 1, false));
        Decision.Denied denied = denied(admission);
        assertEquals(Weight.USD, denied.weight());
        assertEquals("0.001 USD", denied.limitText());
        assertEquals("0.00005 USD", denied.remainingText());
        assertEquals(50, denied.remaining());
        Instant resets = denied.resetsAt().orElseThrow();
        assertTrue(resets.isAfter(Instant.now()) && denied.waitMillis() <= 86_400_000);
        assertTrue(
                denied.message()
                        .startsWith("Tollgate budget money: 0.00095 USD used and 0.00 USD held of 0.001 USD, this call"
                                + " reserves 0.0001 USD; resets at "),
                denied.message());
        assertFalse(denied.message().toLowerCase().contains("too many tokens"));
    }

    @Test
    void thresholdsAreReportedOnceForAllPods() {
        String limit = "{ name: money, budget: { usd: 0.001, per: day, warn-at: [50, 80] } }";
        Admission one = admission(limit);
        Admission two = admission(limit);
        for (int i = 0; i < 9; i++) {
            Admission admission = i % 2 == 0 ? one : two;
            admitted(admission).reservation().settle(new Charge(new Usage(1, 1, 0, 0, 0), 100, 1, false));
        }
        admitted(one).reservation().settle(new Charge(new Usage(1, 1, 0, 0, 0), 100, 1, false));
        denied(one);
        denied(two);
        assertEquals(List.of("warned money all 50", "warned money all 80", "exhausted money all"), events.budgets);
    }

    @Test
    void aBudgetThatWasExhaustedReportsItsReset() {
        Policy policy = Pods.policy("limits: [ { name: m, per: [tenant], budget: { requests: 1, per: hour } } ]");
        BudgetWatch watch = new BudgetWatch(ledger, events);
        Demand demand = Pods.demand("acme", "amazon.nova-lite-v1:0", 100);
        Instant now = Instant.parse("2026-11-21T12:00:00Z");
        Plan first = Plan.of(policy, demand, now);
        Plan second = Plan.of(policy, demand, now.plusSeconds(3600));
        watch.saw("acme", first, List.of(new dev.tollgate.ledger.Balance.Budget(1, 0)));
        watch.saw("acme", first, List.of(new dev.tollgate.ledger.Balance.Budget(1, 0)));
        watch.saw("acme", second, List.of(new dev.tollgate.ledger.Balance.Budget(0, 0)));
        watch.saw("acme", second, List.of(new dev.tollgate.ledger.Balance.Budget(0, 0)));
        assertEquals(List.of("exhausted m acme", "reset m acme"), events.budgets);
    }

    @Test
    void aFieldTellsWhatItsNumberMeans() {
        Demand demand = Pods.demand("acme", "amazon.nova-lite-v1:0", 100);
        String tokens = field("{ name: a, budget: { tokens: 5, per: day } }", demand);
        List<String> others = List.of(
                field("{ name: a, budget: { usd: 5, per: day } }", demand),
                field("{ name: a, budget: { tokens: 5, per: month } }", demand),
                field("{ name: a, per: [model], budget: { tokens: 5, per: day } }", demand),
                field("{ name: a, per: [application], budget: { tokens: 5, per: day } }", demand));
        assertEquals(
                4, others.stream().distinct().filter(f -> !f.equals(tokens)).count(), tokens + " " + others);
        assertEquals(
                tokens, field("{ name: a, budget: { tokens: 9, per: day } }", demand), "a new amount is no new count");
    }

    private static String field(String limit, Demand demand) {
        Policy policy = Pods.policy("limits: [ " + limit + " ]");
        return Plan.of(policy, demand, Instant.parse("2026-11-21T12:00:00Z"))
                .claims()
                .get(0)
                .bucket()
                .field();
    }

    @Test
    void theLimitsAreShownWithTheirAgeWhileTheLedgerIsAway() {
        Policy policy = Pods.policy("limits: [ { name: m, per: [tenant], concurrency: 7 } ]");
        Caller pod = Pods.caller("acme");
        LimitsNow now = new LimitsNow(ledger, () -> policy, pod, InstantSource.system());
        LimitsSnapshot first = Upstreams.await(now.poll());
        assertEquals(7, first.limits().get(0).remaining());
        ledger.down = true;
        LimitsSnapshot second = Upstreams.await(now.poll());
        assertEquals(first.limits(), second.limits());
        assertEquals(first.at(), second.at(), "as old as it is");
    }
}
