package dev.tollgate.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Sends all metrics in messages of bounded size, one after the other, each made when the one before was taken. A receiver that
 * does not take one ends the round: the next round has newer values of the same sums.
 */
final class MetricsExport {

    // About 200 KB of JSON.
    private static final int POINTS_A_MESSAGE = 400;

    private final Context context;
    private final OtlpDelivery delivery;
    private final MeterRegistry registry;
    private final InstantSource clock;
    private final String head;
    private final long startNanos;
    private final Counter sent;
    private final Counter failed;
    private boolean running;

    MetricsExport(
            Context context,
            OtlpDelivery delivery,
            OtlpResource resource,
            MeterRegistry registry,
            InstantSource clock,
            Duration every) {
        this.context = context;
        this.delivery = delivery;
        this.registry = registry;
        this.clock = clock;
        this.head = resource.head("resourceMetrics", "scopeMetrics", "metrics");
        this.startNanos = MetricPoints.nanos(clock.instant());
        Meters meters = new Meters(registry);
        this.sent = counter(meters, "sent");
        this.failed = counter(meters, "failed");
        context.runOnContext(v -> context.owner().setPeriodic(every.toMillis(), t -> round()));
    }

    private static Counter counter(Meters meters, String outcome) {
        return meters.counter(
                "tollgate.otlp.metrics",
                "Messages with metrics to the OTLP receiver, by what became of them",
                Tags.of("outcome", outcome));
    }

    /** Sends a last time; completes when it has ended. */
    Future<Void> flush() {
        Promise<Void> ended = Promise.promise();
        context.runOnContext(v -> round().onComplete(ended));
        return ended.future();
    }

    private Future<Void> round() {
        if (running) {
            return Future.succeededFuture();
        }
        running = true;
        List<Meter> meters = new ArrayList<>(registry.getMeters());
        meters.sort(Comparator.comparing(meter -> meter.getId().getName()));
        return from(meters, 0, MetricPoints.nanos(clock.instant())).onComplete(v -> running = false);
    }

    private Future<Void> from(List<Meter> meters, int start, long nowNanos) {
        if (start >= meters.size()) {
            return Future.succeededFuture();
        }
        int end = Math.min(meters.size(), start + POINTS_A_MESSAGE);
        return context.executeBlocking(() -> message(meters.subList(start, end), nowNanos), false)
                .compose(delivery::deliver)
                .compose(outcome -> {
                    (outcome.accepted() && outcome.rejected() == 0 ? sent : failed).increment();
                    return outcome.accepted() ? from(meters, end, nowNanos) : Future.succeededFuture();
                });
    }

    private Buffer message(List<Meter> meters, long nowNanos) {
        return Buffer.buffer(head)
                .appendString(MetricPoints.json(meters, startNanos, nowNanos))
                .appendString(OtlpResource.tail());
    }
}
