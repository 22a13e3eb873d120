package dev.tollgate.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Supplier;

/** Meters with help texts, and histograms with buckets of their own. */
final class Meters {

    /** Bounds for what Tollgate itself and its ledger take. */
    static final Duration[] SHORT = buckets(
            50_000,
            100_000,
            200_000,
            500_000,
            1_000_000,
            2_000_000,
            5_000_000,
            10_000_000,
            25_000_000,
            50_000_000,
            100_000_000,
            250_000_000,
            500_000_000,
            1_000_000_000);

    private final MeterRegistry registry;

    Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    Counter counter(String name, String help, Tags tags) {
        return Counter.builder(name).description(help).tags(tags).register(registry);
    }

    void gauge(String name, String help, Tags tags, Supplier<Number> value) {
        Gauge.builder(name, value).description(help).tags(tags).register(registry);
    }

    Timer timer(String name, String help, Tags tags, Duration[] buckets) {
        return Timer.builder(name)
                .description(help)
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    DistributionSummary summary(String name, String help, Tags tags, double[] buckets) {
        return DistributionSummary.builder(name)
                .description(help)
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    static Duration[] buckets(long... nanos) {
        return Arrays.stream(nanos).mapToObj(Duration::ofNanos).toArray(Duration[]::new);
    }

    /** Second field of statm, in pages; 0 if there is no such file. */
    static double residentBytes() {
        try {
            return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4096.0;
        } catch (IOException e) {
            return 0;
        }
    }
}
