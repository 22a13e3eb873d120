package dev.tollgate.policy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Calendar period of a budget, in the limit's time zone. */
public enum Period {
    HOUR("yyyy-MM-dd'T'HHX", Duration.ofDays(2)),
    DAY("yyyy-MM-dd", Duration.ofDays(35)),
    WEEK("YYYY-'W'ww", Duration.ofDays(35)),
    MONTH("yyyy-MM", Duration.ofDays(35));

    private final DateTimeFormatter id;
    private final Duration kept;

    Period(String pattern, Duration kept) {
        this.id = DateTimeFormatter.ofPattern(pattern, Locale.GERMANY);
        this.kept = kept;
    }

    /** As it is written in a policy file. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Period> of(String label) {
        return Arrays.stream(values()).filter(p -> p.label().equals(label)).findFirst();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Period::label).toList();
    }

    /**
     * The period that contains an instant.
     *
     * @param keepMillis until when its count is kept
     */
    public record Window(String id, long startMillis, long endMillis, long keepMillis) {}

    public Window at(Instant instant, ZoneId zone) {
        if (this == HOUR) {
            return hour(instant, zone);
        }
        ZonedDateTime start = start(instant.atZone(zone));
        ZonedDateTime end =
                switch (this) {
                    case HOUR, DAY -> start.plusDays(1).truncatedTo(ChronoUnit.DAYS);
                    case WEEK -> start.plusWeeks(1);
                    case MONTH -> start.plusMonths(1);
                };
        long endMillis = end.toInstant().toEpochMilli();
        return new Window(
                id.format(start).replace(':', '.'),
                start.toInstant().toEpochMilli(),
                endMillis,
                endMillis + kept.toMillis());
    }

    /** The clock's hour at the offset of the instant; where the offset changes within it, the part on this side. */
    private Window hour(Instant instant, ZoneId zone) {
        ZoneOffset offset = zone.getRules().getOffset(instant);
        Instant start = instant.atOffset(offset).truncatedTo(ChronoUnit.HOURS).toInstant();
        Instant end = start.plus(1, ChronoUnit.HOURS);
        ZoneOffsetTransition before = zone.getRules().previousTransition(instant.plusMillis(1));
        ZoneOffsetTransition after = zone.getRules().nextTransition(instant);
        if (before != null && before.getInstant().isAfter(start)) {
            start = before.getInstant();
        }
        if (after != null && after.getInstant().isBefore(end)) {
            end = after.getInstant();
        }
        return new Window(
                id.format(start.atZone(zone)),
                start.toEpochMilli(),
                end.toEpochMilli(),
                end.toEpochMilli() + kept.toMillis());
    }

    private ZonedDateTime start(ZonedDateTime at) {
        return switch (this) {
            case HOUR, DAY -> at.toLocalDate().atStartOfDay(at.getZone());
            case WEEK ->
                at.toLocalDate()
                        .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                        .atStartOfDay(at.getZone());
            case MONTH -> at.toLocalDate().withDayOfMonth(1).atStartOfDay(at.getZone());
        };
    }
}
