package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.LedgerException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One long-lived pipelined connection, opened anew with jitter when it breaks. The client's own pool lends a whole
 * connection to each command and runs dry at about 30 calls in flight. One and not two: replies come in the order of the
 * script's runs, so that what a reply tells of a budget never contains a settlement whose own reply is still to come (ADR 8).
 */
final class LedgerConnection {

    private static final Logger LOG = Logger.getLogger(LedgerConnection.class);
    private static final int RETRY_MILLIS = 100;
    private static final long MAX_SILENCE_MILLIS = 1000;

    private final Vertx vertx;
    private final Redis redis;
    private final int maxInFlight;
    private final Supplier<Request> greeting;
    private final Consumer<Response> onGreeted;
    private final AtomicReference<@Nullable Open> open = new AtomicReference<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Random jitter = new Random();
    private volatile boolean closed;
    private long watch = -1;
    private volatile boolean reported;

    /** A connection and whether it moves: commands without a reply, and when the last one came. */
    private record Open(RedisConnection connection, AtomicInteger pending, AtomicLong movedAt) {}

    /**
     * @param greeting the first command on each connection, before any other
     * @param onGreeted takes its reply
     */
    LedgerConnection(
            Vertx vertx, Redis redis, int maxInFlight, Supplier<Request> greeting, Consumer<Response> onGreeted) {
        this.vertx = vertx;
        this.redis = redis;
        this.maxInFlight = maxInFlight;
        this.greeting = greeting;
        this.onGreeted = onGreeted;
    }

    Future<Void> start() {
        watch = vertx.setPeriodic(MAX_SILENCE_MILLIS / 4, t -> closeSilent());
        return connect();
    }

    private Future<Void> connect() {
        return redis.connect()
                .<Void>map(connection -> {
                    Open opened = new Open(connection, new AtomicInteger(), new AtomicLong(System.nanoTime()));
                    connection.exceptionHandler(e -> lost(opened));
                    connection.endHandler(v -> lost(opened));
                    if (closed) {
                        connection.close();
                        return null;
                    }
                    connection
                            .send(greeting.get())
                            .onSuccess(onGreeted::accept)
                            .onFailure(e -> LOG.debugf("not greeted: %s", e.getMessage()));
                    open.set(opened);
                    if (reported) {
                        LOG.info("Redis is back");
                        reported = false;
                    }
                    return null;
                })
                .onFailure(e -> retry(e.getMessage()));
    }

    /** A peer that went away without a word leaves a connection that is open and dead. */
    private void closeSilent() {
        Open opened = open.get();
        if (opened != null
                && opened.pending.get() > 0
                && System.nanoTime() - opened.movedAt.get() > MAX_SILENCE_MILLIS * 1_000_000) {
            lost(opened);
        }
    }

    private void lost(Open opened) {
        if (open.compareAndSet(opened, null)) {
            opened.connection.close();
            retry("connection closed");
        }
    }

    private void retry(@Nullable String why) {
        if (closed) {
            return;
        }
        if (!reported) {
            reported = true;
            LOG.warnf("Redis does not answer (%s); limits follow their on-ledger-failure until it is back", why);
        }
        vertx.setTimer(RETRY_MILLIS / 2 + jitter.nextInt(RETRY_MILLIS), t -> {
            if (!closed) {
                connect();
            }
        });
    }

    Future<Response> send(Request request) {
        Open opened = open.get();
        if (opened == null) {
            return Future.failedFuture(new LedgerException("connection", "no connection to Redis"));
        }
        if (inFlight.incrementAndGet() > maxInFlight) {
            inFlight.decrementAndGet();
            return Future.failedFuture(
                    new LedgerException("overload", "expected at most " + maxInFlight + " calls to Redis in flight"));
        }
        if (opened.pending.getAndIncrement() == 0) {
            opened.movedAt.set(System.nanoTime());
        }
        return opened.connection.send(request).onComplete(r -> {
            opened.movedAt.set(System.nanoTime());
            opened.pending.decrementAndGet();
            inFlight.decrementAndGet();
        });
    }

    void close() {
        closed = true;
        vertx.cancelTimer(watch);
        Open opened = open.getAndSet(null);
        if (opened != null) {
            opened.connection.close();
        }
    }
}
