package dev.tollgate.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Spans on their way out, at most so many bytes. What does not fit is dropped and counted; nothing waits for the receiver.
 * Delivery runs on one event loop, one message at a time.
 */
final class SpanExport {

    /**
     * Bounds of what waits.
     *
     * @param waitingBytes at most; a message that is being delivered comes on top
     * @param messageBytes at most in one message
     * @param everyMillis a message is sent even if it is small
     */
    record Bounds(int waitingBytes, int messageBytes, long everyMillis) {
        static final Bounds USUAL = new Bounds(2 * 1024 * 1024, 256 * 1024, 1000);
    }

    private static final int LEAST_BYTES = 1024;
    private static final String HELP = "Spans of calls, by what became of them";

    private final Context context;
    private final OtlpDelivery delivery;
    private final Bounds bounds;
    private final byte[] head;
    private final Counter sent;
    private final Counter failed;
    private final Counter dropped;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean delivering;
    private Promise<Void> idle = Promise.promise();

    SpanExport(Context context, OtlpDelivery delivery, OtlpResource resource, Meters meters, Bounds bounds) {
        this.context = context;
        this.delivery = delivery;
        this.bounds = bounds;
        this.head = resource.head("resourceSpans", "scopeSpans", "spans").getBytes(StandardCharsets.UTF_8);
        this.sent = counter(meters, "sent");
        this.failed = counter(meters, "failed");
        this.dropped = counter(meters, "dropped");
        idle.complete();
        context.runOnContext(v -> context.owner().setPeriodic(bounds.everyMillis, t -> next()));
    }

    private static Counter counter(Meters meters, String outcome) {
        return meters.counter("tollgate.otlp.spans", HELP, Tags.of("outcome", outcome));
    }

    /**
     * Queues one span, from any thread; returns at once.
     *
     * @param json not asked for while nothing fits
     */
    void add(Supplier<byte[]> json) {
        if (isFull()) {
            dropped.increment();
            return;
        }
        byte[] span = json.get();
        boolean due;
        synchronized (this) {
            if (waitingBytes + span.length > bounds.waitingBytes) {
                dropped.increment();
                return;
            }
            if (waiting.isEmpty() && !delivering) {
                idle = Promise.promise();
            }
            waiting.add(span);
            // A message is due as soon as it is full, once.
            due = waitingBytes < bounds.messageBytes && waitingBytes + span.length >= bounds.messageBytes;
            waitingBytes += span.length;
        }
        if (due) {
            context.runOnContext(v -> next());
        }
    }

    private synchronized boolean isFull() {
        return waitingBytes + LEAST_BYTES > bounds.waitingBytes;
    }

    /** Sends what waits without waiting for more; completes once nothing is left, which can take long. */
    Future<Void> flush() {
        context.runOnContext(v -> next());
        synchronized (this) {
            return idle.future();
        }
    }

    private void next() {
        Deque<byte[]> batch = new ArrayDeque<>();
        synchronized (this) {
            if (delivering || waiting.isEmpty()) {
                return;
            }
            delivering = true;
            int bytes = 0;
            do {
                byte[] span = waiting.remove();
                bytes += span.length;
                batch.add(span);
            } while (!waiting.isEmpty() && bytes + waiting.element().length <= bounds.messageBytes);
            waitingBytes -= bytes;
        }
        int count = batch.size();
        delivery.deliver(message(batch)).onSuccess(outcome -> delivered(outcome, count));
    }

    private void delivered(OtlpDelivery.Outcome outcome, int count) {
        long rejected = outcome.accepted() ? Math.min(count, outcome.rejected()) : count;
        sent.increment((double) (count - rejected));
        failed.increment((double) rejected);
        synchronized (this) {
            delivering = false;
            if (waiting.isEmpty()) {
                idle.tryComplete();
                return;
            }
        }
        next();
    }

    private Buffer message(Deque<byte[]> spans) {
        Buffer message = Buffer.buffer(bounds.messageBytes).appendBytes(head);
        String comma = "";
        for (byte[] span : spans) {
            message.appendString(comma).appendBytes(span);
            comma = ",";
        }
        return message.appendString(OtlpResource.tail());
    }
}
