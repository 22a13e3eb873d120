package dev.tollgate.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.admission.Pods.Pod;
import dev.tollgate.harness.FaultProxy;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.LedgerHealth;
import dev.tollgate.ledger.LedgerHealth.Durability;
import dev.tollgate.policy.Policy;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server behind the name changes: a budget of 40 calls is never passed by what living pods knew. */
@Timeout(120)
class ServersReplacedTest {

    private static final Policy FORTY = Pods.policy("limits: [ { name: b, budget: { requests: 40, per: month } } ]");

    private static void usedUp(Pod pod) {
        Ports.await("the ledger to answer that the budget is used up", () -> pod.denial()
                .equals(Optional.of(Decision.Reason.BUDGET)));
    }

    /** Calls one after the other until the ledger itself says that the budget is used up; how many were approved. */
    private static int spendAll(Pod pod) {
        int approved = 0;
        long until = System.nanoTime() + 15_000_000_000L;
        while (System.nanoTime() < until) {
            Decision decision = pod.admit(Pods.demand("acme", "amazon.nova-lite-v1:0", 100));
            if (decision instanceof Decision.Admitted admitted) {
                admitted.reservation().settleAsEstimated();
                approved++;
            } else if (((Decision.Denied) decision).reason() == Decision.Reason.BUDGET) {
                return approved;
            }
        }
        throw new AssertionError("the budget was not used up, " + approved + " approved");
    }

    private static void follows(RealRedis replica, RealRedis primary) {
        Ports.await("the replica to follow", () -> replica.command("INFO", "replication")
                .contains("master_link_status:up"));
        Ports.await("the replica to have it all", () -> primary.command("WAIT", "1", "1000")
                .startsWith(":1"));
    }

    @Test
    void aSnapshotThatLoadsSlowlyIsNotTrusted(@TempDir Path folder) {
        try (Pods pods = new Pods();
                RealRedis redis = RealRedis.start(
                        "--dir", folder.toString(), "--dbfilename", "old.rdb", "--key-load-delay", "0")) {
            Pod pod = pods.start(FORTY, redis.url());
            Ports.await("a call", pod::call);
            assertEquals(19, pod.calls(19));
            pod.settled();
            redis.command("EVAL", "\"for i=1,3000 do redis.call('SET','junk'..i,string.rep('x',2000)) end\"", "0");
            assertTrue(redis.command("SAVE").startsWith("+OK"));
            assertEquals(20, pod.calls(20));
            pod.settled();
            redis.kill();
            redis.restart("--key-load-delay", "300", "--loading-process-events-interval-bytes", "1024");
            Ports.await("the snapshot to load", () -> redis.command("PING").startsWith("-LOADING"));
            assertEquals(0, spendAll(pod), "40 were approved before");
            assertEquals(1, pod.events().resets.get());
        }
    }

    @Test
    void aReplicaThatIsPromotedLateGetsWhatItLost() {
        try (RealRedis primary = RealRedis.start();
                RealRedis replica = RealRedis.start("--replicaof", "127.0.0.1 " + primary.port());
                FaultProxy proxy = new FaultProxy(primary.port());
                Pods pods = new Pods()) {
            Pod pod = pods.start(FORTY, proxy.redisUrl());
            Ports.await("a call", pod::call);
            assertEquals(19, pod.calls(19));
            pod.settled();
            follows(replica, primary);
            // It follows nobody any more, and is not promoted yet.
            replica.command("REPLICAOF", "127.0.0.1", "1");
            assertEquals(15, pod.calls(15));
            pod.settled();
            proxy.target(replica.port());
            primary.kill();
            Ports.await("the pod to find a replica", () -> pod.denial()
                    .equals(Optional.of(Decision.Reason.LEDGER_UNAVAILABLE)));
            replica.command("REPLICAOF", "NO", "ONE");
            assertEquals(5, spendAll(pod), "20 that the replica had, 15 that it lost");
            assertEquals(1, pod.events().resets.get());
        }
    }

    @Test
    void aDemotedPrimaryThatKeepsItsSocketsIsLeft() {
        try (RealRedis first = RealRedis.start();
                RealRedis second = RealRedis.start("--replicaof", "127.0.0.1 " + first.port());
                FaultProxy proxy = new FaultProxy(first.port());
                Pods pods = new Pods()) {
            Pod pod = pods.start(FORTY, proxy.redisUrl());
            Ports.await("a call", pod::call);
            assertEquals(19, pod.calls(19));
            pod.settled();
            follows(second, first);
            second.command("REPLICAOF", "NO", "ONE");
            first.command("REPLICAOF", "127.0.0.1", String.valueOf(second.port()));
            proxy.nextTarget(second.port());
            Ports.await("calls to be admitted by the new primary", pod::call);
            assertEquals(19, spendAll(pod));
        }
    }

    @Test
    void anEndpointThatAcceptsAndIsMuteIsLeftAgainAndAgain() {
        Set<NetSocket> mute = ConcurrentHashMap.newKeySet();
        try (RealRedis redis = RealRedis.start();
                FaultProxy proxy = new FaultProxy(redis.port());
                Pods pods = new Pods()) {
            NetServer server = Upstreams.await(pods.vertx
                    .createNetServer()
                    .connectHandler(socket -> {
                        mute.add(socket);
                        socket.closeHandler(v -> mute.remove(socket));
                    })
                    .listen(0, "127.0.0.1"));
            Pod pod = pods.start(FORTY, proxy.redisUrl());
            Ports.await("a call", pod::call);
            assertEquals(19, pod.calls(19));
            pod.settled();
            proxy.target(server.actualPort());
            Ports.await("a connection to the mute one", () -> !mute.isEmpty());
            NetSocket first = mute.iterator().next();
            Ports.await("another attempt after the first was given up", () -> !mute.contains(first) && !mute.isEmpty());
            proxy.nextTarget(redis.port());
            Ports.await("calls to be admitted again", pod::call);
            assertEquals(19, spendAll(pod));
            Ports.await("no socket to be left behind", mute::isEmpty);
        }
    }

    @Test
    void aServerThatWantsAPasswordIsNamedOnceAndUsedWhenItLetsUsIn() {
        try (RealRedis redis = RealRedis.start();
                Pods pods = new Pods()) {
            Pod pod = pods.start(FORTY, redis.url());
            Ports.await("a call", pod::call);
            redis.command("CONFIG", "SET", "requirepass", "secret");
            redis.command("AUTH secret\r\nCLIENT KILL TYPE normal SKIPME yes\r\nPING");
            Ports.await("the pod to be shut out", () -> pod.denial()
                    .equals(Optional.of(Decision.Reason.LEDGER_UNAVAILABLE)));
            redis.command("AUTH secret\r\nCONFIG SET requirepass \"\"");
            Ports.await("calls to be admitted again", pod::call);
        }
    }

    @Test
    void volatilePoliciesNeverEvictASpentBudget() {
        try (RealRedis redis = RealRedis.start("--maxmemory-policy", "volatile-lru");
                Pods pods = new Pods()) {
            Pod pod = pods.start(FORTY, redis.url());
            Ports.await("a call", pod::call);
            assertEquals(39, spendAll(pod));
            pod.settled();
            redis.command("CONFIG", "SET", "maxmemory", "6mb");
            for (int i = 0; i < 40; i++) {
                redis.command(
                        "EVAL",
                        "\"for i=1,200 do redis.pcall('SET'," + i + "*1000+i,string.rep('x',5000),'EX',9999) end\"",
                        "0");
            }
            assertTrue(!redis.command("INFO", "stats").contains("evicted_keys:0\r"), "something was evicted");
            redis.command("CONFIG", "SET", "maxmemory", "0");
            usedUp(pod);
            assertEquals(0, pod.events().resets.get());
            assertEquals(false, pod.ledger().health().evicting());
        }
    }

    @Test
    void whatAServerKeepsIsLookedAt() {
        try (RealRedis plain = RealRedis.start("--maxmemory-policy", "allkeys-lru", "--maxmemory", "100mb");
                RealRedis durable = RealRedis.start("--appendonly", "yes");
                RealRedis replica = RealRedis.start("--replicaof", "127.0.0.1 " + plain.port());
                Pods pods = new Pods()) {
            follows(replica, plain);
            Pod first = pods.start(FORTY, plain.url());
            Pod second = pods.start(FORTY, durable.url());
            Ports.await("calls", () -> first.call() && second.call());
            assertEquals(Durability.REPLICA, first.ledger().health().durability());
            assertEquals(true, first.ledger().health().evicting());
            assertEquals(Durability.AOF, second.ledger().health().durability());
            assertEquals(false, second.ledger().health().evicting());
            replica.kill();
            plain.kill();
            plain.restart();
            Ports.await("a call", first::call);
            assertEquals(Durability.NONE, first.ledger().health().durability());
        }
    }

    @Test
    void noCallIsRefusedBecauseRedisWasEmptied() {
        try (RealRedis redis = RealRedis.start();
                Pods pods = new Pods()) {
            Pod pod = pods.start(FORTY, redis.url());
            Ports.await("a call", pod::call);
            for (int round = 0; round < 3; round++) {
                assertEquals(5, pod.calls(5));
                pod.settled();
                redis.command("FLUSHALL");
                long startNanos = System.nanoTime();
                assertTrue(pod.call(), "it waits and is approved");
                assertTrue(System.nanoTime() - startNanos > 500_000_000L, "others had time to report");
            }
            assertEquals(40 - 19, spendAll(pod));
        }
    }

    @Test
    void theVeryFirstCallOnANewLedgerIsAnsweredAtOnce() {
        try (RealRedis redis = RealRedis.start();
                Pods pods = new Pods()) {
            Pod pod = pods.start(FORTY, redis.url());
            Ports.await("the connection", () -> pod.ledger().health().up());
            long startNanos = System.nanoTime();
            assertTrue(pod.call());
            assertTrue(System.nanoTime() - startNanos < 1_000_000_000L, "it does not wait for reports of others");
        }
    }

    /** What a server keeps can change while pods are connected. */
    @Test
    void aServerThatBecomesWeakerIsNoticedWithoutAReconnect() {
        try (RealRedis redis = RealRedis.start("--appendonly", "yes");
                Pods pods = new Pods()) {
            Pod pod = pods.start(FORTY, redis.url());
            Ports.await("the facts", () -> pod.ledger().health().durability() == LedgerHealth.Durability.AOF);
            redis.command("CONFIG", "SET", "appendonly", "no");
            redis.command("CONFIG", "SET", "maxmemory", "50mb");
            redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
            Ports.await("the weakness", () -> pod.ledger().health().durability() == LedgerHealth.Durability.NONE);
            assertTrue(pod.ledger().health().evicting());
            assertEquals(40, spendAll(pod), "the life is the same");
        }
    }

    @Test
    void podsThatReconnectToAnEmptyServerAllReport() {
        try (RealRedis redis = RealRedis.start();
                Pods pods = new Pods()) {
            Pod one = pods.start(FORTY, redis.url());
            Pod two = pods.start(FORTY, redis.url());
            Ports.await(
                    "calls",
                    () -> one.ledger().health().up() && two.ledger().health().up());
            assertEquals(10, one.calls(10));
            assertEquals(10, two.calls(10));
            one.settled();
            two.settled();
            int approved = 20;
            for (int round = 0; round < 3; round++) {
                redis.kill();
                redis.restart();
                Pod pod = round % 2 == 0 ? one : two;
                Ports.await("a call", pod::call);
                approved++;
                pod.settled();
            }
            approved += spendAll(two);
            assertEquals(40, approved);
        }
    }

    @Test
    void aClusterFailsOverGracefullyAndByCrash(@TempDir Path folder) {
        try (Cluster cluster = new Cluster(folder);
                Pods pods = new Pods()) {
            Pod pod = pods.start(FORTY, cluster.urls());
            Ports.await("a call", pod::call);
            int approved = 1 + pod.calls(9);
            pod.settled();
            for (int round = 0; round < 2; round++) {
                cluster.failOver("tg2:{org}");
                Ports.await("a call after a graceful failover", pod::call);
                approved++;
                approved += pod.calls(4);
                pod.settled();
            }
            cluster.crash("tg2:{org}");
            Ports.await("a call after a crash", pod::call);
            approved++;
            approved += spendAll(pod);
            assertEquals(40, approved);
        }
    }

    /** Three primaries with a replica each. */
    private static final class Cluster implements AutoCloseable {
        private final List<RealRedis> nodes = new ArrayList<>();

        Cluster(Path folder) {
            for (int i = 0; i < 6; i++) {
                nodes.add(RealRedis.start(
                        "--cluster-enabled",
                        "yes",
                        "--cluster-node-timeout",
                        "1000",
                        // A replica that a busy machine held up stands for election all the same.
                        "--cluster-replica-validity-factor",
                        "0",
                        "--cluster-config-file",
                        folder.resolve("nodes-" + i).toString()));
            }
            for (int i = 0; i < 3; i++) {
                int first = i * 5462;
                String slots = String.join(
                        " ",
                        IntStream.range(first, Math.min(16384, first + 5462))
                                .mapToObj(String::valueOf)
                                .toList());
                nodes.get(i).command("CLUSTER", "ADDSLOTS", slots);
            }
            nodes.forEach(n -> nodes.get(0).command("CLUSTER", "MEET", "127.0.0.1", String.valueOf(n.port())));
            nodes.forEach(n -> Ports.await("the nodes to know each other", () -> n.command("CLUSTER", "INFO")
                    .contains("cluster_known_nodes:6")));
            for (int i = 3; i < 6; i++) {
                nodes.get(i).command("CLUSTER", "REPLICATE", id(nodes.get(i - 3)));
            }
            nodes.forEach(n -> Ports.await(
                    "the cluster to be one", () -> n.command("CLUSTER", "INFO").contains("cluster_state:ok")));
            for (int i = 3; i < 6; i++) {
                follows(nodes.get(i), nodes.get(i - 3));
            }
        }

        private static String id(RealRedis node) {
            return node.command("CLUSTER", "MYID").lines().skip(1).findFirst().orElseThrow();
        }

        String[] urls() {
            return nodes.stream().map(RealRedis::url).toArray(String[]::new);
        }

        private List<RealRedis> group(String key) {
            String slot =
                    nodes.get(0).command("CLUSTER", "KEYSLOT", key).substring(1).strip();
            int index = Integer.parseInt(slot) / 5462;
            return List.of(nodes.get(index), nodes.get(index + 3));
        }

        private static boolean primary(RealRedis node) {
            return node.command("ROLE").contains("master");
        }

        void failOver(String key) {
            RealRedis replica = inStep(key);
            // An election that a busy machine did not win in time has to be asked for again.
            for (int attempt = 0; attempt < 10 && !primary(replica); attempt++) {
                replica.command("CLUSTER", "FAILOVER");
                long until = System.nanoTime() + 6_000_000_000L;
                while (!primary(replica) && System.nanoTime() < until) {
                    LockSupport.parkNanos(20_000_000);
                }
            }
            assertTrue(primary(replica), "the failover");
        }

        /** The replica, once it has all that the primary has. */
        private RealRedis inStep(String key) {
            List<RealRedis> group = group(key);
            Ports.await("one primary and one replica", () -> primary(group.get(0)) != primary(group.get(1)));
            RealRedis primary = primary(group.get(0)) ? group.get(0) : group.get(1);
            RealRedis replica = primary == group.get(0) ? group.get(1) : group.get(0);
            follows(replica, primary);
            return replica;
        }

        void crash(String key) {
            inStep(key);
            // Redis 7.0 takes the votes of a replica's last election for those of the next one until they are two
            // seconds old, and
            // then has two primaries of different epochs for good.
            LockSupport.parkNanos(2_500_000_000L);
            group(key).stream()
                    .filter(Cluster::primary)
                    .findFirst()
                    .orElseThrow()
                    .kill();
        }

        @Override
        public void close() {
            nodes.forEach(RealRedis::close);
        }
    }
}
