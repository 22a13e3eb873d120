package dev.tollgate.ledger.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.LedgerContract;
import dev.tollgate.ledger.SettleReply;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisLedgerTest extends LedgerContract {

    private static RedisFixture redis;
    private final AtomicInteger resets = new AtomicInteger();
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
        ledger = ledger("org", "pod-1");
    }

    private RedisLedger ledger(String org, String pod) {
        RedisLedger opened = new RedisLedger(
                redis.vertx,
                redis.client,
                org,
                pod,
                1000,
                0,
                resets::incrementAndGet,
                RedisFixture.scriptWithTestClock());
        Upstreams.await(opened.start());
        return opened;
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Override
    protected Ledger ledger() {
        return ledger;
    }

    @Override
    protected void advance(long millis) {
        redis.time(redis.clock.millis() + millis);
    }

    private static Bucket.Budget budget(long limit) {
        return new Bucket.Budget("m@1", false, true, limit, START - 1000, START + 900_000_000, START + 4_000_000_000L);
    }

    private static Hold hold(String id, long estimate) {
        return new Hold(id, "acme", Duration.ofSeconds(60), List.of(Claim.of(budget(1000), estimate)));
    }

    @Test
    void theScriptIsSentByItsHashAndByItsTextOnlyWhereRedisDoesNotKnowIt() {
        Upstreams.await(ledger.admit(hold("a", 1)));
        redis.send(Command.SCRIPT, "FLUSH");
        Upstreams.await(ledger.admit(hold("b", 1)));
        redis.send(Command.CONFIG, "RESETSTAT");
        for (int i = 0; i < 20; i++) {
            Upstreams.await(ledger.admit(hold("c" + i, 1)));
        }
        String stats = redis.send(Command.INFO, "commandstats").toString();
        assertTrue(stats.contains("cmdstat_evalsha:calls=20,"), stats);
        assertTrue(!stats.contains("cmdstat_eval:"), stats);
    }

    /** As SECURITY.md gives it. */
    @Test
    void theRightsThatTheDocumentGivesAreEnough() throws IOException {
        String rights = Files.readString(Path.of("SECURITY.md"))
                .lines()
                .filter(l -> l.strip().startsWith("ACL SETUSER"))
                .findFirst()
                .orElseThrow();
        String[] words = rights.strip().split(" ");
        redis.send(Command.ACL, (Object[]) Arrays.copyOfRange(words, 1, words.length));
        Redis client = Redis.createClient(
                redis.vertx, RedisFixture.options("redis://tollgate:password@127.0.0.1:" + redis.server.port()));
        RedisLedger limited = new RedisLedger(
                redis.vertx, client, "acl", "pod-1", 1000, 0, resets::incrementAndGet, LedgerScript.bundled());
        Upstreams.await(limited.start());
        long now = System.currentTimeMillis();
        Bucket.Budget budget = new Bucket.Budget("m@1", false, true, 1000, now - 1000, now + 900_000, now + 4_000_000);
        Bucket.Rate rate = new Bucket.Rate("r", true, true, 10, 10, 1000, 1);
        Hold hold = new Hold("a", "acme", Duration.ofSeconds(60), List.of(Claim.of(budget, 300), Claim.of(rate, 1)));
        assertInstanceOf(AdmitReply.Admitted.class, Upstreams.await(limited.admit(hold)));
        assertTrue(Upstreams.await(limited.extend(hold)));
        assertEquals(SettleReply.SETTLED, Upstreams.await(limited.settle(hold)));
        String run = redis.send(Command.GET, "tg:{acl}:epoch").toString().split(" ")[1];
        assertEquals(40, run.length(), "INFO is allowed");
        limited.close();
    }

    @Test
    void aNewLedgerBeginsWithItsFirstPodNotWithItsFirstCall() {
        Ports.await(Duration.ofSeconds(5), "an epoch", () -> redis.send(Command.GET, "tg:{org}:epoch") != null);
        assertEquals(0, resets.get(), "a new ledger is no reset");
    }

    @Test
    void aLedgerThatComesBackEmptyGetsItsBudgetsAndHoldsBack() {
        Hold open = hold("open", 100);
        Upstreams.await(ledger.admit(open));
        Hold first = hold("a", 300);
        Upstreams.await(ledger.admit(first));
        Upstreams.await(
                ledger.settle(first.withClaims(List.of(first.claims().get(0).withActual(250)))));

        redis.send(Command.FLUSHALL);
        redis.time(START);
        AdmitReply.Denied denied =
                assertInstanceOf(AdmitReply.Denied.class, Upstreams.await(ledger.admit(hold("b", 651))));
        assertEquals(250, denied.balances().get(0).used());
        assertEquals(100, denied.balances().get(0).held());
        assertEquals(1, resets.get());

        assertEquals(
                SettleReply.SETTLED,
                Upstreams.await(ledger.settle(
                        open.withClaims(List.of(open.claims().get(0).withActual(70))))));
        assertEquals(
                320,
                Upstreams.await(ledger.peek("acme", List.of(budget(1000))))
                        .get(0)
                        .used());
    }

    @Test
    void anotherPodThatKnewLessDoesNotTakeAwayWhatWasSpentSince() {
        RedisLedger other = ledger("org", "pod-2");
        Hold a = hold("a", 100);
        Upstreams.await(other.admit(a));
        Upstreams.await(other.settle(a.withClaims(List.of(a.claims().get(0).withActual(100)))));
        Hold b = hold("b", 50);
        Upstreams.await(ledger.admit(b));
        Upstreams.await(ledger.settle(b.withClaims(List.of(b.claims().get(0).withActual(50)))));

        redis.send(Command.FLUSHALL);
        redis.time(START);
        // The pod that knows only of 100 comes first and spends 30 more; then the one that saw 150.
        Hold c = hold("c", 30);
        Upstreams.await(other.admit(c));
        Upstreams.await(other.settle(c.withClaims(List.of(c.claims().get(0).withActual(30)))));
        Upstreams.await(ledger.admit(hold("d", 1)));
        assertEquals(
                180,
                Upstreams.await(ledger.peek("acme", List.of(budget(1000))))
                        .get(0)
                        .used());
        other.close();
    }

    @Test
    void tellingTheSameLedgerAgainAddsNothing() {
        Recovery recovery =
                new Recovery(call -> redis.connection.send(script().byText(call)), 0, resets::incrementAndGet);
        Upstreams.await(recovery.restore("", ""));
        Hold hold = hold("a", 100);
        recovery.asked(hold);
        LedgerScript.Call admit = new LedgerScript.Call("ADMIT", recovery.epoch(), "a", 60_000, "acme", hold.claims());
        Upstreams.await(redis.connection.send(script().byText(admit)));
        LedgerScript.Call settle = new LedgerScript.Call(
                "SETTLE",
                recovery.epoch(),
                "a",
                60_000,
                "acme",
                List.of(hold.claims().get(0).withActual(90)));
        Upstreams.await(redis.connection.send(script().byText(settle)));
        recovery.ended(hold, List.of(new Balance(0, 0, 90, 0, false)), recovery.epoch());
        // As after a heartbeat whose answer was given before the ledger had an epoch and came late.
        recovery.found("");
        Upstreams.await(recovery.restore(recovery.epoch(), ""));
        assertEquals(
                90,
                Upstreams.await(ledger.peek("acme", List.of(budget(1000))))
                        .get(0)
                        .used());
        assertEquals(0, resets.get());
    }

    @Test
    void everyKeyButTheEpochHasATimeToLiveAndAllAreInOneSlot() {
        Bucket.Rate rate = new Bucket.Rate("tpm/m", false, true, 100, 1, 1000, 1);
        Bucket.Concurrency inFlight = new Bucket.Concurrency("inflight", true, true, 5);
        Hold hold = new Hold(
                "a",
                "acme",
                Duration.ofSeconds(60),
                List.of(Claim.of(rate, 1), Claim.of(budget(10), 1), Claim.of(inFlight, 1)));
        Upstreams.await(ledger.admit(hold));
        Upstreams.await(ledger.admit(new Hold("b", "acme", Duration.ofSeconds(60), hold.claims())));
        Upstreams.await(ledger.settle(hold));
        int keys = 0;
        for (Response key : redis.send(Command.KEYS, "*")) {
            String name = key.toString();
            if (name.startsWith("clock:")) {
                continue;
            }
            keys++;
            assertTrue(name.startsWith("tg:{org}:"), name);
            long ttl = redis.send(Command.PTTL, name).toLong();
            assertEquals(name.endsWith(":epoch"), ttl < 0, name + " has " + ttl);
        }
        assertTrue(keys >= 8, "found " + keys);
    }

    @Test
    void anyPodSweepsTheHoldsOfATenantThatWentIdle() {
        Upstreams.await(ledger.admit(hold("a", 40)));
        advance(60_000);
        Heartbeat heartbeat = new Heartbeat(
                redis.vertx,
                call -> redis.connection.send(script().byText(call)),
                "pod-9",
                new Recovery(call -> redis.connection.send(script().byText(call)), 0, () -> {}));
        heartbeat.beat();
        Ports.await(
                Duration.ofSeconds(5),
                "the hold to be charged",
                () -> Upstreams.await(ledger.peek("acme", List.of(budget(1000))))
                                .get(0)
                                .used()
                        == 40);
        assertEquals(0, redis.send(Command.ZCARD, "tg:{org}:leases").toInteger());
    }

    private static LedgerScript script() {
        return new LedgerScript("org", RedisFixture.scriptWithTestClock());
    }

    @Test
    void budgetsWaitInANewEpochUntilEveryPodHasTold() {
        RedisLedger careful = new RedisLedger(
                redis.vertx,
                redis.client,
                "careful",
                "pod-1",
                1000,
                1000,
                () -> {},
                RedisFixture.scriptWithTestClock());
        Upstreams.await(careful.start());
        assertEquals(
                1000,
                assertInstanceOf(AdmitReply.Recovering.class, Upstreams.await(careful.admit(hold("a", 1))))
                        .waitMillis());
        advance(1000);
        assertInstanceOf(AdmitReply.Admitted.class, Upstreams.await(careful.admit(hold("a", 1))));
        careful.close();
    }
}
