package dev.tollgate.proxy;

import dev.tollgate.bedrock.EventStream;
import dev.tollgate.metering.Meter;
import dev.tollgate.metering.StreamEnd;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes one answer on, each piece at once and unchanged, with back-pressure, and meters it. Where the client goes away
 * the answer is read to its end, because Bedrock bills all of it; where the upstream breaks off, an event stream is ended
 * with an exception frame, or cut where half a frame is out.
 */
final class Relay {

    private final Vertx vertx;
    private final ProxyConfig config;
    private final AtomicInteger draining;
    private final Call call;
    private final long began;
    private final HttpClientResponse upstream;
    private final HttpServerRequest request;
    private final HttpServerResponse downstream;
    private final Duration maxSilence;
    private final Meter meter;
    private final boolean eventStream;
    private final Promise<Outcome> done = Promise.promise();
    private long firstByteNanos;
    private long bytes;
    private long lastPieceAt = System.nanoTime();
    private boolean clientGone;
    private boolean ended;
    private boolean paused;
    private long silenceTimer = -1;
    private long drainTimer = -1;

    /** @param maxSilence of the upstream, and of a client that takes nothing */
    Relay(
            Vertx vertx,
            ProxyConfig config,
            AtomicInteger draining,
            Call call,
            long began,
            HttpClientResponse upstream,
            HttpServerRequest request,
            Duration maxSilence) {
        this.vertx = vertx;
        this.config = config;
        this.draining = draining;
        this.call = call;
        this.began = began;
        this.upstream = upstream;
        this.maxSilence = maxSilence;
        this.request = request;
        this.downstream = request.response();
        this.meter = Meter.of(call.path().operation(), upstream.headers());
        this.eventStream = String.valueOf(upstream.getHeader("content-type"))
                .toLowerCase(Locale.ROOT)
                .startsWith(EventStream.CONTENT_TYPE);
    }

    Future<Outcome> run() {
        downstream.setStatusCode(upstream.statusCode());
        Headers.downstream(upstream.headers(), downstream.headers());
        if (upstream.getHeader("content-length") == null) {
            downstream.setChunked(true);
        }
        downstream.drainHandler(v -> {
            paused = false;
            upstream.resume();
        });
        downstream.exceptionHandler(e -> clientGone());
        downstream.closeHandler(v -> clientGone());
        upstream.exceptionHandler(e -> broken(false));
        upstream.endHandler(v -> complete());
        upstream.handler(this::piece);
        if (downstream.closed()) {
            clientGone();
        }
        upstream.resume();
        if (!ended) {
            watch(maxSilence.toMillis());
        }
        return done.future();
    }

    private void piece(Buffer piece) {
        if (ended) {
            return;
        }
        if (bytes == 0) {
            firstByteNanos = System.nanoTime() - began;
        }
        bytes += piece.length();
        lastPieceAt = System.nanoTime();
        if (!clientGone) {
            downstream.write(piece);
            if (downstream.writeQueueFull()) {
                paused = true;
                upstream.pause();
            }
        }
        meter.accept(piece);
    }

    private void complete() {
        if (ended) {
            return;
        }
        if (!clientGone) {
            downstream.end();
        }
        Optional<String> exception = meter.exception();
        boolean error = upstream.statusCode() >= 400 || exception.isPresent() || notTheStreamAskedFor();
        StreamEnd end = error ? StreamEnd.UPSTREAM_ERROR : clientGone ? StreamEnd.CLIENT_GONE : StreamEnd.COMPLETED;
        end(end, error ? exception.orElseGet(this::errorType) : "none");
    }

    /** A wrong path can be answered with 200 and JSON where a stream was asked for. */
    private boolean notTheStreamAskedFor() {
        return call.path().operation().eventStream() && !eventStream;
    }

    private String errorType() {
        String type = upstream.getHeader("x-amzn-errortype");
        if (type == null) {
            return upstream.statusCode() >= 400 ? String.valueOf(upstream.statusCode()) : "UnknownOperationException";
        }
        int colon = type.indexOf(':');
        String name = colon < 0 ? type : type.substring(0, colon);
        return name.matches("[A-Za-z]{1,60}") ? name : "unknown";
    }

    /** Looks whether bytes still move; re-armed for what is left of the longest silence. */
    private void watch(long millis) {
        silenceTimer = vertx.setTimer(Math.max(1, millis), t -> {
            long left = maxSilence.toMillis() - (System.nanoTime() - lastPieceAt) / 1_000_000;
            if (left > 0) {
                watch(left);
            } else if (paused && !clientGone) {
                cut();
                clientGone();
                watch(maxSilence.toMillis());
            } else {
                broken(true);
                upstream.request().reset();
            }
        });
    }

    private void broken(boolean timeout) {
        if (ended) {
            return;
        }
        if (!clientGone) {
            endDownstream(timeout ? "the upstream was silent for too long" : "the upstream broke off");
        }
        end(timeout ? StreamEnd.UPSTREAM_TIMEOUT : StreamEnd.UPSTREAM_FAILED, timeout ? "timeout" : "connection");
    }

    /** Ends what was begun so that the client sees a failure, not a short answer. */
    private void endDownstream(String why) {
        if (eventStream && upstream.statusCode() < 400 && meter.atFrameBoundary() && !downstream.ended()) {
            downstream.end(EventStream.exception("modelStreamErrorException", why + "; retry"));
        } else {
            cut();
        }
    }

    private void cut() {
        if (request.version() == HttpVersion.HTTP_2) {
            downstream.reset();
        } else {
            request.connection().close();
        }
    }

    private void clientGone() {
        if (clientGone || ended || downstream.ended()) {
            return;
        }
        clientGone = true;
        if (upstream.statusCode() >= 400 || draining.incrementAndGet() > config.maxDraining()) {
            giveUp();
            return;
        }
        paused = false;
        drainTimer = vertx.setTimer(config.drainTimeout().toMillis(), t -> giveUp());
        upstream.resume();
    }

    private void giveUp() {
        if (!ended) {
            end(StreamEnd.CLIENT_GONE_UNREAD, "client-gone");
            upstream.request().reset();
        }
    }

    /** Ends the call because this process stops. */
    void stop() {
        if (!ended) {
            if (!clientGone) {
                endDownstream("Tollgate is stopping");
            }
            end(StreamEnd.STOPPED, "stopped");
            upstream.request().reset();
        }
    }

    private void end(StreamEnd end, String errorType) {
        ended = true;
        vertx.cancelTimer(silenceTimer);
        if (drainTimer >= 0) {
            vertx.cancelTimer(drainTimer);
        }
        if (clientGone && upstream.statusCode() < 400) {
            draining.decrementAndGet();
        }
        boolean refused = upstream.statusCode() >= 400
                || notTheStreamAskedFor()
                || meter.exception().isPresent() && !meter.produced();
        String id = upstream.getHeader("x-amzn-requestid");
        done.complete(new Outcome(
                end,
                upstream.statusCode(),
                upstream.statusCode() >= 400 ? Optional.empty() : meter.usage(),
                !refused,
                errorType,
                id == null ? "" : id,
                firstByteNanos));
    }
}
