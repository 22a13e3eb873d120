package dev.tollgate.ledger.redis;

import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.LedgerListener;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * A pod that may be killed at any moment: 50 calls in flight, each admitted, settled (a fifth of them twice), and written
 * down before and after. Arguments: Redis URL, seed, file, start of the budget's period in ms, limit.
 */
final class LedgerWorker {

    static final Duration LEASE = Duration.ofSeconds(2);
    private static final int IN_FLIGHT = 50;

    private final Vertx vertx;
    private final RedisLedger ledger;
    private final Random random;
    private final Bucket.Budget budget;
    private final FileOutputStream journal;

    private LedgerWorker(
            Vertx vertx, RedisLedger ledger, Random random, Bucket.Budget budget, FileOutputStream journal) {
        this.vertx = vertx;
        this.ledger = ledger;
        this.random = random;
        this.budget = budget;
        this.journal = journal;
    }

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
                () -> Redis.createClient(vertx, RedisFixture.options(args[0])),
                RedisFixture.settings("org", UUID.randomUUID().toString(), 0, 1000),
                LedgerListener.NONE);
        Upstreams.await(ledger.start());
        FileOutputStream journal = new FileOutputStream(args[2], true);
        LedgerWorker worker = new LedgerWorker(
                vertx,
                ledger,
                new Random(Long.parseLong(args[1])),
                budget(Long.parseLong(args[3]), Long.parseLong(args[4])),
                journal);
        vertx.runOnContext(v -> {
            for (int i = 0; i < IN_FLIGHT; i++) {
                worker.call();
            }
        });
    }

    private void call() {
        long estimate = 1 + random.nextInt(50);
        Hold hold = new Hold(
                UUID.randomUUID().toString(),
                "t" + random.nextInt(3),
                LEASE,
                List.of(Claim.of(budget, estimate), Claim.of(inFlight(), 1)));
        write("try " + hold.id() + " " + estimate);
        ledger.admit(hold).onFailure(failure -> again(hold, failure)).onSuccess(reply -> {
            if (!(reply instanceof AdmitReply.Admitted)) {
                write("denied " + hold.id());
                call();
                return;
            }
            write("admitted " + hold.id());
            long actual = random.nextInt((int) estimate + 1);
            Hold used = hold.withClaims(List.of(
                    hold.claims().get(0).withActual(actual),
                    hold.claims().get(1).withActual(1)));
            write("settle " + hold.id() + " " + actual);
            ledger.settle(used)
                    .compose(how -> {
                        write("settled " + hold.id());
                        return random.nextInt(5) == 0 ? ledger.settle(used) : io.vertx.core.Future.succeededFuture(how);
                    })
                    .onComplete(done -> call());
        });
    }

    /** A pod's application calls again. */
    private void again(Hold hold, Throwable failure) {
        write("failed " + hold.id() + " " + failure);
        vertx.setTimer(50, t -> call());
    }

    private void write(String line) {
        try {
            journal.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
