package dev.tollgate.ledger.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.FaultProxy;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.LedgerListener;
import dev.tollgate.ledger.Meter;
import dev.tollgate.ledger.SettleReply;
import dev.tollgate.ledger.Spend;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A ledger that forgot writes it acknowledged: emptied, rolled back, evicted, replaced. */
class LedgerLivesTest {

    private static final long START = 1_790_000_000_000L;
    private static final Duration LEASE = Duration.ofSeconds(60);

    private static RedisFixture redis;
    private final AtomicInteger resets = new AtomicInteger();
    private final List<RedisLedger> opened = new ArrayList<>();
    private RedisLedger ledger;

    @BeforeAll
    static void start() {
        redis = new RedisFixture();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void open() {
        redis.send(Command.FLUSHALL);
        redis.time(START);
        ledger = ledger("pod-1", 0);
    }

    @AfterEach
    void close() {
        opened.forEach(l -> Upstreams.await(l.close()));
    }

    private RedisLedger ledger(String pod, long recoveryMillis) {
        LedgerListener listener = new LedgerListener() {
            @Override
            public void ledgerReset() {
                resets.incrementAndGet();
            }

            @Override
            public void ledgerUnderflow(int count) {}

            @Override
            public void ledgerDamaged(String field) {}
        };
        RedisLedger one = redis.ledger(RedisFixture.settings("org", pod, recoveryMillis, 1000), listener);
        opened.add(one);
        return one;
    }

    private static Bucket.Budget budget(long limit) {
        return budget("m@1", limit);
    }

    private static Bucket.Budget budget(String field, long limit) {
        return new Bucket.Budget(field, false, true, limit, START - 1000, START + 900_000_000, START + 4_000_000_000L);
    }

    private static Hold hold(String id, long estimate) {
        return new Hold(id, "acme", LEASE, List.of(Claim.of(budget(1000), estimate)));
    }

    private static Hold used(Hold hold, long actual) {
        return hold.withClaims(List.of(hold.claims().get(0).withActual(actual)));
    }

    private static void spend(RedisLedger on, String id, long amount) {
        Hold hold = hold(id, amount);
        assertInstanceOf(AdmitReply.Admitted.class, Upstreams.await(on.admit(hold)));
        assertEquals(SettleReply.SETTLED, Upstreams.await(on.settle(used(hold, amount))));
    }

    private static Balance peek(RedisLedger on, String tenant) {
        return Upstreams.await(on.peek(tenant, List.of(budget(1000)))).get(0);
    }

    /** Redis' own bytes, to be put back later as a server with old data has them. */
    private static Map<String, byte[]> snapshot() {
        Map<String, byte[]> dump = new LinkedHashMap<>();
        for (Response key : redis.send(Command.KEYS, "tg2:*")) {
            dump.put(key.toString(), redis.send(Command.DUMP, key.toString()).toBytes());
        }
        return dump;
    }

    private static void rollBack(Map<String, byte[]> snapshot) {
        redis.wipe();
        snapshot.forEach((key, bytes) -> redis.send(Command.RESTORE, key, 0, bytes));
    }

    @Test
    void aLedgerThatComesBackEmptyGetsItsBudgetsAndHoldsBack() {
        Hold open = hold("open", 100);
        Upstreams.await(ledger.admit(open));
        spend(ledger, "a", 250);
        redis.wipe();
        AdmitReply.Denied denied =
                assertInstanceOf(AdmitReply.Denied.class, Upstreams.await(ledger.admit(hold("b", 651))));
        assertEquals(250, denied.decided().used(1000));
        assertEquals(100, denied.decided().held());
        assertEquals(1, resets.get());
        assertEquals(SettleReply.SETTLED, Upstreams.await(ledger.settle(used(open, 70))));
        assertEquals(320, peek(ledger, "acme").used(1000));
    }

    @Test
    void aLedgerThatWasRolledBackGetsTheRestBackWithoutAnyReconnect() {
        spend(ledger, "a", 250);
        Map<String, byte[]> old = snapshot();
        spend(ledger, "b", 300);
        rollBack(old);
        AdmitReply.Denied denied =
                assertInstanceOf(AdmitReply.Denied.class, Upstreams.await(ledger.admit(hold("c", 451))));
        assertEquals(550, denied.decided().used(1000), "what it had, and what it had forgotten");
        assertEquals(1, resets.get());
    }

    @Test
    void aRollBackThatOtherPodsWritesHaveOvertakenIsNoticedAllTheSame() {
        RedisLedger other = ledger("pod-2", 0);
        spend(ledger, "a", 250);
        Map<String, byte[]> old = snapshot();
        spend(ledger, "b", 300);
        rollBack(old);
        for (int i = 0; i < 30; i++) {
            spend(other, "o" + i, 1);
        }
        AdmitReply.Denied denied =
                assertInstanceOf(AdmitReply.Denied.class, Upstreams.await(ledger.admit(hold("c", 451))));
        // At least what the pod saw; what others settled between the roll-back and now may be missing (ADR 20).
        assertTrue(denied.decided().used(1000) >= 550, denied.toString());
        Ports.await("both pods to report", () -> resets.get() == 2);
    }

    @Test
    void theCallThatFindsOutKeepsItsOwnHold() {
        Hold open = hold("open", 900);
        Upstreams.await(ledger.admit(open));
        redis.wipe();
        assertTrue(Upstreams.await(ledger.extend(open)));
        assertEquals(900, peek(ledger, "acme").held());
        assertInstanceOf(AdmitReply.Denied.class, Upstreams.await(ledger.admit(hold("b", 101))));
    }

    @Test
    void anIdlePodFindsOutWithItsHeartbeat() {
        spend(ledger, "a", 250);
        redis.wipe();
        Ports.await("the budget to be told", () -> peek(ledger, "acme").used(1000) == 250);
    }

    @Test
    void anotherPodThatKnewLessDoesNotTakeAwayWhatWasSpentSince() {
        RedisLedger other = ledger("pod-2", 0);
        spend(other, "a", 100);
        spend(ledger, "b", 50);
        redis.wipe();
        // The pod that knows only of 100 comes first and spends 30 more; then the one that saw 150.
        spend(other, "c", 30);
        Upstreams.await(ledger.admit(hold("d", 1)));
        assertEquals(180, peek(ledger, "acme").used(1000));
    }

    @Test
    void aPodThatMissedALifeTellsWhatItKnowsOfTheOneBefore() {
        RedisLedger other = ledger("pod-2", 0);
        spend(other, "a", 100);
        Map<String, byte[]> old = snapshot();
        spend(ledger, "b", 50);
        // Rolled back once: pod 2, which saw 100, takes part; pod 1, which saw 150, does not yet.
        rollBack(old);
        redis.send(Command.HSET, "tg2:{org}", pod("pod-2"), new byte[8]);
        spend(other, "c", 30);
        // And once more a server that lost nothing but begins a life.
        redis.send(Command.HSET, "tg2:{org}", pod("pod-2"), new byte[8]);
        spend(other, "d", 5);
        Upstreams.await(ledger.admit(hold("e", 1)));
        assertEquals(185, peek(ledger, "acme").used(1000));
    }

    private static byte[] pod(String id) {
        byte[] field = new byte[17];
        field[0] = 'p';
        System.arraycopy(EntryId.of(id).getBytes(), 0, field, 1, 16);
        return field;
    }

    @Test
    void budgetsAndConcurrencyWaitInANewLifeUntilEveryPodHasReported() {
        RedisLedger careful = ledger("pod-3", 1000);
        spend(careful, "a", 1);
        redis.wipe();
        assertEquals(
                1000,
                assertInstanceOf(AdmitReply.Recovering.class, Upstreams.await(careful.admit(hold("b", 1))))
                        .waitMillis());
        Bucket.Concurrency inFlight = new Bucket.Concurrency("inflight", false, true, 5);
        Hold call = new Hold("c", "acme", LEASE, List.of(Claim.of(inFlight, 1)));
        assertInstanceOf(AdmitReply.Recovering.class, Upstreams.await(careful.admit(call)));
        redis.time(redis.clock.millis() + 1000);
        assertInstanceOf(AdmitReply.Admitted.class, Upstreams.await(careful.admit(hold("b", 1))));
        assertInstanceOf(AdmitReply.Admitted.class, Upstreams.await(careful.admit(call)));
    }

    @Test
    void theFirstCallOnANewLedgerDoesNotWait() {
        Upstreams.await(ledger.close());
        redis.wipe();
        RedisLedger careful = ledger("pod-4", 1000);
        assertInstanceOf(AdmitReply.Admitted.class, Upstreams.await(careful.admit(hold("b", 1))));
        assertEquals(0, resets.get());
    }

    @Test
    void aNewLedgerWaitsAfterAllOnceAPodReportsWhatItKnows() {
        RedisLedger older = ledger("pod-9", 1000);
        Upstreams.await(ledger.close());
        spend(older, "a", 250);
        redis.wipe();
        RedisLedger fresh = ledger("pod-5", 1000);
        AdmitReply first = Upstreams.await(fresh.admit(hold("b", 1)));
        Ports.await("the older pod to report", () -> peek(fresh, "acme").used(1000) == 250);
        assertTrue(
                first instanceof AdmitReply.Admitted || first instanceof AdmitReply.Recovering,
                "before the report: " + first);
        Upstreams.await(fresh.settle(used(hold("b", 1), 0)));
        assertInstanceOf(AdmitReply.Recovering.class, Upstreams.await(fresh.admit(hold("c", 1))));
    }

    @Test
    void aBudgetThatWasEvictedIsALostWrite() {
        spend(ledger, "a", 250);
        redis.send(Command.DEL, "tg2:{org}:t:acme");
        AdmitReply.Denied denied =
                assertInstanceOf(AdmitReply.Denied.class, Upstreams.await(ledger.admit(hold("b", 751))));
        assertEquals(250, denied.decided().used(1000));
        assertEquals(1, resets.get());
    }

    @Test
    void aServerWithAnotherNameBeginsALifeForAllPods() {
        spend(ledger, "a", 250);
        redis.server("second");
        RedisLedger other = ledger("pod-6", 1000);
        assertInstanceOf(AdmitReply.Recovering.class, Upstreams.await(other.admit(hold("b", 1))));
        assertInstanceOf(AdmitReply.Recovering.class, Upstreams.await(ledger.admit(hold("c", 1))));
        redis.time(redis.clock.millis() + 1000);
        AdmitReply.Denied denied =
                assertInstanceOf(AdmitReply.Denied.class, Upstreams.await(other.admit(hold("b", 751))));
        assertEquals(250, denied.decided().used(1000), "nothing was lost, nothing is counted twice");
    }

    @Test
    void aSettlementThatTheBooksContainIsNotBookedAgain() {
        try (FaultProxy proxy = new FaultProxy(redis.server.port())) {
            RedisLedger cut =
                    redis.ledger(proxy.redisUrl(), RedisFixture.settings("org", "pod-7", 0, 1000), LedgerListener.NONE);
            opened.add(cut);
            Hold hold = hold("a", 100);
            Upstreams.await(cut.admit(hold));
            // The settlement is done and its reply is lost; the server that answers next has it all, and is another
            // one.
            proxy.fault(FaultProxy.Fault.BLACK_HOLE);
            Future<SettleReply> lost = cut.settle(used(hold, 60));
            Ports.await("the settlement to be done", () -> peek(ledger, "acme").used(1000) == 60);
            redis.server("second");
            redis.time(redis.clock.millis() + 1);
            proxy.fault(FaultProxy.Fault.RESET);
            Ports.await("its failure", lost::failed);
            proxy.fault(FaultProxy.Fault.NONE);
            Ports.await("the connection", () -> cut.health().up());
            assertEquals(SettleReply.ALREADY, Upstreams.await(cut.settle(used(hold, 60))));
            assertEquals(60, peek(ledger, "acme").used(1000));
            assertEquals(0, peek(ledger, "acme").held());
        }
    }

    private static Hold metered(String id, long microUsd) {
        return new Hold(id, "acme", LEASE, List.of(), new Meter("nova", "sales", microUsd, 1));
    }

    private static long spentToday(RedisLedger on) {
        return Upstreams.await(on.spend(Optional.of("acme"), "", 10)).rows().stream()
                .mapToLong(Spend::dayMicroUsd)
                .sum();
    }

    /** A call without limits has no entry in the books that would tell its repetition. */
    @Test
    void whatIsSpentWithoutLimitsIsCountedOnceWhenItsReplyIsLost() {
        try (FaultProxy proxy = new FaultProxy(redis.server.port())) {
            RedisLedger cut =
                    redis.ledger(proxy.redisUrl(), RedisFixture.settings("org", "pod-7", 0, 1000), LedgerListener.NONE);
            opened.add(cut);
            assertEquals(SettleReply.SETTLED, Upstreams.await(cut.settle(metered("first", 1))));
            proxy.fault(FaultProxy.Fault.BLACK_HOLE);
            Future<SettleReply> lost = cut.settle(metered("done", 60));
            Ports.await(Duration.ofSeconds(5), "the call to be counted", () -> spentToday(ledger) == 61);
            proxy.fault(FaultProxy.Fault.RESET);
            Ports.await(Duration.ofSeconds(5), "its failure", lost::failed);
            Future<SettleReply> never = cut.settle(metered("never sent", 200));
            Ports.await(Duration.ofSeconds(5), "its failure", never::failed);
            proxy.fault(FaultProxy.Fault.NONE);
            Ports.await(
                    Duration.ofSeconds(5), "the connection", () -> cut.health().up());
            assertEquals(SettleReply.ALREADY, Upstreams.await(cut.settle(metered("done", 60))));
            assertEquals(SettleReply.SETTLED, Upstreams.await(cut.settle(metered("never sent", 200))));
            assertEquals(SettleReply.ALREADY, Upstreams.await(cut.settle(metered("never sent", 200))));
            assertEquals(261, spentToday(ledger));
        }
    }

    @Test
    void aLedgerThatComesBackEmptyCountsSpendFromThen() {
        assertEquals(SettleReply.SETTLED, Upstreams.await(ledger.settle(metered("a", 60))));
        redis.wipe();
        assertEquals(SettleReply.SETTLED, Upstreams.await(ledger.settle(metered("b", 5))));
        assertEquals(5, spentToday(ledger));
    }

    @Test
    void thousandsOfBudgetsAreReportedWhileCallsGoOn() {
        int tenants = 3000;
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < tenants; i++) {
            Hold hold = new Hold("s" + i, "t" + i, LEASE, List.of(Claim.of(budget(1000), 5)));
            all.add(ledger.admit(hold).compose(r -> ledger.settle(used(hold, 5))));
            if (all.size() == 500) {
                Upstreams.await(Future.all(all));
                all.clear();
            }
        }
        Upstreams.await(Future.all(all));
        redis.wipe();
        long startNanos = System.nanoTime();
        Hold call = new Hold("call", "t7", LEASE, List.of(Claim.of(budget(1000), 996)));
        AdmitReply.Denied denied = assertInstanceOf(AdmitReply.Denied.class, Upstreams.await(ledger.admit(call)));
        long firstMillis = (System.nanoTime() - startNanos) / 1_000_000;
        assertEquals(5, denied.decided().used(1000));
        assertTrue(firstMillis < 2000, "the first call waited " + firstMillis + " ms for the reports of others");
        Ports.await(
                "all to be told",
                () -> redis.send(Command.KEYS, "tg2:{org}:t:t*").size() == tenants);
        assertEquals(5, peek(ledger, "t" + (tenants - 1)).used(1000));
    }

    @Test
    void endedPeriodsMakeRoomForPresentOnes() {
        Knowledge knowledge = new Knowledge();
        knowledge.at(START);
        for (int i = 0; i < Knowledge.MAX_BUDGETS + 500; i++) {
            Bucket.Budget ended = new Bucket.Budget("e@" + i, false, true, 9, 1, 2, START + 1_000_000);
            knowledge.saw("t", ended, new Balance.Budget(1, 0), 1);
        }
        knowledge.saw("t", budget(1000), new Balance.Budget(7, 0), 1);
        assertTrue(knowledge.enter(2, 0)[0] <= Knowledge.MAX_BUDGETS);
        assertTrue(knowledge.expects("t", budget(1000), 1), "the present one is still known");
    }

    @Test
    void aFormatOfAnotherVersionIsRefusedClearly() {
        Upstreams.await(ledger.close());
        redis.wipe();
        redis.send(Command.HSET, "tg2:{org}", "", new byte[] {9, 0, 0});
        RedisLedger one = new RedisLedger(
                redis.vertx,
                () -> io.vertx.redis.client.Redis.createClient(redis.vertx, RedisFixture.options(redis.server.url())),
                RedisFixture.settings("org", "pod-8", 0, 1000),
                LedgerListener.NONE,
                RedisFixture.scriptWithTestClock());
        opened.add(one);
        String failure = one.start()
                .map(v -> "started")
                .otherwise(e -> String.valueOf(e.getMessage()))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        assertTrue(failure.contains("expected a ledger of format 2 in Redis, found format 9"), failure);
    }
}
