package dev.tollgate.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.admission.Pods.Pod;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.PodShare;
import dev.tollgate.policy.Policy;
import dev.tollgate.pricing.Charge;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many pods and many budgets on one Redis, over the real client. */
@Timeout(180)
class FleetTest {

    private static final int FLEET = 1000;
    private static final String NOVA = "amazon.nova-lite-v1:0";
    private static final Charge SMALL = new Charge(new Usage(10, 10, 0, 0, 0), 100, 1, false);
    private static final Pattern RUNS = Pattern.compile("cmdstat_evalsha:calls=(\\d+),usec=(\\d+)");
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static Future<Decision> ask(Pod pod, String tenant) {
        return pod.admission().admit(UUID.randomUUID().toString(), Pods.demand(tenant, NOVA, 100));
    }

    private static List<Decision> decided(List<Future<Decision>> asked) {
        Upstreams.await(Future.all(asked));
        return asked.stream().map(Future::result).toList();
    }

    private static List<Reservation> admitted(List<Decision> decisions) {
        return decisions.stream()
                .filter(Decision.Admitted.class::isInstance)
                .map(d -> ((Decision.Admitted) d).reservation())
                .toList();
    }

    /** Runs of the script so far, and the microseconds that they took. */
    private static long[] runs(RealRedis redis) {
        Matcher found = RUNS.matcher(redis.command("INFO", "commandstats"));
        return found.find() ? new long[] {Long.parseLong(found.group(1)), Long.parseLong(found.group(2))} : new long[2];
    }

    @Test
    void theSharesOfAThousandPodsAddUpToTheLimit() {
        Policy policy = Pods.policy("""
                limits:
                  - { name: inflight, match: { tenant: acme }, concurrency: 50 }
                  - { name: rate, match: { tenant: globex }, rate: { requests: 1500, every: 1h, burst: 1500 } }
                """);
        try (RealRedis redis = RealRedis.start("--maxclients", "2000");
                Pods pods = new Pods()) {
            List<Pod> fleet = IntStream.range(0, FLEET)
                    .mapToObj(i -> pods.start(policy, redis.url()))
                    .toList();
            Ports.await(PATIENCE, "every pod to have heard of all", () -> fleet.stream()
                    .allMatch(pod -> pod.ledger()
                            .share()
                            .filter(share -> share.pods() == FLEET && share.rank() >= 0)
                            .isPresent()));
            assertEquals(
                    IntStream.range(0, FLEET).boxed().collect(Collectors.toSet()),
                    fleet.stream()
                            .map(pod ->
                                    pod.ledger().share().orElse(PodShare.ALONE).rank())
                            .collect(Collectors.toSet()),
                    "each has a rank of its own");
            long[] before = runs(redis);
            long started = System.nanoTime();
            Ports.await(PATIENCE, "a heartbeat of each", () -> runs(redis)[0] - before[0] >= FLEET);
            double seconds = (System.nanoTime() - started) / 1e9;
            long[] after = runs(redis);
            System.out.printf(
                    "1,000 idle pods: %.0f heartbeats a second, %.1f us each%n",
                    (after[0] - before[0]) / seconds, (after[1] - before[1]) / (double) (after[0] - before[0]));

            redis.kill();
            for (String tenant : List.of("acme", "globex")) {
                int limit = tenant.equals("acme") ? 50 : 1500;
                int approved = 0;
                for (int round = 0; round < 3; round++) {
                    approved += admitted(decided(
                                    fleet.stream().map(pod -> ask(pod, tenant)).toList()))
                            .size();
                }
                assertEquals(limit, approved, "of " + tenant + ", without the ledger");
            }
        }
    }

    @Test
    void tenThousandBudgetsAreReportedToAnEmptiedLedgerWhileCallsGoOn() {
        Policy policy = Pods.policy("limits: [ { name: b, per: [tenant], budget: { requests: 3, per: month } } ]");
        int tenants = 10_000;
        try (RealRedis redis = RealRedis.start();
                Pods pods = new Pods()) {
            Pod pod = pods.start(policy, redis.url());
            Ports.await("the connection", () -> pod.ledger().health().up());
            for (int from = 0; from < tenants; from += 500) {
                List<Future<Decision>> asked = IntStream.range(from, from + 500)
                        .mapToObj(i -> ask(pod, "tenant-" + i))
                        .toList();
                admitted(decided(asked)).forEach(reservation -> reservation.settle(SMALL));
            }
            pod.settled();
            redis.command("FLUSHALL");
            // Nobody is refused, and nobody gets more than what is left of three.
            int approved = 0;
            for (int from = 0; from < tenants; from += 500) {
                List<Future<Decision>> asked = new ArrayList<>();
                for (int i = from; i < from + 500; i++) {
                    for (int call = 0; call < 3; call++) {
                        asked.add(ask(pod, "tenant-" + i));
                    }
                }
                List<Decision> decisions = decided(asked);
                List<String> other = decisions.stream()
                        .filter(Decision.Denied.class::isInstance)
                        .map(d -> ((Decision.Denied) d).reason())
                        .filter(reason -> reason != Decision.Reason.BUDGET)
                        .map(Enum::name)
                        .toList();
                assertEquals(List.of(), other);
                approved += admitted(decisions).size();
            }
            assertEquals(2 * tenants, approved);
            assertEquals(1, pod.events().resets.get());
        }
    }

    @Test
    void twoHundredPodsWithBacklogsReconnectAtOnceAndAllIsBookedOnce() {
        Policy policy = Pods.policy("limits: [ { name: b, budget: { requests: 100000, per: month } } ]");
        int each = 20;
        try (RealRedis redis = RealRedis.start("--appendonly", "yes", "--appendfsync", "always");
                Pods pods = new Pods()) {
            List<Pod> fleet = IntStream.range(0, 200)
                    .mapToObj(i -> pods.start(policy, redis.url()))
                    .toList();
            Ports.await(PATIENCE, "the connections", () -> fleet.stream()
                    .allMatch(pod -> pod.ledger().health().up()));
            List<Future<Decision>> asked = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                fleet.forEach(pod -> asked.add(ask(pod, "acme")));
            }
            List<Reservation> reservations = admitted(decided(asked));
            assertEquals(200 * each, reservations.size());
            redis.kill();
            reservations.forEach(reservation -> reservation.settle(SMALL));
            redis.restart();
            long started = System.nanoTime();
            Ports.await(PATIENCE, "the backlogs to be booked", () -> fleet.stream()
                    .allMatch(pod -> pod.admission().pendingSettlements() == 0));
            System.out.printf("200 backlogs of %d were booked in %.1f s%n", each, (System.nanoTime() - started) / 1e9);
            LimitsNow limits =
                    new LimitsNow(fleet.get(0).ledger(), () -> policy, Pods.caller("acme"), InstantSource.system());
            LimitStatus status = Upstreams.await(limits.all()).get(0);
            assertEquals(200 * each, status.used());
            assertEquals(0, status.held());
            assertTrue(fleet.stream().allMatch(pod -> pod.events().settlements.stream()
                    .noneMatch(kind -> kind.equals("unsettled") || kind.equals("late"))));
        }
    }

    /** As a policy of allkeys evicts: the tenant's counts go, the ledger's own keys stay. */
    @Test
    void aSpentBudgetThatWasEvictedIsReportedAgain() {
        Policy policy = Pods.policy("limits: [ { name: b, per: [tenant], budget: { requests: 5, per: month } } ]");
        try (RealRedis redis = RealRedis.start();
                Pods pods = new Pods()) {
            Pod pod = pods.start(policy, redis.url());
            Ports.await("the connection", () -> pod.ledger().health().up());
            for (int i = 0; i < 5; i++) {
                admitted(List.of(Upstreams.await(ask(pod, "acme")))).forEach(r -> r.settle(SMALL));
            }
            pod.settled();
            String[] keys = redis.command("KEYS", "*acme*").split("\r\n");
            assertTrue(keys.length > 1, String.join(" ", keys));
            for (String key : keys) {
                if (key.contains("acme")) {
                    redis.command("DEL", "\"" + key + "\"");
                }
            }
            Decision.Denied denied = (Decision.Denied) Upstreams.await(ask(pod, "acme"));
            assertEquals(Decision.Reason.BUDGET, denied.reason());
            assertEquals(1, pod.events().resets.get(), "counted as lost writes");
        }
    }
}
