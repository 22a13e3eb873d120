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
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Two long-lived pipelined connections, opened anew with jitter when they break. The client's own pool lends a whole
 * connection to each command and runs dry at about 30 calls in flight.
 */
final class RedisConnections {

    private static final Logger LOG = Logger.getLogger(RedisConnections.class);
    private static final int CONNECTIONS = 2;
    private static final int RETRY_MILLIS = 100;

    private final Vertx vertx;
    private final Redis redis;
    private final int maxInFlight;
    private final Runnable onConnected;
    private final AtomicReferenceArray<@Nullable RedisConnection> open = new AtomicReferenceArray<>(CONNECTIONS);
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Random jitter = new Random();
    private volatile boolean closed;
    private volatile boolean reported;

    RedisConnections(Vertx vertx, Redis redis, int maxInFlight, Runnable onConnected) {
        this.vertx = vertx;
        this.redis = redis;
        this.maxInFlight = maxInFlight;
        this.onConnected = onConnected;
    }

    Future<Void> start() {
        return Future.join(connect(0), connect(1)).mapEmpty();
    }

    private Future<Void> connect(int slot) {
        return redis.connect()
                .<Void>map(connection -> {
                    connection.exceptionHandler(e -> lost(slot, connection));
                    connection.endHandler(v -> lost(slot, connection));
                    open.set(slot, connection);
                    if (closed) {
                        connection.close();
                    } else {
                        if (reported) {
                            LOG.info("Redis is back");
                            reported = false;
                        }
                        onConnected.run();
                    }
                    return null;
                })
                .onFailure(e -> retry(slot, e.getMessage()));
    }

    private void lost(int slot, RedisConnection connection) {
        if (open.compareAndSet(slot, connection, null)) {
            connection.close();
            retry(slot, "connection closed");
        }
    }

    private void retry(int slot, @Nullable String why) {
        if (closed) {
            return;
        }
        if (!reported) {
            reported = true;
            LOG.warnf("Redis does not answer (%s); limits follow their on-ledger-failure until it is back", why);
        }
        vertx.setTimer(RETRY_MILLIS / 2 + jitter.nextInt(RETRY_MILLIS), t -> {
            if (!closed) {
                connect(slot);
            }
        });
    }

    Future<Response> send(Request request) {
        int turn = next.getAndIncrement() & Integer.MAX_VALUE;
        RedisConnection connection = open.get(turn % CONNECTIONS);
        if (connection == null) {
            connection = open.get((turn + 1) % CONNECTIONS);
        }
        if (connection == null) {
            return Future.failedFuture(new LedgerException("connection", "no connection to Redis"));
        }
        if (inFlight.incrementAndGet() > maxInFlight) {
            inFlight.decrementAndGet();
            return Future.failedFuture(
                    new LedgerException("overload", "expected at most " + maxInFlight + " calls to Redis in flight"));
        }
        return connection.send(request).onComplete(r -> inFlight.decrementAndGet());
    }

    void close() {
        closed = true;
        for (int i = 0; i < CONNECTIONS; i++) {
            RedisConnection connection = open.getAndSet(i, null);
            if (connection != null) {
                connection.close();
            }
        }
    }
}
