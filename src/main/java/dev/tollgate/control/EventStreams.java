package dev.tollgate.control;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * {@code GET /tollgate/v1/events}: the status once a second as server-sent events, of one snapshot for all streams. A reader
 * that is slow misses events; one that does not read at all is let go.
 */
public final class EventStreams {

    /** Streams at a time. */
    static final int MAX = 8;

    private static final long EVERY_MILLIS = 1000;
    // Half a minute: its place is needed by others.
    private static final int MAX_MISSED = 30;
    // One event waits at most: a second one is not written before this much of the first is gone.
    private static final int QUEUE_BYTES = 64 * 1024;
    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final StatusFeed feed;
    private final StatusPage page;
    private final Set<Stream> streams = new HashSet<>();
    private final AtomicBoolean ticking = new AtomicBoolean();
    private long timer = NO_TIMER;
    private boolean closed;

    /** One reader; belongs to its context. */
    private static final class Stream {
        private final HttpServerRequest request;
        private final HttpServerResponse response;
        private final Optional<String> tenant;
        private final Context context;
        private int missed;

        Stream(HttpServerRequest request, Optional<String> tenant, Context context) {
            this.request = request;
            this.response = request.response();
            this.tenant = tenant;
            this.context = context;
        }

        Optional<String> tenant() {
            return tenant;
        }

        void open() {
            response.setChunked(true)
                    .setWriteQueueMaxSize(QUEUE_BYTES)
                    .putHeader("Content-Type", "text/event-stream")
                    .putHeader("Cache-Control", "no-store")
                    .putHeader("X-Content-Type-Options", "nosniff")
                    .write("retry: 1000\n\n");
        }

        void send(Buffer event) {
            context.runOnContext(v -> {
                if (response.closed()) {
                    return;
                }
                if (!response.writeQueueFull()) {
                    missed = 0;
                    response.write(event);
                } else if (++missed >= MAX_MISSED) {
                    request.connection().close();
                }
            });
        }

        void end() {
            context.runOnContext(v -> request.connection().close());
        }
    }

    public EventStreams(Vertx vertx, StatusFeed feed, StatusPage page) {
        this.vertx = vertx;
        this.feed = feed;
        this.page = page;
    }

    void handle(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        Optional<String> tenant;
        try {
            tenant = StatusPage.tenant(request);
        } catch (IllegalArgumentException e) {
            Json.message(request.response().setStatusCode(400), String.valueOf(e.getMessage()));
            return;
        }
        Stream stream = new Stream(request, tenant, vertx.getOrCreateContext());
        if (!enter(stream)) {
            Json.message(
                    request.response().setStatusCode(503).putHeader("Retry-After", "10"),
                    "expected at most " + MAX + " streams of the status at a time, found one more: close another"
                            + " status page, or GET /tollgate/v1/status");
            return;
        }
        request.response().closeHandler(v -> leave(stream));
        stream.open();
        feed.now().onSuccess(status -> send(status, List.of(stream)));
    }

    private synchronized boolean enter(Stream stream) {
        if (closed || streams.size() >= MAX) {
            return false;
        }
        streams.add(stream);
        if (timer == NO_TIMER) {
            timer = vertx.setPeriodic(EVERY_MILLIS, t -> tick());
        }
        return true;
    }

    private synchronized void leave(Stream stream) {
        streams.remove(stream);
        if (streams.isEmpty() && timer != NO_TIMER) {
            vertx.cancelTimer(timer);
            timer = NO_TIMER;
        }
    }

    private synchronized List<Stream> open() {
        return List.copyOf(streams);
    }

    private void tick() {
        if (ticking.compareAndSet(false, true)) {
            feed.now().onSuccess(status -> send(status, open()));
        }
    }

    /** Thousands of rows are written by a worker, once for all who look at the same. */
    private void send(Status status, List<Stream> readers) {
        Map<Optional<String>, List<Stream>> byTenant = readers.stream().collect(Collectors.groupingBy(Stream::tenant));
        vertx.executeBlocking(
                        () -> {
                            byTenant.forEach((tenant, same) -> {
                                Buffer event = event(status, tenant);
                                same.forEach(stream -> stream.send(event));
                            });
                            return true;
                        },
                        false)
                .onComplete(sent -> ticking.set(false));
    }

    private Buffer event(Status status, Optional<String> tenant) {
        return Buffer.buffer("data: ").appendBuffer(page.event(status, tenant)).appendString("\n\n");
    }

    /** Ends all streams and opens no more. */
    public synchronized void close() {
        closed = true;
        streams.forEach(Stream::end);
    }
}
