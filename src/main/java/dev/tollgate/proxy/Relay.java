package dev.tollgate.proxy;

import dev.tollgate.Deadlines;
import dev.tollgate.bedrock.EventStream;
import dev.tollgate.metering.Meter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Passes one answer on, each chunk at once and unchanged, with back-pressure, and meters it. If the client goes away the
 * answer is read to its end, because Bedrock bills for all of it. If the upstream breaks off, an event stream ends with an
 * exception frame, or is cut where half a frame has passed.
 */
final class Relay {

    private final Relays relays;
    private final Exchange exchange;
    private final HttpClientResponse upstream;
    private final Meter meter;
    private final Outlet outlet;
    private final Promise<CallEnd> end = Promise.promise();
    private long firstByteNanos;
    private boolean clientGone;
    private boolean draining;
    private boolean paused;
    private Deadlines.Deadline silence;
    private Deadlines.@Nullable Deadline drain;

    Relay(Relays relays, Exchange exchange, HttpClientResponse upstream) {
        this.relays = relays;
        this.exchange = exchange;
        this.upstream = upstream;
        this.meter = Meter.of(exchange.operation(), upstream.headers());
        this.silence = relays.silences().of(this::silent);
        this.outlet = relays.outlet(exchange, upstream, new PassingOutlet(downstream(), this::takesFrame));
    }

    private HttpServerResponse downstream() {
        return exchange.response();
    }

    private boolean eventStream() {
        return String.valueOf(upstream.getHeader("content-type"))
                .toLowerCase(Locale.ROOT)
                .startsWith(EventStream.CONTENT_TYPE);
    }

    private boolean takesFrame() {
        return eventStream() && upstream.statusCode() < 400 && meter.atFrameBoundary();
    }

    Future<CallEnd> run() {
        exchange.onCut(this::stop);
        exchange.answersThrough(outlet);
        outlet.begin(upstream);
        downstream().drainHandler(v -> {
            paused = false;
            upstream.resume();
        });
        downstream().exceptionHandler(e -> clientGone());
        downstream().closeHandler(v -> clientGone());
        upstream.exceptionHandler(e -> broken(CallEnd.Broken.Cause.CUT));
        upstream.endHandler(v -> complete());
        upstream.handler(this::chunk);
        if (downstream().closed()) {
            clientGone();
        }
        upstream.resume();
        if (!ended()) {
            silence.start();
        }
        return end.future();
    }

    private boolean ended() {
        return end.future().isComplete();
    }

    private void chunk(Buffer chunk) {
        if (ended()) {
            return;
        }
        silence.start();
        if (firstByteNanos == 0) {
            firstByteNanos = exchange.elapsedNanos();
        }
        if (!clientGone) {
            outlet.chunk(chunk);
            if (!downstream().ended() && downstream().writeQueueFull()) {
                paused = true;
                upstream.pause();
            }
        }
        meter.accept(chunk);
    }

    private void complete() {
        if (ended()) {
            return;
        }
        if (!clientGone) {
            outlet.end();
        }
        Answer answer = answer(errorType());
        end(clientGone && answer.ok() ? new CallEnd.Abandoned(answer, true) : new CallEnd.Answered(answer));
    }

    /** The error that the answer itself reports. */
    private String errorType() {
        Optional<String> exception = meter.exception();
        if (exception.isPresent()) {
            return exception.get();
        }
        if (upstream.statusCode() < 400) {
            return wrongShape() || meter.refused() ? "UnknownOperationException" : Answer.NO_ERROR;
        }
        String type = upstream.getHeader("x-amzn-errortype");
        if (type == null) {
            return String.valueOf(upstream.statusCode());
        }
        int colon = type.indexOf(':');
        String name = colon < 0 ? type : type.substring(0, colon);
        return name.length() <= 60 && name.chars().allMatch(Character::isLetter) && !name.isEmpty() ? name : "unknown";
    }

    /** A wrong path can be answered with 200 and JSON instead of the stream that was requested. */
    private boolean wrongShape() {
        return exchange.operation().eventStream() && !eventStream();
    }

    /** No byte moved for too long: because the client takes none, or because the upstream sends none. */
    private void silent() {
        if (paused && !clientGone) {
            exchange.abort();
            clientGone();
            if (!ended()) {
                silence = relays.silences().of(this::silent);
                silence.start();
            }
        } else {
            broken(CallEnd.Broken.Cause.SILENT);
        }
    }

    private void broken(CallEnd.Broken.Cause cause) {
        if (ended()) {
            return;
        }
        String why =
                switch (cause) {
                    case CUT -> "the upstream broke off";
                    case SILENT -> "the upstream was silent for too long";
                    case STOPPED -> "Tollgate is stopping";
                };
        // An answer of which nothing was written yet is told by its end.
        if (!clientGone
                && (downstream().ended() || !outlet.broken(why) && downstream().headWritten())) {
            exchange.abort();
        }
        String errorType =
                switch (cause) {
                    case CUT -> "connection";
                    case SILENT -> "timeout";
                    case STOPPED -> "stopped";
                };
        end(new CallEnd.Broken(answer(errorType), cause));
        upstream.request().reset();
    }

    private void clientGone() {
        if (clientGone || ended() || downstream().ended()) {
            return;
        }
        clientGone = true;
        outlet.gone();
        draining = upstream.statusCode() < 400 && relays.openCalls().startDraining();
        if (!draining) {
            giveUp();
            return;
        }
        paused = false;
        drain = relays.drains().of(this::giveUp);
        drain.start();
        upstream.resume();
    }

    private void giveUp() {
        if (!ended()) {
            end(new CallEnd.Abandoned(answer("client-gone"), false));
            upstream.request().reset();
        }
    }

    private void stop() {
        broken(CallEnd.Broken.Cause.STOPPED);
    }

    private Answer answer(String errorType) {
        boolean failed = upstream.statusCode() >= 400
                || meter.refused()
                || meter.exception().isPresent() && !meter.produced();
        String id = upstream.getHeader("x-amzn-requestid");
        return new Answer(
                upstream.statusCode(), meter.metered(), !failed, errorType, id == null ? "" : id, firstByteNanos);
    }

    private void end(CallEnd how) {
        silence.met();
        if (drain != null) {
            drain.met();
        }
        if (draining) {
            relays.openCalls().stopDraining();
        }
        end.complete(how);
    }
}
