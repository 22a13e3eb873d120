package dev.tollgate.ledger.redis;

import dev.tollgate.harness.ManualClock;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

/** A real Redis whose script reads its time from keys that tests set. */
final class RedisFixture implements AutoCloseable {

    private static final String TIME = "call('TIME')";
    private static final String SERVER = "redis.pcall('INFO', 'server')";

    final RealRedis server = RealRedis.start();
    final Vertx vertx = Vertx.vertx();
    final Redis client = Redis.createClient(vertx, options(server.url()));
    final RedisConnection connection = Upstreams.await(client.connect());
    final ManualClock clock = new ManualClock(0);

    static RedisOptions options(String url) {
        return new RedisOptions()
                .setConnectionString(url)
                .setMaxWaitingHandlers(100_000)
                .setMaxPoolSize(8);
    }

    /** The script with a clock that tests set; everything else is as it is shipped. */
    static String scriptWithTestClock() {
        String script = LedgerScript.bundled();
        if (script.indexOf(TIME) < 0 || script.indexOf(TIME) != script.lastIndexOf(TIME)) {
            throw new AssertionError("expected exactly one " + TIME);
        }
        if (!script.contains(SERVER)) {
            throw new AssertionError("expected " + SERVER);
        }
        return script.replace(TIME, "call('MGET', 'clock:s', 'clock:us')")
                .replace(SERVER, "'run_id:' .. (call('GET', 'clock:run') or 'first')");
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

    Response send(Command command, Object... arguments) {
        Request request = Request.cmd(command);
        for (Object argument : arguments) {
            request.arg(String.valueOf(argument));
        }
        return Upstreams.await(connection.send(request));
    }

    @Override
    public void close() {
        Upstreams.await(vertx.close());
        server.close();
    }
}
