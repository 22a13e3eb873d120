package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.LedgerException;
import dev.tollgate.ledger.SettleReply;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends each operation as one script call and reads its reply; takes part in restoring a ledger that came back empty. */
public final class RedisLedger implements Ledger {

    private final LedgerScript script;
    private final LedgerConnection connection;
    private final Recovery recovery;
    private final Heartbeat heartbeat;

    /** Called when the ledger was found empty or replaced, and was restored from what this pod knew. */
    public interface ResetListener {
        void ledgerWasReset();
    }

    /**
     * @param org part of every key: one ledger an organisation
     * @param podId {@code [A-Za-z0-9-]{1,64}}
     * @param recoveryMillis how long budgets wait in a new epoch, until every pod has told what it knows
     */
    public RedisLedger(
            Vertx vertx,
            Redis redis,
            String org,
            String podId,
            int maxInFlight,
            long recoveryMillis,
            ResetListener listener) {
        this(vertx, redis, org, podId, maxInFlight, recoveryMillis, listener, LedgerScript.bundled());
    }

    RedisLedger(
            Vertx vertx,
            Redis redis,
            String org,
            String podId,
            int maxInFlight,
            long recoveryMillis,
            ResetListener listener,
            String scriptText) {
        this.script = new LedgerScript(org, scriptText);
        this.recovery = new Recovery(this::execute, recoveryMillis, listener);
        this.heartbeat = new Heartbeat(vertx, this::execute, podId, recovery);
        this.connection = new LedgerConnection(
                vertx, redis, maxInFlight, () -> script.byText(recovery.greeting()), this::greeted);
    }

    /** Opens the connection; a failure is retried in the background, the ledger is usable when it succeeds. */
    public Future<Void> start() {
        heartbeat.start();
        return connection.start();
    }

    private void greeted(Response reply) {
        if (reply.get(0).toString().equals("greeted")) {
            recovery.at(reply.get(1).toLong());
            recovery.found(String.valueOf(text(reply.get(2))));
            heartbeat.beat();
        }
    }

    /** Pods with a live heartbeat when last asked, at least 1. */
    public int pods() {
        return heartbeat.pods();
    }

    public void close() {
        heartbeat.stop();
        connection.close();
    }

    @Override
    public Future<AdmitReply> admit(Hold hold) {
        recovery.asked(hold);
        return inEpoch("ADMIT", hold).map(answer -> {
            AdmitReply reply = admitReply(answer.reply, hold);
            recovery.admitted(hold, reply, answer.epoch);
            return reply;
        });
    }

    @Override
    public Future<SettleReply> settle(Hold hold) {
        return end("SETTLE", hold);
    }

    @Override
    public Future<SettleReply> release(Hold hold) {
        return end("RELEASE", hold);
    }

    private Future<SettleReply> end(String operation, Hold hold) {
        return inEpoch(operation, hold).map(answer -> {
            recovery.ended(hold, balances(answer.reply, hold.claims().size()), answer.epoch);
            return switch (answer.reply.get(0).toString()) {
                case "settled" -> SettleReply.SETTLED;
                case "released" -> SettleReply.RELEASED;
                case "late" -> SettleReply.LATE;
                case "unknown" -> SettleReply.UNKNOWN;
                default -> SettleReply.ALREADY;
            };
        });
    }

    @Override
    public Future<Boolean> extend(Hold hold) {
        return inEpoch("EXTEND", hold.withClaims(List.of()))
                .map(answer -> answer.reply.get(0).toString().equals("extended"));
    }

    @Override
    public Future<List<Balance>> peek(String tenant, List<Bucket> buckets) {
        List<Claim> claims = buckets.stream().map(b -> Claim.of(b, 0)).toList();
        return execute(new LedgerScript.Call("PEEK", recovery.epoch(), "peek", 1, tenant, claims))
                .map(reply -> balances(reply, claims.size()));
    }

    /** A reply and the epoch that it was given in. */
    private record Answer(Response reply, String epoch) {}

    private Future<Answer> inEpoch(String operation, Hold hold) {
        String epoch = recovery.epoch();
        return execute(call(operation, epoch, hold)).compose(reply -> {
            if (!isOtherEpoch(reply)) {
                return Future.succeededFuture(new Answer(reply, epoch));
            }
            return recovery.restore(epoch, hold.id()).compose(restored -> execute(call(operation, restored, hold))
                    .compose(again -> isOtherEpoch(again)
                            ? Future.failedFuture(new LedgerException("redis", "the ledger changed its epoch twice"))
                            : Future.succeededFuture(new Answer(again, restored))));
        });
    }

    private static boolean isOtherEpoch(Response reply) {
        return reply.get(0).toString().equals("other-epoch");
    }

    private static LedgerScript.Call call(String operation, String epoch, Hold hold) {
        return new LedgerScript.Call(
                operation, epoch, hold.id(), hold.lease().toMillis(), hold.tenant(), hold.claims());
    }

    /** EVALSHA, and EVAL where Redis does not know the script; any other failure means that the outcome is unknown. */
    private Future<Response> execute(LedgerScript.Call call) {
        return connection
                .send(script.bySha(call))
                .recover(e -> {
                    String message = e.getMessage();
                    return message != null && message.startsWith("NOSCRIPT")
                            ? connection.send(script.byText(call))
                            : Future.failedFuture(e);
                })
                .recover(e -> Future.failedFuture(fault(e)))
                .compose(reply -> {
                    String status = reply.get(0).toString();
                    if (status.equals("bad-argument") || status.equals("corrupt")) {
                        return Future.failedFuture(new LedgerException(
                                status, "the ledger refused " + call.operation() + ": " + reply.get(1)));
                    }
                    recovery.at(reply.get(1).toLong());
                    return Future.succeededFuture(reply);
                });
    }

    private static LedgerException fault(Throwable e) {
        if (e instanceof LedgerException known) {
            return known;
        }
        String kind = e instanceof io.vertx.redis.client.impl.types.ErrorType ? "redis" : "connection";
        return new LedgerException(kind, String.valueOf(e.getMessage()));
    }

    private static AdmitReply admitReply(Response reply, Hold hold) {
        String status = reply.get(0).toString();
        int index = reply.get(2).toInteger() - 1;
        List<Balance> balances = balances(reply, hold.claims().size());
        return switch (status) {
            case "admitted", "duplicate" -> new AdmitReply.Admitted(balances);
            case "denied" -> new AdmitReply.Denied(index, reply.get(3).toLong(), balances);
            case "too-large" -> new AdmitReply.TooLarge(index, balances);
            case "recovering" -> new AdmitReply.Recovering(reply.get(3).toLong());
            case "stale-period" -> new AdmitReply.StalePeriod(reply.get(1).toLong());
            case "ended", "expired" -> new AdmitReply.Ended();
            default -> throw new LedgerException("redis", "unexpected reply " + status);
        };
    }

    private static List<Balance> balances(Response reply, int count) {
        List<Balance> balances = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int at = 4 + 3 * i;
            long x = reply.get(at).toLong();
            long y = reply.get(at + 1).toLong();
            balances.add(new Balance(x, y, x, y, reply.get(at + 2).toLong() == 1));
        }
        return balances;
    }

    /** One script call; what {@link Recovery} and {@link Heartbeat} are given of the ledger. */
    interface Executor {
        Future<Response> execute(LedgerScript.Call call);
    }

    static @Nullable String text(@Nullable Response response) {
        return response == null ? null : response.toString();
    }
}
