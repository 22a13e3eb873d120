package dev.tollgate.cli;

import dev.tollgate.sidecar.Slices;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Redis by the settings that serve uses: reached, its clock, version, persistence, eviction and latency. */
final class RedisExamination {

    private static final int TIMEOUT_SECONDS = 5;
    private static final long CLOCK_MILLIS = 5000;
    private static final int PINGS = 20;
    private static final String PASSWORD =
            "; set TOLLGATE_REDIS_URL=redis://user:password@host:port or quarkus.redis.password";

    private final Vertx vertx;
    private final Slices slices;
    private final Findings findings;

    RedisExamination(Vertx vertx, Slices slices, Findings findings) {
        this.vertx = vertx;
        this.slices = slices;
        this.findings = findings;
    }

    void run() throws InterruptedException {
        try {
            Redis redis = slices.redis(vertx);
            RedisConnection connection = get(redis.connect());
            clock(get(connection.send(Request.cmd(Command.TIME))));
            latency(connection);
            server(connection);
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            findings.fail("redis", slices.redisHosts() + ": " + cause(e));
        }
    }

    private static String cause(Throwable failure) {
        String cause = Cause.of(failure);
        if (cause.startsWith("NOAUTH")) {
            return "it wants a password and got none" + PASSWORD;
        }
        if (cause.startsWith("WRONGPASS") || cause.startsWith("ERR invalid password")) {
            return "it does not accept the user or password" + PASSWORD;
        }
        return cause;
    }

    private static <T> T get(Future<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private void clock(Response time) {
        long ahead = time.get(0).toLong() * 1000 + time.get(1).toLong() / 1000 - System.currentTimeMillis();
        String text = "Redis is " + Math.abs(ahead) + " ms " + (ahead < 0 ? "behind" : "ahead of") + " this machine";
        if (Math.abs(ahead) < CLOCK_MILLIS) {
            findings.ok("clock", text);
        } else {
            findings.fail("clock", text + "; periods and leases need clocks that agree to " + CLOCK_MILLIS + " ms");
        }
    }

    private void latency(RedisConnection connection) throws InterruptedException, ExecutionException, TimeoutException {
        long slowest = 0;
        long sum = 0;
        for (int i = 0; i < PINGS; i++) {
            long start = System.nanoTime();
            get(connection.send(Request.cmd(Command.PING)));
            long nanos = System.nanoTime() - start;
            slowest = Math.max(slowest, nanos);
            sum += nanos;
        }
        Duration deadline = slices.ledger().deadline();
        String text = "%.1f ms on average, %.1f ms at most, of %d pings; a decision waits at most %d ms"
                .formatted(sum / 1e6 / PINGS, slowest / 1e6, PINGS, deadline.toMillis());
        if (slowest < deadline.toNanos()) {
            findings.ok("latency", text);
        } else {
            findings.warn("latency", text + " (tollgate.ledger.deadline)");
        }
    }

    private void server(RedisConnection connection) throws InterruptedException, TimeoutException {
        Map<String, String> info;
        try {
            info = info(get(connection.send(Request.cmd(Command.INFO))).toString());
        } catch (ExecutionException e) {
            findings.ok("redis", slices.redisHosts() + " answers");
            findings.warn("info", "version, persistence and eviction are unknown: " + cause(e));
            return;
        }
        findings.ok("redis", slices.redisHosts() + ", version " + info.getOrDefault("redis_version", "unknown"));
        if (info.getOrDefault("aof_enabled", "0").equals("1")) {
            findings.ok("persistence", "append-only file");
        } else {
            findings.warn(
                    "persistence",
                    "no append-only file: counts survive a crash only in the pods that are alive; set appendonly yes");
        }
        eviction(info.getOrDefault("maxmemory", "0"), info.getOrDefault("maxmemory_policy", "noeviction"));
    }

    private void eviction(String maxMemory, String policy) {
        if (policy.equals("noeviction") || maxMemory.equals("0")) {
            findings.ok("eviction", policy.equals("noeviction") ? policy : policy + ", without a bound of memory");
        } else {
            findings.warn("eviction", policy + ": Redis may drop counts when it is full; set noeviction");
        }
    }

    private static Map<String, String> info(String text) {
        Map<String, String> info = new HashMap<>();
        text.lines().filter(line -> line.indexOf(':') > 0).forEach(line -> {
            int colon = line.indexOf(':');
            info.put(line.substring(0, colon), line.substring(colon + 1).strip());
        });
        return info;
    }
}
