package dev.tollgate.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;

/**
 * What libraries measure, so that {@code promtool check metrics} has nothing to say of a scrape: names with base units, help
 * texts that every reader can parse. SmallRye's {@code ft.*} have neither, and repeat what {@code tollgate.ledger.*} says.
 */
@Singleton
public final class ForeignMeters implements MeterFilter {

    private static final String FAULT_TOLERANCE = "ft.";
    // In nanoseconds, and a gauge that is called a count; process.cpu.seconds takes the place of the first.
    private static final Set<String> MISNAMED = Set.of("process.cpu.time", "system.cpu.count");

    @Override
    public MeterFilterReply accept(Meter.Id id) {
        return id.getName().startsWith(FAULT_TOLERANCE) || MISNAMED.contains(id.getName())
                ? MeterFilterReply.DENY
                : MeterFilterReply.NEUTRAL;
    }

    /** A quotation mark is written with a backslash, which readers of the older text format reject. */
    @Override
    public Meter.Id map(Meter.Id id) {
        String help = id.getDescription();
        return help == null || help.indexOf('"') < 0
                ? id
                : new Meter.Id(
                        id.getName(), Tags.of(id.getTagsAsIterable()), id.getBaseUnit(), plain(help), id.getType());
    }

    private static String plain(String help) {
        return help.replace("\"", "");
    }

    /** Adds the processor time that this process used. */
    static void addTo(MeterRegistry registry) {
        FunctionCounter.builder("process.cpu", ProcessHandle.current(), ForeignMeters::cpuSeconds)
                .baseUnit("seconds")
                .description("Processor time of this process")
                .register(registry);
    }

    private static double cpuSeconds(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
    }
}
