package dev.tollgate.proxy;

import dev.tollgate.telemetry.Tracing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The calls in progress: counts them, refuses more than the bound, lets them end when the process stops. */
public final class OpenCalls {

    // A request that has been half-sent for this long gives way to one that waits.
    private static final long GIVES_WAY_NANOS = 1_000_000_000L;
    // Time for clients to read why they were cut, before the process ends.
    private static final long LINGER_NANOS = 1_000_000_000L;
    private static final long LOOK_MILLIS = 20;

    private final Vertx vertx;
    private final ProxyConfig config;
    private final InstantSource clock;
    private final Tracing tracing;
    private final Set<Exchange> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger draining = new AtomicInteger();
    private volatile boolean stopping;

    public OpenCalls(Vertx vertx, ProxyConfig config, InstantSource clock, Tracing tracing) {
        this.vertx = vertx;
        this.tracing = tracing;
        this.clock = clock;
        this.config = config;
    }

    /** A call's own object; it is not counted yet. */
    Exchange open(HttpServerRequest request) {
        return traced(Exchange.open(request, clock));
    }

    /** The same of a call of another API. */
    Exchange open(HttpServerRequest request, Dialect dialect) {
        return traced(Exchange.open(request, dialect, clock));
    }

    private Exchange traced(Exchange exchange) {
        exchange.traced(tracing.begin(exchange.request().headers()));
        return exchange;
    }

    /** Counts a call; fails if the process stops or the bound is reached. {@link #leave} undoes it, also after a failure. */
    Future<Void> enter(Exchange exchange) {
        open.add(exchange);
        int now = count.incrementAndGet();
        if (stopping) {
            exchange.response().putHeader("Connection", "close");
            return refuse(Refusal.STOPPING, "Tollgate is stopping; retry");
        }
        if (now > config.maxInFlight() && !cutOldestHalfSent()) {
            return refuse(
                    Refusal.BUSY,
                    "Too many concurrent calls in this sidecar: tollgate.proxy.max-in-flight is " + config.maxInFlight()
                            + "; retry");
        }
        return Future.succeededFuture();
    }

    private static Future<Void> refuse(Refusal reason, String message) {
        return Future.failedFuture(new RefusedException(reason, message));
    }

    /** Makes room: ends the oldest call whose client has not sent all of its request. */
    boolean cutOldestHalfSent() {
        return open.stream()
                .filter(e -> e.reading() && e.elapsedNanos() > GIVES_WAY_NANOS)
                .max(Comparator.comparingLong(Exchange::elapsedNanos))
                .map(oldest -> {
                    oldest.cut();
                    return true;
                })
                .orElse(false);
    }

    void leave(Exchange exchange) {
        if (open.remove(exchange)) {
            count.decrementAndGet();
        }
    }

    /** Calls in progress. */
    public int count() {
        return count.get();
    }

    /** Takes a place for an answer that is read on after its client went away; false if all are taken. */
    boolean startDraining() {
        if (draining.incrementAndGet() > config.maxDraining()) {
            draining.decrementAndGet();
            return false;
        }
        return true;
    }

    void stopDraining() {
        draining.decrementAndGet();
    }

    /** Answers that are read on after their client went away. */
    public int draining() {
        return draining.get();
    }

    /** Takes no more calls and lets the open ones end; after the grace time cuts those that are left. */
    public Future<Void> stop() {
        stopping = true;
        return waitUntil(System.nanoTime() + config.shutdownGrace().toNanos());
    }

    private Future<Void> waitUntil(long deadline) {
        long over = System.nanoTime() - deadline;
        if (over > 0) {
            open.forEach(Exchange::cut);
        }
        if (count.get() == 0 || over > LINGER_NANOS) {
            return Future.succeededFuture();
        }
        return vertx.timer(LOOK_MILLIS).compose(v -> waitUntil(deadline));
    }
}
