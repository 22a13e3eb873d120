package dev.tollgate.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MetricPointsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private JsonArray metrics() {
        List<Meter> sorted = registry.getMeters().stream()
                .sorted(Comparator.comparing(m -> m.getId().getName()))
                .toList();
        return new JsonArray("[" + MetricPoints.json(sorted, 1, MetricPoints.nanos(Instant.ofEpochSecond(2, 3))) + "]");
    }

    private JsonObject point(String kind) {
        return metrics()
                .getJsonObject(0)
                .getJsonObject(kind)
                .getJsonArray("dataPoints")
                .getJsonObject(0);
    }

    @Test
    void countersOfOneNameAreOneMetricAndNamesThatLieStayText() {
        Counter.builder("c")
                .description("say \"\\\n")
                .tag("tenant", "a\"\u0000<b>\u20ac")
                .register(registry)
                .increment(2);
        Counter.builder("c").tag("tenant", "b").register(registry);
        JsonObject metric = metrics().getJsonObject(0);
        assertEquals(1, metrics().size());
        assertEquals(2, metric.getJsonObject("sum").getJsonArray("dataPoints").size());
        assertEquals(2, metric.getJsonObject("sum").getInteger("aggregationTemporality"));
        String encoded = metric.encode();
        assertEquals(true, encoded.contains("a\\\"\\u0000<b>\u20ac"), encoded);
        assertEquals(
                "2000000003",
                metric.getJsonObject("sum")
                        .getJsonArray("dataPoints")
                        .getJsonObject(0)
                        .getString("timeUnixNano"));
    }

    @Test
    void aTimerIsAHistogramInSecondsWhoseBucketsAddUp() {
        Timer timer = Timer.builder("t")
                .serviceLevelObjectives(Duration.ofMillis(10), Duration.ofMillis(20))
                .register(registry);
        timer.record(Duration.ofMillis(5));
        timer.record(Duration.ofMillis(10));
        timer.record(Duration.ofMillis(15));
        timer.record(Duration.ofMillis(90));
        JsonObject point = point("histogram");
        assertEquals(List.of("2", "1", "1"), point.getJsonArray("bucketCounts").getList());
        assertEquals(List.of(0.01, 0.02), point.getJsonArray("explicitBounds").getList());
        assertEquals("4", point.getString("count"));
        assertEquals(0.12, point.getDouble("sum"), 1e-9);
        assertEquals("s", metrics().getJsonObject(0).getString("unit"));
    }

    @Test
    void aSummaryWithoutBoundsHasOneBucket() {
        DistributionSummary.builder("s").register(registry).record(7);
        assertEquals(
                List.of("1"), point("histogram").getJsonArray("bucketCounts").getList());
    }

    @Test
    void gaugesOfTimeAreInSecondsAndUnitsAreThoseOfTheProtocol() {
        TimeGauge.builder("a", () -> 1500, TimeUnit.MILLISECONDS).register(registry);
        Gauge.builder("b", () -> 1).baseUnit("bytes").register(registry);
        FunctionCounter.builder("c", 3, x -> x).baseUnit("seconds").register(registry);
        Gauge.builder("d", () -> 1).baseUnit("threads").register(registry);
        JsonArray metrics = metrics();
        assertEquals(1.5, point("gauge").getDouble("asDouble"));
        assertEquals(
                List.of("s", "By", "s", "{threads}"),
                metrics.stream().map(m -> ((JsonObject) m).getString("unit")).toList());
    }

    @Test
    void whatIsNotKnownHasNoPoint() {
        Gauge.builder("g", () -> Double.NaN).register(registry);
        assertEquals(
                0,
                metrics()
                        .getJsonObject(0)
                        .getJsonObject("gauge")
                        .getJsonArray("dataPoints")
                        .size());
    }

    @Test
    void aCallWithoutAnErrorHasNoErrorType() {
        Counter.builder("c").tag("error.type", "none").register(registry);
        assertFalse(metrics().encode().contains("error.type"));
    }

    @Test
    void aThousandTenantsFitTheMessages() {
        for (int i = 0; i < 400; i++) {
            Counter.builder("c").tag("tenant", "t".repeat(128) + i).register(registry);
        }
        assertEquals(
                400,
                metrics()
                        .getJsonObject(0)
                        .getJsonObject("sum")
                        .getJsonArray("dataPoints")
                        .size());
    }
}
