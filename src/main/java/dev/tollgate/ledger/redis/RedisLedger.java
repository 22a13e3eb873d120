package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.BucketKey;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.LedgerHealth;
import dev.tollgate.ledger.LedgerListener;
import dev.tollgate.ledger.PodShare;
import dev.tollgate.ledger.SettleReply;
import dev.tollgate.ledger.SpendPage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The ledger in Redis. Each operation is handed to the ledger's own event loop, where {@link Lanes} batch it and
 * {@link Knowledge} remembers what to report to a ledger that lost writes.
 */
public final class RedisLedger implements Ledger {

    private static final Logger LOG = Logger.getLogger(RedisLedger.class);
    private static final int MAX_PAGE = 1000;

    /**
     * How this pod takes part.
     *
     * @param org part of every key: one ledger an organisation
     * @param podId unique among all pods that ever were
     * @param maxInFlight admissions that wait for Redis
     * @param recovery how long budgets and concurrency limits wait in a new life, until every pod has reported
     * @param maxCells buckets that one tenant can have
     */
    public record Settings(String org, String podId, int maxInFlight, Duration recovery, int maxCells) {}

    private final Context loop;
    private final LedgerScript script;
    private final LedgerListener listener;
    private final Life life;
    private final Knowledge knowledge = new Knowledge();
    private final LedgerConnection connection;
    private final Heartbeat heartbeat;
    private final Lanes lanes;
    private final SpendReader spend;

    /** @param clients makes a new client for each attempt to connect */
    public RedisLedger(Vertx vertx, Supplier<Redis> clients, Settings settings, LedgerListener listener) {
        this(vertx, clients, settings, listener, LedgerScript.bundled());
    }

    RedisLedger(Vertx vertx, Supplier<Redis> clients, Settings settings, LedgerListener listener, String scriptText) {
        this.loop = vertx.getOrCreateContext();
        this.script = new LedgerScript(settings.org(), scriptText);
        this.listener = listener;
        this.life = new Life(settings.podId(), settings.recovery().toMillis(), settings.maxCells());
        this.connection = new LedgerConnection(vertx, loop, clients, this::greet);
        this.heartbeat = new Heartbeat(vertx, (kind, tenant, lease) -> run(connection::send, kind, tenant, lease));
        this.lanes = new Lanes(new BatchTransport(), knowledge, life, settings.maxInFlight());
        this.spend = new SpendReader(settings.org(), connection::send);
    }

    /** Completes with the first attempt to connect; a failure is retried in the background. */
    public Future<Void> start() {
        return onLoop(() -> {
            heartbeat.start();
            return connection.start();
        });
    }

    /** This pod among the others, as last heard; empty if never. */
    public Optional<PodShare> share() {
        return heartbeat.share();
    }

    /** The context on which it asks Redis; callers on the same event loop wake no other thread. */
    public Context loop() {
        return loop;
    }

    public LedgerHealth health() {
        int pods = share().map(PodShare::pods).orElse(0);
        return new LedgerHealth(
                "redis",
                connection.isOpen(),
                connection.ageMillis(),
                pods,
                heartbeat.durability(),
                heartbeat.evicting());
    }

    /** Leaves the other pods and closes the connection. */
    public Future<Void> close() {
        return onLoop(() -> heartbeat.stop().transform(left -> {
            connection.close();
            return Future.succeededFuture();
        }));
    }

    private Future<Void> greet(LedgerConnection.Sender sender) {
        return Heartbeat.greet((kind, tenant, lease) -> run(sender, kind, tenant, lease))
                .map(reply -> {
                    knowledge.done(heartbeat.greeted(reply));
                    // The connection counts as open only after this; the reports follow then.
                    loop.runOnContext(v -> lanes.tell());
                    return null;
                });
    }

    private Future<RunReply> run(LedgerConnection.Sender sender, LedgerScript.Kind kind, String tenant, long lease) {
        byte[] head = life.nextHead(lease);
        return send(sender, new LedgerScript.Run(kind, head, life.bytes(), tenant, LedgerScript.NOTHING))
                .map(this::received);
    }

    /** By the script's hash, and by its text if Redis does not know it. */
    private Future<Response> send(LedgerConnection.Sender sender, LedgerScript.Run run) {
        return sender.send(script.bySha(run))
                .recover(e -> Problem.noScript(e) ? sender.send(script.byText(run)) : Future.failedFuture(e));
    }

    private RunReply received(Response response) {
        RunReply reply = new RunReply(response);
        knowledge.at(reply.nowMillis());
        if (reply.otherLife()) {
            enter(reply);
        } else {
            life.stored(reply.storedNumber());
        }
        if (reply.underflows() > 0) {
            LOG.errorf("The ledger set %d counts to 0 that would have become negative", reply.underflows());
            listener.ledgerUnderflow(reply.underflows());
        }
        return reply;
    }

    private void enter(RunReply reply) {
        if (Arrays.equals(reply.life().getBytes(), life.bytes())) {
            return;
        }
        boolean first = !life.known();
        life.enter(reply.life(), reply.storedNumber());
        int[] told = knowledge.enter(life.era(), reply.foundNumber());
        if (!first) {
            LOG.warnf(
                    "The ledger lost writes and began a new life; reporting %d budgets and %d calls in flight to it",
                    told[0], told[1]);
            listener.ledgerReset();
        }
        loop.runOnContext(v -> lanes.tell());
    }

    private final class BatchTransport implements Lanes.Transport {
        @Override
        public boolean isOpen() {
            return connection.isOpen();
        }

        @Override
        public Future<RunReply> send(String tenant, Batch batch) {
            byte[] head = life.nextHead(batch.leaseMillis());
            long era = life.era();
            String owner = batch.operations().get(0).hold.tenant();
            LedgerScript.Run run = new LedgerScript.Run(
                    LedgerScript.Kind.CALLS,
                    head,
                    life.bytes(),
                    tenant,
                    batch.limits(bucket -> knowledge.expects(owner, bucket, era)),
                    batch.operations(operation -> knowledge.acknowledged(operation, era)),
                    batch.names());
            return RedisLedger.this.send(connection::send, run).map(RedisLedger.this::received);
        }
    }

    @Override
    public Future<AdmitReply> admit(Hold hold, Runnable written) {
        return submit(Operation.Code.ADMIT, hold, written).map(answer -> admitReply(hold, answer));
    }

    @Override
    public Future<SettleReply> settle(Hold hold) {
        return hold.claims().isEmpty()
                ? meter(hold)
                : submit(Operation.Code.SETTLE, hold, () -> {}).map(Replies::settle);
    }

    @Override
    public Future<SettleReply> release(Hold hold) {
        return submit(Operation.Code.RELEASE, hold, () -> {}).map(Replies::settle);
    }

    private Future<SettleReply> meter(Hold hold) {
        return onLoop(() -> knowledge.metered(hold)
                ? Future.succeededFuture(SettleReply.ALREADY)
                : submit(Operation.Code.METER, hold, () -> {}).map(Replies::settle));
    }

    @Override
    public Future<Boolean> extend(Hold hold) {
        return submit(Operation.Code.EXTEND, hold, () -> {})
                .map(answer -> answer.status() == Operation.Status.EXTENDED);
    }

    @Override
    public Future<Boolean> mark(String tenant, Bucket.Budget budget, int threshold) {
        Hold hold = new Hold("mark", tenant, Duration.ofMillis(1), List.of(Claim.of(budget, threshold)));
        return submit(Operation.Code.MARK, hold, () -> {}).map(answer -> answer.status() == Operation.Status.MARKED);
    }

    @Override
    public Future<List<Balance>> peek(String tenant, List<Bucket> buckets) {
        return look(tenant, buckets).map(reply -> {
            List<Balance> balances = buckets.stream().map(reply::balance).toList();
            reply.damaged().forEach(listener::ledgerDamaged);
            return balances;
        });
    }

    private Future<RunReply> look(String tenant, List<Bucket> buckets) {
        return onLoop(() -> send(
                        connection::send,
                        new LedgerScript.Run(
                                LedgerScript.Kind.PEEK,
                                life.head(1),
                                life.bytes(),
                                BucketKey.encode(tenant),
                                Batch.limits(buckets, b -> false)))
                .map(RunReply::new));
    }

    @Override
    public Future<SpendPage> spend(Optional<String> tenant, String cursor, int limit) {
        int most = Math.max(1, Math.min(limit, MAX_PAGE));
        return look("", List.of())
                .compose(reply -> onLoop(() -> tenant.isPresent()
                        ? spend.one(tenant.get(), reply.nowMillis())
                        : spend.all(cursor, most, reply.nowMillis())));
    }

    @Override
    public void abandon(Hold hold) {
        loop.runOnContext(v -> knowledge.abandon(hold));
    }

    private Future<Operation.Answer> submit(Operation.Code code, Hold hold, Runnable written) {
        return onLoop(() -> {
            heartbeat.busy();
            if (code == Operation.Code.ADMIT) {
                knowledge.asked(hold);
            }
            Operation operation = new Operation(code, hold, written);
            lanes.submit(operation);
            return operation.future();
        });
    }

    private AdmitReply admitReply(Hold hold, Operation.Answer answer) {
        AdmitReply reply = Replies.admit(hold, answer);
        if (reply instanceof AdmitReply.Damaged damaged) {
            String field = hold.claims().get(damaged.index()).bucket().field();
            LOG.errorf("The ledger's count of %s cannot be read; delete this field of the tenant's hash", field);
            listener.ledgerDamaged(field);
        }
        return reply;
    }

    /** Runs on the ledger's event loop, at once if this is it. */
    private <T> Future<T> onLoop(Supplier<Future<T>> action) {
        if (Vertx.currentContext() == loop) {
            return action.get();
        }
        Promise<T> promise = Promise.promise();
        loop.runOnContext(
                v -> Future.<Void>succeededFuture().compose(now -> action.get()).onComplete(promise));
        return promise.future();
    }
}
