package dev.tollgate.telemetry;

import com.fasterxml.jackson.core.JsonGenerator;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** Meters as OTLP metrics: sums since the start, gauges, histograms. Those of one name must follow each other. */
final class MetricPoints {

    private static final int CUMULATIVE = 2;

    private final JsonGenerator json;
    private final String start;
    private final String now;

    private MetricPoints(JsonGenerator json, long startNanos, long nowNanos) {
        this.json = json;
        this.start = Long.toString(startNanos);
        this.now = Long.toString(nowNanos);
    }

    static long nanos(Instant instant) {
        return Math.addExact(TimeUnit.SECONDS.toNanos(instant.getEpochSecond()), instant.getNano());
    }

    /** The elements of {@code metrics}, without the brackets around them. */
    static String json(List<Meter> sorted, long startNanos, long nowNanos) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = OtlpResource.JSON.createGenerator(out)) {
            MetricPoints points = new MetricPoints(json, startNanos, nowNanos);
            json.writeStartArray();
            int from = 0;
            for (int to = 1; to <= sorted.size(); to++) {
                if (to == sorted.size() || !sameMetric(sorted.get(from), sorted.get(to))) {
                    points.metric(sorted.subList(from, to));
                    from = to;
                }
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.getBuffer().substring(1, out.getBuffer().length() - 1);
    }

    private static boolean sameMetric(Meter one, Meter other) {
        return one.getId().getName().equals(other.getId().getName())
                && one.getId().getType() == other.getId().getType();
    }

    private void metric(List<Meter> meters) throws IOException {
        Meter.Id id = meters.get(0).getId();
        Optional<String> kind = kind(meters.get(0));
        if (kind.isEmpty()) {
            return;
        }
        json.writeStartObject();
        json.writeStringField("name", id.getName());
        json.writeStringField("description", String.valueOf(id.getDescription()));
        json.writeStringField("unit", unit(meters.get(0)));
        json.writeObjectFieldStart(kind.get());
        if (!kind.get().equals("gauge")) {
            json.writeNumberField("aggregationTemporality", CUMULATIVE);
        }
        if (kind.get().equals("sum")) {
            json.writeBooleanField("isMonotonic", true);
        }
        json.writeArrayFieldStart("dataPoints");
        for (Meter meter : meters) {
            point(meter);
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    private static Optional<String> kind(Meter meter) {
        if (meter instanceof Gauge) {
            return Optional.of("gauge");
        }
        if (meter instanceof Counter || meter instanceof FunctionCounter) {
            return Optional.of("sum");
        }
        return meter instanceof Timer || meter instanceof DistributionSummary
                ? Optional.of("histogram")
                : Optional.empty();
    }

    private static String unit(Meter meter) {
        if (meter instanceof Timer || meter instanceof TimeGauge) {
            return "s";
        }
        if (meter.getId().getName().equals(GenAi.TOKEN_USAGE)) {
            return "{token}";
        }
        String unit = meter.getId().getBaseUnit();
        if (unit == null) {
            return "1";
        }
        return switch (unit) {
            case "bytes" -> "By";
            case "seconds" -> "s";
            default -> "{" + unit + "}";
        };
    }

    private void point(Meter meter) throws IOException {
        if (meter instanceof Timer timer) {
            HistogramSnapshot all = timer.takeSnapshot();
            histogram(meter, all, all.total(TimeUnit.SECONDS), bucket -> bucket.bucket(TimeUnit.SECONDS));
        } else if (meter instanceof DistributionSummary summary) {
            HistogramSnapshot all = summary.takeSnapshot();
            histogram(meter, all, all.total(), CountAtBucket::bucket);
        } else if (meter instanceof TimeGauge gauge) {
            number(meter, gauge.value(TimeUnit.SECONDS));
        } else if (meter instanceof Gauge gauge) {
            number(meter, gauge.value());
        } else if (meter instanceof Counter counter) {
            number(meter, counter.count());
        } else if (meter instanceof FunctionCounter counter) {
            number(meter, counter.count());
        }
    }

    /** What is not known has no point. */
    private void number(Meter meter, double value) throws IOException {
        if (Double.isFinite(value)) {
            begin(meter);
            json.writeNumberField("asDouble", value);
            json.writeEndObject();
        }
    }

    /** Micrometer counts what is at most a bound, the protocol what is between two. */
    private void histogram(Meter meter, HistogramSnapshot all, double sum, ToDoubleFunction<CountAtBucket> bound)
            throws IOException {
        begin(meter);
        json.writeNumberField("sum", sum);
        json.writeArrayFieldStart("bucketCounts");
        long before = 0;
        for (CountAtBucket bucket : all.histogramCounts()) {
            if (Double.isFinite(bound.applyAsDouble(bucket))) {
                long upTo = Math.max(before, (long) bucket.count());
                json.writeString(Long.toString(upTo - before));
                before = upTo;
            }
        }
        // Taken a moment apart, so that one can be ahead of the other; the protocol wants the sum of the parts.
        long count = Math.max(before, all.count());
        json.writeString(Long.toString(count - before));
        json.writeEndArray();
        json.writeArrayFieldStart("explicitBounds");
        for (CountAtBucket bucket : all.histogramCounts()) {
            if (Double.isFinite(bound.applyAsDouble(bucket))) {
                json.writeNumber(bound.applyAsDouble(bucket));
            }
        }
        json.writeEndArray();
        json.writeStringField("count", Long.toString(count));
        json.writeEndObject();
    }

    private void begin(Meter meter) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("attributes");
        for (Tag tag : meter.getId().getTagsAsIterable()) {
            // In Prometheus no label is empty; here a call without an error has no such attribute.
            if (!tag.getKey().equals(GenAi.ERROR) || !tag.getValue().equals(GenAi.NO_ERROR)) {
                OtlpResource.text(json, tag.getKey(), tag.getValue());
            }
        }
        json.writeEndArray();
        json.writeStringField("startTimeUnixNano", start);
        json.writeStringField("timeUnixNano", now);
    }
}
