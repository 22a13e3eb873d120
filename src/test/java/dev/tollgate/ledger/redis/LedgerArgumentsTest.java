package dev.tollgate.ledger.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the script is not told rightly it refuses, and not a byte of the books changes. */
@Timeout(300)
class LedgerArgumentsTest {

    private static final int LISTS = 20_000;
    private static final long NOW = 1_700_000_000_000L;
    private static final List<String> NO_NUMBERS = List.of(
            "nan",
            "-nan",
            "inf",
            "-inf",
            "-0",
            "-1",
            "0x10",
            "",
            "1e3",
            "1.5",
            " 1",
            "1 ",
            "+1",
            "4503599627370497",
            "99999999999999999999",
            "9007199254740993",
            "abc",
            "1,2",
            "1\n",
            "١");
    private static final List<String> NO_FIELDS =
            List.of("", " ", "a b", "a|b", "a,b", "a\n", "ü", "x".repeat(513), "*");
    private static final List<String> NO_CODES = List.of("", "r", "rt", "xte", "rxe", "rtx", "rtee", "RTE", "bt e");

    private static RedisFixture redis;
    private static String script;

    @BeforeAll
    static void start() {
        redis = new RedisFixture();
        script = RedisFixture.scriptWithTestClock();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    private static List<Claim> claims() {
        return List.of(
                Claim.of(new Bucket.Rate("tpm", false, true, 100, 10, 1000, 3), 5),
                Claim.of(new Bucket.Budget("day@1", true, true, 1000, NOW - 1, NOW + 1000, NOW + 2000), 5),
                Claim.of(new Bucket.Concurrency("inflight", false, true, 7), 1));
    }

    @BeforeEach
    void books() {
        redis.send(Command.FLUSHALL);
        redis.time(NOW);
        send(arguments("SEED", "", "epoch", List.of()));
        assertEquals("admitted", status(send(arguments("ADMIT", "epoch:0", "held", claims()))));
        assertEquals("admitted", status(send(arguments("ADMIT", "epoch:0", "over", claims()))));
        assertEquals("settled", status(send(arguments("SETTLE", "epoch:0", "over", claims()))));
    }

    private static List<String> arguments(String operation, String epoch, String id, List<Claim> claims) {
        long lease = operation.equals("SEED") ? 0 : 60_000;
        List<String> all = new ArrayList<>(List.of(script));
        all.addAll(new LedgerScript("org", script)
                .arguments(new LedgerScript.Call(operation, epoch, id, lease, "acme", claims)));
        return all;
    }

    private static Future<Response> send(List<String> arguments) {
        Request request = Request.cmd(Command.EVAL);
        arguments.forEach(request::arg);
        return redis.connection.send(request);
    }

    private static String status(Future<Response> reply) {
        return Upstreams.await(reply.map(r -> r.get(0).toString()).otherwise(e -> "error: " + e.getMessage()));
    }

    private static Map<String, String> dump() {
        Map<String, String> dump = new TreeMap<>();
        for (Response key : redis.send(Command.KEYS, "tg:*")) {
            byte[] bytes = redis.send(Command.DUMP, key.toString()).toBytes();
            dump.put(key.toString(), Base64.getEncoder().encodeToString(bytes));
        }
        return dump;
    }

    @Test
    void malformedArgumentListsAreRefusedAndChangeNothing() {
        Map<String, String> before = dump();
        Random random = new Random(42);
        List<Future<Response>> sent = new ArrayList<>();
        List<List<String>> lists = new ArrayList<>();
        for (int i = 0; i < LISTS; i++) {
            List<String> list = malformed(random);
            lists.add(list);
            sent.add(send(list));
            if (sent.size() == 500) {
                refused(sent, lists);
            }
        }
        refused(sent, lists);
        assertEquals(before, dump());
    }

    private static void refused(List<Future<Response>> sent, List<List<String>> lists) {
        for (int i = 0; i < sent.size(); i++) {
            String status = status(sent.get(i));
            List<String> shown = lists.get(i).subList(1, lists.get(i).size());
            assertTrue(status.equals("bad-argument") || status.startsWith("error"), status + " for " + shown);
        }
        sent.clear();
        lists.clear();
    }

    /** Arguments: script, 9, nine keys, then six and eight for each of three limits. */
    private static List<String> malformed(Random random) {
        String operation =
                List.of("ADMIT", "SETTLE", "RELEASE", "PEEK", "RESTORE").get(random.nextInt(5));
        List<String> list = new ArrayList<>(arguments(operation, "epoch:0", "id-" + random.nextInt(100), claims()));
        int first = 11;
        int limit = first + 6 + 8 * random.nextInt(3);
        switch (random.nextInt(9)) {
            case 0, 1, 2 -> list.set(limit + 2 + random.nextInt(6), pick(NO_NUMBERS, random));
            case 3 -> list.set(limit + 1, pick(NO_FIELDS, random));
            case 4 -> list.set(limit, pick(NO_CODES, random));
            case 5 -> list.set(first + List.of(3, 5).get(random.nextInt(2)), pick(NO_NUMBERS, random));
            case 6 -> {
                if (random.nextBoolean()) {
                    list.remove(list.size() - 1 - random.nextInt(20));
                } else {
                    list.add("1");
                }
            }
            case 7 -> {
                List<String> twice = new ArrayList<>(list.subList(limit, limit + 8));
                list.addAll(twice);
                list.set(first + 5, "4");
            }
            default -> {
                switch (random.nextInt(5)) {
                    case 0 -> list.set(first, "DESTROY");
                    case 1 -> list.set(first + 2, pick(List.of("", "a b", "a|b", "x".repeat(65), "ü"), random));
                    case 2 -> list.set(first + 4, "");
                    case 3 -> list.set(1, "8");
                    default -> {
                        // burst, rate and period of the rate; a period that ends before it starts
                        int at = random.nextInt(4);
                        list.set(at < 3 ? first + 6 + 4 + at : first + 14 + 5, at < 3 ? "0" : "9999999999999");
                    }
                }
            }
        }
        return list;
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    @Test
    void aKeyOfAnotherTypeIsRefusedBeforeAnythingIsWritten() {
        for (String key : List.of("tg:{org}:rate:acme", "tg:{org}:budget", "tg:{org}:holds:acme", "tg:{org}:leases")) {
            books();
            redis.send(Command.DEL, key);
            redis.send(Command.SET, key, "text");
            Map<String, String> before = dump();
            for (String operation : List.of("ADMIT", "SETTLE", "RELEASE")) {
                String status = status(send(arguments(operation, "epoch:0", "held", claims())));
                String fresh = status(send(arguments(operation, "epoch:0", "new", claims())));
                assertTrue(status.startsWith("error"), key + " " + operation + " " + status);
                assertTrue(fresh.startsWith("error"), key + " " + operation + " " + fresh);
            }
            assertEquals(before, dump(), key);
        }
    }

    @Test
    void aDamagedCountIsToldAndLeftAlone() {
        redis.send(Command.HSET, "tg:{org}:budget", "day@1", "12,x,3,4");
        Map<String, String> before = dump();
        assertEquals("corrupt", status(send(arguments("ADMIT", "epoch:0", "new", claims()))));
        assertEquals(before, dump());
    }

    @Test
    void withoutMemoryNothingChanges() {
        Map<String, String> before = dump();
        redis.send(Command.CONFIG, "SET", "maxmemory", "1");
        try {
            for (String operation : List.of("ADMIT", "SETTLE", "RELEASE", "EXTEND")) {
                List<Claim> claims = operation.equals("EXTEND") ? List.of() : claims();
                String id = operation.equals("ADMIT") ? "new" : "held";
                String status = status(send(arguments(operation, "epoch:0", id, claims)));
                assertTrue(status.startsWith("error: OOM") || status.contains("OOM"), operation + " " + status);
            }
        } finally {
            redis.send(Command.CONFIG, "SET", "maxmemory", "0");
        }
        assertEquals(before, dump());
    }

    @Test
    void aDeniedCallLeavesEveryByteAsItWas() {
        Map<String, String> before = dump();
        List<Claim> tooMuch = List.of(claims().get(0), new Claim(claims().get(1).bucket(), 996, 0));
        assertEquals("denied", status(send(arguments("ADMIT", "epoch:0", "new", tooMuch))));
        assertEquals(before, dump());
    }
}
