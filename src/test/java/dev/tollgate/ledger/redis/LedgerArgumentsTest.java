package dev.tollgate.ledger.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.LedgerListener;
import dev.tollgate.ledger.Meter;
import dev.tollgate.ledger.SettleReply;
import dev.tollgate.ledger.redis.Operation.Code;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the script is told wrongly it refuses, and not a byte of the books changes. */
@Timeout(300)
class LedgerArgumentsTest {

    private static final int RUNS = 20_000;
    private static final long NOW = 1_700_000_000_000L;
    private static final List<String> KEYS = List.of(
            "tg2:{org}",
            "tg2:{org}:due",
            "tg2:{org}:t:acme",
            "tg2:{org}:h:acme",
            "tg2:{org}:beats",
            "tg2:{org}:ranks",
            "tg2:{org}:m:acme",
            "tg2:{org}:spenders");

    private static RedisFixture redis;
    private static LedgerScript script;
    private Buffer life = Buffer.buffer();
    private long number;

    @BeforeAll
    static void start() {
        redis = new RedisFixture();
        script = new LedgerScript("org", RedisFixture.scriptWithTestClock());
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    private static final Bucket.Rate RATE = new Bucket.Rate("tpm", false, true, 100, 10, 1000, 3);
    private static final Bucket.Budget BUDGET =
            new Bucket.Budget("day@1", true, true, 1000, NOW - 1, NOW + 1000, NOW + 2000);
    private static final Bucket.Concurrency IN_FLIGHT = new Bucket.Concurrency("inflight", false, true, 7);

    private static final Meter USED = new Meter("nova-lite", "sales", 3, 4);

    private static Hold hold(String id) {
        return hold(id, 5);
    }

    private static Hold hold(String id, long estimate) {
        return new Hold(
                id,
                "acme",
                Duration.ofMinutes(1),
                List.of(Claim.of(RATE, 5), Claim.of(BUDGET, estimate), Claim.of(IN_FLIGHT, 1)));
    }

    @BeforeEach
    void books() {
        redis.send(Command.FLUSHALL);
        redis.time(NOW);
        Response first = send(run(LedgerScript.Kind.GREET, "", List.of()));
        life = new RunReply(first).life();
        send(run(LedgerScript.Kind.GREET, "", List.of()));
        assertEquals("ADMITTED", status(Code.ADMIT, hold("held")));
        assertEquals("ADMITTED", status(Code.ADMIT, hold("over")));
        assertEquals("SETTLED", status(Code.SETTLE, hold("over")));
    }

    private ModelRun run(LedgerScript.Kind kind, String tenant, List<Operation> operations) {
        return new ModelRun(
                kind, "pod", ++number, 0, 60_000, 0, 1000, life, tenant, operations, Set.of(), Set.of("held", "over"));
    }

    private static Response send(ModelRun run) {
        return Upstreams.await(redis.connection.send(script.byText(run.script())));
    }

    private String status(Code code, Hold hold) {
        return answer(code, hold).split(" ")[0];
    }

    private String answer(Code code, Hold hold) {
        ModelRun run = run(LedgerScript.Kind.CALLS, "acme", List.of(new Operation(code, hold)));
        return Upstreams.await(redis.connection
                .send(script.byText(run.script()))
                .map(r -> ReplyText.of(run, r))
                .map(text -> text.size() > 4 ? text.get(4) : text.toString())
                .otherwise(e -> "error " + e.getMessage()));
    }

    private static Map<String, String> dump() {
        Map<String, String> dump = new TreeMap<>();
        for (Response key : redis.send(Command.KEYS, "tg2:*")) {
            byte[] bytes = redis.send(Command.DUMP, key.toString()).toBytes();
            dump.put(key.toString(), Base64.getEncoder().encodeToString(bytes));
        }
        return dump;
    }

    @Test
    void malformedRunsAreRefusedAndChangeNothing() {
        Map<String, String> before = dump();
        Random random = new Random(42);
        List<Future<Response>> sent = new ArrayList<>();
        List<String> shown = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            LedgerScript.Run good = run(
                            LedgerScript.Kind.CALLS,
                            "acme",
                            List.of(
                                    new Operation(
                                            List.of(Code.ADMIT, Code.SETTLE, Code.RELEASE, Code.RESTORE)
                                                    .get(random.nextInt(4)),
                                            hold("id-" + random.nextInt(100)).metered(USED)),
                                    new Operation(Code.ADMIT, hold("second"))))
                    .script();
            LedgerScript.Run bad = malformed(good, random);
            shown.add(bad.toString());
            sent.add(redis.connection.send(script.byText(bad)));
            if (sent.size() == 500) {
                refused(sent, shown);
            }
        }
        refused(sent, shown);
        assertEquals(before, dump());
    }

    private static void refused(List<Future<Response>> sent, List<String> shown) {
        for (int i = 0; i < sent.size(); i++) {
            String kind = Upstreams.await(sent.get(i)
                    .map(r -> r.toBuffer().getByte(0) == 2 ? "refused" : "done " + r.toBuffer())
                    .otherwise("error"));
            assertTrue(kind.equals("refused") || kind.equals("error"), kind + " for " + shown.get(i));
        }
        sent.clear();
        shown.clear();
    }

    private static LedgerScript.Run malformed(LedgerScript.Run run, Random random) {
        Buffer head = Buffer.buffer(run.head());
        Buffer limits = Buffer.buffer(run.limits());
        Buffer operations = Buffer.buffer(run.operations());
        Buffer names = Buffer.buffer(run.names());
        boolean settles = operations.getByte(0) == Code.SETTLE.number;
        switch (random.nextInt(settles ? 10 : 7)) {
            case 0 -> head.setLongLE(8 * random.nextInt(5), large(random));
            case 1 -> head = head.getBuffer(0, random.nextInt(56));
            case 2 -> limits = limits.getBuffer(0, 1 + random.nextInt(limits.length() - 1));
            // A number of the rate: burst, rate, period; too large or 0.
            case 3 -> limits.setLongLE(2 + 8 * random.nextInt(3), random.nextBoolean() ? 0 : large(random));
            case 4 -> limits.setByte(1, (byte) (random.nextBoolean() ? 3 : 32 + random.nextInt(200)));
            case 5 -> operations = operations.getBuffer(0, 1 + random.nextInt(operations.length() - 1));
            // What was used: of which name, micro-USD and tokens; the name itself.
            case 7 -> operations.setByte(71, (byte) (2 + random.nextInt(200)));
            case 8 -> operations.setLongLE(random.nextBoolean() ? 72 : 80, large(random));
            case 9 -> {
                int length = random.nextInt(names.length());
                names = length == 0 ? Buffer.buffer(new byte[2]) : names.getBuffer(0, length);
            }
            default -> {
                // Operation, acknowledged, the id's mark, number of claims, a claim's limit.
                int place = List.of(0, 1, 2, 19, 20).get(random.nextInt(5));
                operations.setByte(place, (byte) (place == 2 ? 'x' : 40 + random.nextInt(180)));
            }
        }
        if (operations.equals(Buffer.buffer(run.operations()))
                && limits.equals(Buffer.buffer(run.limits()))
                && head.equals(Buffer.buffer(run.head()))
                && names.equals(Buffer.buffer(run.names()))) {
            return malformed(run, random);
        }
        int first = settles ? 88 : 71;
        boolean whole = operations.length() < run.operations().length && operations.length() == first;
        return whole
                ? malformed(run, random)
                : new LedgerScript.Run(
                        run.kind(),
                        head.getBytes(),
                        run.life(),
                        run.tenant(),
                        limits.getBytes(),
                        operations.getBytes(),
                        names.getBytes());
    }

    private static long large(Random random) {
        return List.of(-1L, Long.MIN_VALUE, Long.MAX_VALUE, (1L << 52) + 1, 1L << 60)
                .get(random.nextInt(5));
    }

    @Test
    void oneBadOperationDoesNotSpoilItsNeighbours() {
        Hold twice = new Hold("twice", "acme", Duration.ofMinutes(1), List.of(Claim.of(RATE, 1), Claim.of(RATE, 1)));
        ModelRun run = run(
                LedgerScript.Kind.CALLS,
                "acme",
                List.of(
                        new Operation(Code.ADMIT, hold("first")),
                        new Operation(Code.ADMIT, twice),
                        new Operation(Code.SETTLE, hold("held", 4)),
                        new Operation(Code.ADMIT, hold("first")),
                        new Operation(Code.ADMIT, hold("last"))));
        List<String> text = ReplyText.of(run, send(run));
        assertEquals(
                List.of("ADMITTED", "NOT_AS_AGREED", "NOT_AS_AGREED", "DUPLICATE", "ADMITTED"),
                text.subList(4, 9).stream().map(a -> a.split(" ")[0]).toList());
    }

    @Test
    void aKeyOfAnotherTypeIsRefusedBeforeAnythingIsWritten() {
        for (String key : KEYS) {
            books();
            redis.send(Command.DEL, key);
            redis.send(Command.SET, key, "text");
            Map<String, String> before = dump();
            for (Code code : List.of(Code.ADMIT, Code.SETTLE, Code.RELEASE, Code.EXTEND)) {
                boolean spend = Set.of("tg2:{org}:m:acme", "tg2:{org}:spenders").contains(key);
                boolean read = !Set.of("tg2:{org}:due", "tg2:{org}:beats", "tg2:{org}:ranks")
                        .contains(key);
                if (spend ? code == Code.SETTLE : read) {
                    Hold hold = hold(code == Code.ADMIT ? "new" : "held").metered(USED);
                    assertTrue(answer(code, hold).startsWith("error"), key + " " + code);
                    assertEquals(before, dump(), key + " " + code);
                }
            }
            ModelRun beat = run(LedgerScript.Kind.BEAT, "", List.of());
            if (!key.contains(":t:") && !key.contains(":h:") && !key.contains(":m:") && !key.contains(":spenders")) {
                String reply = Upstreams.await(redis.connection
                        .send(script.byText(beat.script()))
                        .map(r -> "done")
                        .otherwise("error"));
                assertEquals("error", reply, key);
                assertEquals(before, dump(), key + " BEAT");
            }
        }
    }

    @Test
    void aDamagedCountFailsItsOwnLimitOnly() {
        redis.send(Command.HSET, "tg2:{org}", "bday@1", "12");
        Map<String, String> before = dump();
        assertEquals("DAMAGED 2 0 0 0,0", answer(Code.ADMIT, hold("new")));
        assertEquals(before, dump());
        Hold other = new Hold("other", "acme", Duration.ofMinutes(1), List.of(Claim.of(RATE, 1)));
        assertEquals("ADMITTED", status(Code.ADMIT, other));
        assertEquals("SETTLED", status(Code.SETTLE, hold("held")), "the rest of it is given back");
    }

    @Test
    void withoutMemoryNothingIsAdmittedAndNothingChanges() {
        Map<String, String> before = dump();
        redis.send(Command.CONFIG, "SET", "maxmemory", "1");
        try {
            assertTrue(answer(Code.ADMIT, hold("new")).contains("OOM"));
            assertTrue(answer(Code.EXTEND, hold("held")).contains("OOM"));
            assertEquals(before, dump());
            assertEquals("SETTLED", status(Code.SETTLE, hold("held")), "what ends a call frees memory");
        } finally {
            redis.send(Command.CONFIG, "SET", "maxmemory", "0");
        }
    }

    @Test
    void aDeniedCallLeavesEveryByteAsItWas() {
        Map<String, String> before = dump();
        assertEquals("DENIED", status(Code.ADMIT, hold("new", 996)));
        assertEquals(before, dump());
    }

    @Test
    void aSweepRemovesWhatSaysNoMoreThanItsAbsence() {
        assertEquals("SETTLED", status(Code.SETTLE, hold("held")));
        redis.time(NOW + 4_000_000);
        for (String tenant : List.of("acme", "")) {
            for (int i = 0; i < 3; i++) {
                send(run(LedgerScript.Kind.SWEEP, tenant, List.of()));
            }
        }
        assertEquals(0, redis.send(Command.EXISTS, "tg2:{org}:t:acme").toInteger());
        assertEquals(0, redis.send(Command.EXISTS, "tg2:{org}:h:acme").toInteger());
        assertEquals(null, redis.send(Command.HGET, "tg2:{org}", "bday@1"));
        assertEquals(1, redis.send(Command.ZCARD, "tg2:{org}:due").toInteger(), "what is shared");
    }

    @Test
    void aTenantWithSpendIsSweptUntilThatIsOver() {
        Hold call = new Hold("call", "acme", Duration.ofMinutes(1), List.of(), USED);
        assertEquals("METERED", status(Code.METER, call));
        assertEquals("SETTLED", status(Code.SETTLE, hold("held")));
        redis.time(NOW + 4_000_000);
        sweep();
        assertEquals(1, redis.send(Command.HLEN, "tg2:{org}:t:acme").toInteger(), "the header alone");
        assertEquals(2, redis.send(Command.ZCARD, "tg2:{org}:due").toInteger(), "it stays due");
        redis.time(NOW + 36 * 86_400_000L);
        sweep();
        for (String key : List.of("tg2:{org}:t:acme", "tg2:{org}:m:acme", "tg2:{org}:spenders")) {
            assertEquals(0, redis.send(Command.EXISTS, key).toInteger(), key);
        }
        assertEquals(1, redis.send(Command.ZCARD, "tg2:{org}:due").toInteger(), "what is shared");
    }

    private void sweep() {
        for (int i = 0; i < 3; i++) {
            send(run(LedgerScript.Kind.SWEEP, "acme", List.of()));
        }
    }

    @Test
    void aHoldWhoseEndWasLostIsFoundByASweep() {
        redis.send(Command.DEL, "tg2:{org}:h:acme");
        for (int i = 0; i < 3; i++) {
            send(run(LedgerScript.Kind.SWEEP, "acme", List.of()));
        }
        String text = ReplyText.of(
                        run(LedgerScript.Kind.PEEK, "acme", List.of(new Operation(Code.ADMIT, hold("peek")))),
                        send(run(LedgerScript.Kind.PEEK, "acme", List.of(new Operation(Code.ADMIT, hold("peek"))))))
                .get(5);
        assertEquals("5,0", text, "its estimate is charged, nothing is held");
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
        RedisLedger limited = new RedisLedger(
                redis.vertx,
                () -> Redis.createClient(
                        redis.vertx,
                        RedisFixture.options("redis://tollgate:password@127.0.0.1:" + redis.server.port())),
                RedisFixture.settings("acl", "pod-1", 0, 1000),
                LedgerListener.NONE);
        Upstreams.await(limited.start());
        long now = System.currentTimeMillis();
        Bucket.Budget budget = new Bucket.Budget("m@1", false, true, 1000, now - 1000, now + 900_000, now + 4_000_000);
        Hold hold = new Hold("a", "acme", Duration.ofSeconds(60), List.of(Claim.of(budget, 300)));
        assertInstanceOf(AdmitReply.Admitted.class, Upstreams.await(limited.admit(hold)));
        assertTrue(Upstreams.await(limited.extend(hold)));
        assertEquals(SettleReply.SETTLED, Upstreams.await(limited.settle(hold)));
        redis.send(Command.SCRIPT, "FLUSH");
        assertEquals(SettleReply.ALREADY, Upstreams.await(limited.settle(hold)), "by its text once more");
        assertEquals("NONE", limited.health().durability().name(), "INFO is allowed");
        redis.time(NOW);
        LedgerScript own = new LedgerScript("acl", LedgerScript.bundled());
        for (LedgerScript.Kind kind : List.of(LedgerScript.Kind.SWEEP, LedgerScript.Kind.BEAT)) {
            life = redis.send(Command.HGET, "tg2:{acl}", "").toBuffer().getBuffer(1, 25);
            Redis client =
                    Redis.createClient(redis.vertx, "redis://tollgate:password@127.0.0.1:" + redis.server.port());
            Response reply = Upstreams.await(client.connect()
                    .compose(c -> c.send(own.byText(run(kind, "acme", List.of()).script()))));
            assertEquals(0, reply.toBuffer().getByte(0), kind.toString());
        }
        Upstreams.await(limited.close());
    }
}
