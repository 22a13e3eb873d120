package dev.tollgate.ledger.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.ManualClock;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Spend;
import dev.tollgate.ledger.SpendPage;
import dev.tollgate.ledger.local.LocalLedger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Random operations on the ledger in memory against the same oracle. */
class LocalLedgerModelTest {

    private static final int SEEDS = Integer.getInteger("ledger.seeds", 300);
    private static final int OPERATIONS = 500;
    private static final Set<Operation.Code> OWN = Set.of(
            Operation.Code.ADMIT,
            Operation.Code.SETTLE,
            Operation.Code.RELEASE,
            Operation.Code.EXTEND,
            Operation.Code.MARK,
            Operation.Code.METER);

    @Test
    void theLedgerInMemoryAnswersAsTheOracleDoes() {
        Map<String, Integer> statuses = new TreeMap<>();
        int compared = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            compared += run(seed, statuses);
        }
        assertTrue(
                compared > SEEDS * OPERATIONS / 2, compared + " operations of " + SEEDS * OPERATIONS + ": " + statuses);
    }

    private static int run(int seed, Map<String, Integer> statuses) {
        ManualClock clock = new ManualClock(0);
        LocalLedger ledger = new LocalLedger(clock, 1_000_000);
        LedgerOracle oracle = new LedgerOracle(true);
        oracle.live();
        LedgerOperations operations = new LedgerOperations(new Random(seed), oracle);
        int compared = 0;
        for (int i = 0; i < OPERATIONS; i++) {
            operations.advance();
            clock.set(operations.now());
            oracle.now = operations.now();
            ModelRun run = operations.nextCall();
            Operation operation = run.operations().get(0);
            boolean one =
                    operation.code != Operation.Code.MARK || operation.claims().size() == 1;
            if (!OWN.contains(operation.code) || !one) {
                continue;
            }
            List<String> expected = oracle.run(run);
            operations.learn(run, expected);
            boolean peeks = run.kind() == LedgerScript.Kind.PEEK;
            if (!peeks && expected.get(4).startsWith("NOT_AS_AGREED")) {
                // The interface cannot say it; the leases that ended are reclaimed all the same.
                ledger.extend(new Hold("none", run.tenant(), LedgerOperations.LEASE, List.of()));
                continue;
            }
            compared++;
            statuses.merge(peeks ? "PEEK" : expected.get(4).split(" ")[0], 1, Integer::sum);
            String found = peeks
                    ? balances(ledger.peek(run.tenant(), run.limits()).result(), run.limits())
                    : found(ledger, operation);
            assertEquals(expected(run, expected), found, "seed " + seed + ", operation " + i + " " + run);
            if (i % 50 == 49) {
                spend(oracle, ledger, "seed " + seed + ", operation " + i);
            }
        }
        return compared;
    }

    private static void spend(LedgerOracle oracle, LocalLedger ledger, String when) {
        List<Spend> expected = new ArrayList<>();
        oracle.spends.forEach((tenant, of) -> expected.addAll(of.rows(tenant, oracle.now)));
        List<Spend> found = new ArrayList<>();
        String cursor = "";
        do {
            SpendPage page = ledger.spend(Optional.empty(), cursor, 1).result();
            found.addAll(page.rows());
            cursor = page.next();
        } while (!cursor.isEmpty());
        assertEquals(expected, found, when);
    }

    /** The part of a reply that the ledger's interface shows. */
    private static String expected(ModelRun run, List<String> reply) {
        if (run.kind() == LedgerScript.Kind.PEEK) {
            return reply.subList(4, reply.size()).toString();
        }
        String[] answer = reply.get(4).split(" ");
        String balances = reply.subList(5, reply.size()).toString();
        int index = Integer.parseInt(answer[1]) - 1;
        return switch (Operation.Status.valueOf(answer[0])) {
            case ADMITTED -> "admitted " + answer[3] + balances;
            case DUPLICATE -> "admitted 0" + balances;
            case DENIED -> "denied " + index + " " + answer[2] + " " + answer[4] + balances;
            case TOO_LARGE -> "too-large " + index + " " + answer[4];
            case STALE_PERIOD -> "stale " + reply.get(1);
            case ENDED -> run.operations().get(0).code == Operation.Code.EXTEND ? "false" : "ended";
            case METERED -> "SETTLED";
            case EXTENDED, MARKED -> "true";
            case LAPSED -> "false";
            case UNKNOWN -> run.operations().get(0).code == Operation.Code.EXTEND ? "false" : "UNKNOWN";
            case ALREADY -> run.operations().get(0).code == Operation.Code.MARK ? "false" : "ALREADY";
            default -> answer[0];
        };
    }

    private static String found(LocalLedger ledger, Operation operation) {
        Hold hold = operation.hold;
        List<Bucket> buckets = hold.claims().stream().map(c -> c.bucket()).toList();
        return switch (operation.code) {
            case SETTLE, METER -> ledger.settle(hold).result().name();
            case RELEASE -> ledger.release(hold).result().name();
            case EXTEND -> String.valueOf(ledger.extend(hold).result());
            case MARK -> {
                int threshold = (int) hold.claims().get(0).estimate();
                Bucket.Budget budget = (Bucket.Budget) buckets.get(0);
                yield String.valueOf(
                        ledger.mark(hold.tenant(), budget, threshold).result());
            }
            default -> admit(ledger.admit(hold).result(), buckets);
        };
    }

    private static String admit(AdmitReply reply, List<Bucket> buckets) {
        if (reply instanceof AdmitReply.Admitted admitted) {
            long bits = admitted.refused().stream().mapToLong(i -> 1L << i).sum();
            return "admitted " + bits + balances(admitted.balances(), buckets);
        }
        if (reply instanceof AdmitReply.Denied d) {
            return "denied " + d.index() + " " + d.waitMillis() + " " + text(d.decided())
                    + balances(d.balances(), buckets);
        }
        if (reply instanceof AdmitReply.TooLarge t) {
            return "too-large " + t.index() + " " + text(t.decided());
        }
        return reply instanceof AdmitReply.StalePeriod s ? "stale " + s.nowMillis() : "ended";
    }

    private static String balances(List<Balance> balances, List<Bucket> buckets) {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < buckets.size(); i++) {
            out.add(text(balances.get(i)));
        }
        return out.toString();
    }

    private static String text(Balance balance) {
        if (balance instanceof Balance.Rate rate) {
            return rate.level() + "," + rate.fullAfterMillis();
        }
        return balance instanceof Balance.Budget b ? b.used() + "," + b.held() : "0," + balance.held();
    }
}
