package dev.tollgate.telemetry;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;

/** Delivers one message of one signal at a time, and repeats what the protocol lets repeat. Says once that it fails. */
final class OtlpDelivery {

    private static final Logger LOG = Logger.getLogger(OtlpDelivery.class);
    // What the protocol calls retryable; 0 is no answer.
    private static final Set<Integer> RETRYABLE = Set.of(0, 429, 502, 503, 504);
    private static final long MAX_PAUSE_MILLIS = 30_000;

    /**
     * Bounds of delivery.
     *
     * @param attempts for one message
     * @param firstPause before the second attempt; each further one is twice as long
     */
    record Bounds(int attempts, Duration firstPause) {
        static final Bounds USUAL = new Bounds(4, Duration.ofSeconds(1));
    }

    /**
     * How a message ended.
     *
     * @param accepted false if the receiver did not take it
     * @param rejected spans or points of an accepted message that the receiver refused
     */
    record Outcome(boolean accepted, long rejected) {}

    private final Vertx vertx;
    private final OtlpReceiver receiver;
    private final Bounds bounds;
    private final String signal;
    private boolean failing;

    /** @param signal traces or metrics, for the log */
    OtlpDelivery(Vertx vertx, OtlpReceiver receiver, Bounds bounds, String signal) {
        this.vertx = vertx;
        this.receiver = receiver;
        this.bounds = bounds;
        this.signal = signal;
    }

    /** Never fails. */
    Future<Outcome> deliver(Buffer json) {
        return attempt(json, 1);
    }

    private Future<Outcome> attempt(Buffer json, int number) {
        return receiver.post(json)
                .otherwise(e -> new OtlpReceiver.Reply(0, "", String.valueOf(e.getMessage())))
                .compose(reply -> {
                    if (reply.status() >= 200 && reply.status() < 300) {
                        return Future.succeededFuture(accepted(reply));
                    }
                    failing(reply);
                    if (number >= bounds.attempts || !RETRYABLE.contains(reply.status())) {
                        return Future.succeededFuture(new Outcome(false, 0));
                    }
                    return vertx.timer(pauseMillis(reply, number)).compose(t -> attempt(json, number + 1));
                });
    }

    private Outcome accepted(OtlpReceiver.Reply reply) {
        if (failing) {
            failing = false;
            LOG.infof("The OTLP receiver takes %s again", signal);
        }
        return new Outcome(true, rejected(reply.body()));
    }

    private void failing(OtlpReceiver.Reply reply) {
        if (!failing) {
            failing = true;
            LOG.warnf(
                    "The OTLP receiver does not take %s: %s; what is lost is counted. It must speak OTLP/HTTP in JSON,"
                            + " usually on port 4318 (4317 is gRPC)",
                    signal, reply.status() == 0 ? reply.body() : "status " + reply.status());
        }
    }

    private long pauseMillis(OtlpReceiver.Reply reply, int number) {
        long pause = bounds.firstPause.toMillis() << (number - 1);
        try {
            pause = Math.max(pause, Math.multiplyExact(Long.parseLong(reply.retryAfter()), 1000));
        } catch (NumberFormatException | ArithmeticException e) {
            // None, or a date: the usual pause.
        }
        long jitter = ThreadLocalRandom.current().nextLong(pause / 4 + 1);
        return Math.max(1, Math.min(MAX_PAUSE_MILLIS, pause + jitter));
    }

    /** Of a partial success; a number is written as text by the protocol, and both are read. */
    private static long rejected(String body) {
        if (!body.contains("partialSuccess")) {
            return 0;
        }
        try {
            JsonObject partial = new JsonObject(body).getJsonObject("partialSuccess", new JsonObject());
            Object count = partial.getValue("rejectedSpans", partial.getValue("rejectedDataPoints", 0));
            return Math.max(0, Long.parseLong(String.valueOf(count)));
        } catch (DecodeException | ClassCastException | NumberFormatException e) {
            return 0;
        }
    }
}
