package dev.tollgate.ledger.redis;

import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * A pod that may be killed at any moment: admits and settles as fast as it can and writes down, before and after, what it
 * does. Arguments: Redis URL, seed, file, start of the budget's period in ms, limit.
 */
final class LedgerWorker {

    static final Duration LEASE = Duration.ofSeconds(2);

    private LedgerWorker() {}

    static Bucket.Budget budget(long start, long limit) {
        return new Bucket.Budget("b@1", true, true, limit, start, start + 3_600_000, start + 7_200_000);
    }

    static Bucket.Concurrency inFlight() {
        return new Bucket.Concurrency("inflight", false, true, 1000);
    }

    public static void main(String... args) throws IOException {
        Vertx vertx = Vertx.vertx();
        RedisLedger ledger = new RedisLedger(
                vertx,
                Redis.createClient(vertx, RedisFixture.options(args[0])),
                "org",
                "pod-" + args[1],
                1000,
                0,
                () -> {});
        Upstreams.await(ledger.start());
        Random random = new Random(Long.parseLong(args[1]));
        Bucket.Budget budget = budget(Long.parseLong(args[3]), Long.parseLong(args[4]));
        try (FileOutputStream journal = new FileOutputStream(args[2], true)) {
            for (int i = 0; ; i++) {
                String id = args[1] + "-" + ProcessHandle.current().pid() + "-" + i;
                long estimate = 1 + random.nextInt(50);
                Hold hold = new Hold(
                        id,
                        "t" + random.nextInt(3),
                        LEASE,
                        List.of(Claim.of(budget, estimate), Claim.of(inFlight(), 1)));
                write(journal, "try " + id + " " + estimate + " " + hold.tenant());
                AdmitReply reply = Upstreams.await(ledger.admit(hold));
                if (!(reply instanceof AdmitReply.Admitted)) {
                    write(journal, "denied " + id);
                    continue;
                }
                long actual = random.nextInt((int) estimate + 1);
                Hold settled = hold.withClaims(List.of(
                        hold.claims().get(0).withActual(actual),
                        hold.claims().get(1).withActual(1)));
                write(journal, "settle " + id + " " + actual);
                Upstreams.await(ledger.settle(settled));
                if (random.nextInt(5) == 0) {
                    Upstreams.await(ledger.settle(settled));
                }
            }
        }
    }

    private static void write(FileOutputStream journal, String line) throws IOException {
        journal.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
