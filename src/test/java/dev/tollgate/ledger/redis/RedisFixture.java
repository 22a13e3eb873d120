package dev.tollgate.ledger.redis;

import dev.tollgate.harness.ManualClock;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.ledger.LedgerListener;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;

/** A real Redis whose script reads its time, and which server it is in, from keys that tests set. */
final class RedisFixture implements AutoCloseable {

    private static final String TIME = "call('TIME')";
    private static final String SERVER = "info('server')";

    final RealRedis server;
    final Vertx vertx = Vertx.vertx();
    final Redis client;
    final RedisConnection connection;
    final ManualClock clock = new ManualClock(0);

    RedisFixture() {
        this(RealRedis.start());
    }

    RedisFixture(RealRedis server) {
        this.server = server;
        this.client = Redis.createClient(vertx, options(server.url()));
        this.connection = Upstreams.await(client.connect());
    }

    static RedisOptions options(String url) {
        return new RedisOptions()
                .setConnectionString(url)
                .setMaxWaitingHandlers(100_000)
                .setMaxPoolSize(8);
    }

    /** The script with a clock that tests set; everything else is as it is shipped. */
    static String scriptWithTestClock() {
        return replaced(
                replaced(LedgerScript.bundled(), TIME, "call('MGET', 'clock:s', 'clock:us')"),
                SERVER,
                "('run_id:' .. (call('GET', 'clock:run') or 'first'))");
    }

    private static String replaced(String script, String part, String by) {
        if (script.indexOf(part) < 0 || script.indexOf(part) != script.lastIndexOf(part)) {
            throw new AssertionError("expected exactly one " + part);
        }
        return script.replace(part, by);
    }

    static RedisLedger.Settings settings(String org, String pod, long recoveryMillis, int maxCells) {
        return new RedisLedger.Settings(org, pod, 1000, Duration.ofMillis(recoveryMillis), maxCells);
    }

    /** A started ledger on this Redis, with the test's clock. */
    RedisLedger ledger(RedisLedger.Settings settings, LedgerListener listener) {
        return ledger(server.url(), settings, listener);
    }

    RedisLedger ledger(String url, RedisLedger.Settings settings, LedgerListener listener) {
        RedisLedger ledger = new RedisLedger(
                vertx, () -> Redis.createClient(vertx, options(url)), settings, listener, scriptWithTestClock());
        Upstreams.await(ledger.start());
        return ledger;
    }

    /** Lets the script find itself in another server. */
    void server(String run) {
        send(Command.SET, "clock:run", run);
    }

    void time(long millis) {
        clock.set(millis);
        send(
                Command.MSET,
                "clock:s",
                String.valueOf(Math.floorDiv(millis, 1000)),
                "clock:us",
                String.valueOf(Math.floorMod(millis, 1000) * 1000));
    }

    /** Empties Redis, but for the test's clock, which moves a millisecond: no two lives begin at the same time. */
    void wipe() {
        send(Command.FLUSHALL);
        time(clock.millis() + 1);
    }

    Response send(Command command, Object... arguments) {
        Request request = Request.cmd(command);
        for (Object argument : arguments) {
            if (argument instanceof byte[] bytes) {
                request.arg(bytes);
            } else {
                request.arg(String.valueOf(argument));
            }
        }
        return Upstreams.await(connection.send(request));
    }

    @Override
    public void close() {
        Upstreams.await(vertx.close());
        server.close();
    }
}
