package dev.tollgate.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * Export by OTLP: one span a call, and the metrics. Without an endpoint nothing is made or sent, and a caller's trace headers
 * pass on as they came. A receiver that is slow, mute or failing costs spans, which are counted, and never a call.
 */
public final class Tracing {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Optional<SpanExport> spans;
    private final Optional<MetricsExport> metrics;
    private final InstantSource clock;
    private final int samplePercent;
    private final Span.Server server;

    /**
     * Starts what the settings want.
     *
     * @param resource who exports
     * @param server the upstream's host
     * @param port of the upstream
     */
    public Tracing(
            Vertx vertx,
            MeterRegistry registry,
            InstantSource clock,
            OtlpConfig config,
            OtlpResource resource,
            String server,
            int port) {
        this.clock = clock;
        this.samplePercent = config.samplePercent();
        this.server = new Span.Server(server, port);
        Context context = vertx.getOrCreateContext();
        this.spans = config.endpoint()
                .filter(url -> config.signals() != OtlpConfig.Signals.METRICS)
                .map(url -> new SpanExport(
                        context,
                        delivery(vertx, url, config, "traces"),
                        resource,
                        new Meters(registry),
                        SpanExport.Bounds.USUAL));
        this.metrics = config.endpoint()
                .filter(url -> config.signals() != OtlpConfig.Signals.TRACES)
                .map(url -> new MetricsExport(
                        context,
                        delivery(vertx, url, config, "metrics"),
                        resource,
                        registry,
                        clock,
                        config.metricsEvery()));
    }

    private static OtlpDelivery delivery(Vertx vertx, URI url, OtlpConfig config, String signal) {
        Map<String, String> headers = OtlpResource.pairs(config.headers().orElse(""));
        OtlpReceiver receiver = new OtlpReceiver(vertx, url, "/v1/" + signal, headers, DEADLINE);
        return new OtlpDelivery(vertx, receiver, OtlpDelivery.Bounds.USUAL, signal);
    }

    /** The place of a call in its trace, from its head. */
    public CallTrace begin(MultiMap request) {
        return spans.isPresent() ? CallTrace.of(request, samplePercent) : CallTrace.NONE;
    }

    /**
     * Exports a call's span, if there is one.
     *
     * @param error {@code none} if the call was served
     * @param nanos that the call took
     */
    public void end(CallTrace trace, UsageRecord call, String error, long nanos) {
        if (spans.isPresent() && trace.recorded().isPresent()) {
            long end = MetricPoints.nanos(clock.instant());
            spans.get().add(new Span(trace, call, error, end - nanos, end, server)::json);
        }
    }

    /** Sends what waits; completes when it has ended, which a receiver can delay. */
    public Future<Void> flush() {
        Future<Void> traced = spans.map(SpanExport::flush).orElseGet(Future::succeededFuture);
        return traced.compose(v -> metrics.map(MetricsExport::flush).orElseGet(Future::succeededFuture));
    }
}
