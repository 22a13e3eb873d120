package dev.tollgate.ledger.redis;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.util.List;

/** Every five seconds: this pod lives, how many others do, is it still the same ledger, whose leases have ended. */
final class Heartbeat {

    private static final long EVERY_MILLIS = 5000;
    private static final long LIVE_MILLIS = 3 * EVERY_MILLIS;

    private final Vertx vertx;
    private final RedisLedger.Executor ledger;
    private final String podId;
    private final Recovery recovery;
    private volatile int pods = 1;
    private long timer = -1;

    Heartbeat(Vertx vertx, RedisLedger.Executor ledger, String podId, Recovery recovery) {
        this.vertx = vertx;
        this.ledger = ledger;
        this.podId = podId;
        this.recovery = recovery;
    }

    int pods() {
        return pods;
    }

    void start() {
        timer = vertx.setPeriodic(EVERY_MILLIS, t -> beat());
    }

    void stop() {
        vertx.cancelTimer(timer);
    }

    void beat() {
        ledger.execute(call("BEAT", podId, "-")).onSuccess(reply -> {
            recovery.found(String.valueOf(RedisLedger.text(reply.get(2))));
            pods = Math.max(1, reply.get(3).toInteger());
            for (int i = 4; i < reply.size(); i++) {
                sweep(reply.get(i));
            }
        });
    }

    private void sweep(Response tenant) {
        ledger.execute(call("SWEEP", "sweep", LedgerScript.decode(tenant.toString())));
    }

    private static LedgerScript.Call call(String operation, String id, String tenant) {
        return new LedgerScript.Call(operation, "", id, LIVE_MILLIS, tenant, List.of());
    }
}
