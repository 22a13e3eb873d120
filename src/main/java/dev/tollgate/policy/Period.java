package dev.tollgate.policy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.time.temporal.WeekFields;
import java.time.zone.ZoneOffsetTransition;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Calendar period of a budget, in the limit's time zone. */
public enum Period {
    HOUR(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HHX", Locale.ROOT), Duration.ofDays(2)),
    DAY(DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT), Duration.ofDays(35)),
    WEEK(isoWeek(), Duration.ofDays(35)),
    MONTH(DateTimeFormatter.ofPattern("yyyy-MM", Locale.ROOT), Duration.ofDays(35));

    private final DateTimeFormatter id;
    private final Duration kept;

    Period(DateTimeFormatter id, Duration kept) {
        this.id = id;
        this.kept = kept;
    }

    private static DateTimeFormatter isoWeek() {
        return new DateTimeFormatterBuilder()
                .appendValue(WeekFields.ISO.weekBasedYear(), 4)
                .appendLiteral("-W")
                .appendValue(WeekFields.ISO.weekOfWeekBasedYear(), 2)
                .toFormatter(Locale.ROOT);
    }

    /** Its name in a policy file. */
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
     * One period.
     *
     * @param id differs from every other period's of the same kind
     * @param startMillis inclusive, epoch ms
     * @param endMillis exclusive, epoch ms
     * @param keepMillis the ledger keeps its count until then, epoch ms
     */
    public record Window(String id, long startMillis, long endMillis, long keepMillis) {}

    /** The period that contains an instant. */
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

    /** The clock's hour at the offset of the instant; if the offset changes within it, the part on this side. */
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
                id.format(start.atZone(zone)).replace(':', '.'),
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
