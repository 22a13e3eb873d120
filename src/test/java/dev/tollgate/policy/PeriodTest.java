package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PeriodTest {

    @ParameterizedTest
    @CsvSource({
        "MONTH,Europe/Vienna,2026-10-31T23:30:00Z,2026-11,2026-10-31T23:00:00Z,2026-11-30T23:00:00Z",
        "DAY,UTC,2026-11-21T12:00:00Z,2026-11-21,2026-11-21T00:00:00Z,2026-11-22T00:00:00Z",
        "DAY,Europe/Vienna,2026-10-25T12:00:00Z,2026-10-25,2026-10-24T22:00:00Z,2026-10-25T23:00:00Z",
        "WEEK,UTC,2026-11-22T23:59:59Z,2026-W47,2026-11-16T00:00:00Z,2026-11-23T00:00:00Z",
        "HOUR,Asia/Kolkata,2026-11-21T12:15:00Z,2026-11-21T17+0530,2026-11-21T11:30:00Z,2026-11-21T12:30:00Z"
    })
    void windowsFollowTheTimeZone(Period period, String zone, String at, String id, String start, String end) {
        Period.Window window = period.at(Instant.parse(at), ZoneId.of(zone));
        assertEquals(id, window.id());
        assertEquals(Instant.parse(start).toEpochMilli(), window.startMillis());
        assertEquals(Instant.parse(end).toEpochMilli(), window.endMillis());
    }

    @ParameterizedTest
    @EnumSource
    void windowsMeetWithoutGapOrOverlapThroughEveryClockChange(Period period) {
        for (String zone : new String[] {"Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "UTC"}) {
            Random random = new Random(zone.hashCode());
            for (int i = 0; i < 300; i++) {
                Instant at = Instant.parse("2026-01-01T00:00:00Z")
                        .plus(Duration.ofMinutes(random.nextInt(2 * 365 * 24 * 60)));
                Period.Window window = period.at(at, ZoneId.of(zone));
                assertTrue(window.startMillis() <= at.toEpochMilli() && at.toEpochMilli() < window.endMillis());
                Period.Window next = period.at(Instant.ofEpochMilli(window.endMillis()), ZoneId.of(zone));
                assertEquals(window.endMillis(), next.startMillis(), period + " " + zone + " " + at);
                assertTrue(!next.id().equals(window.id()), window.id());
                assertEquals(window, period.at(Instant.ofEpochMilli(window.endMillis() - 1), ZoneId.of(zone)));
            }
        }
    }

    @Test
    void everyMinuteAroundAHalfHourClockChangeIsInItsOwnHour() {
        ZoneId zone = ZoneId.of("Australia/Lord_Howe");
        for (String day : new String[] {"2026-04-04T10:00:00Z", "2026-10-03T10:00:00Z"}) {
            Set<String> seen = new HashSet<>();
            long end = 0;
            for (int minute = 0; minute < 12 * 60; minute++) {
                long at = Instant.parse(day).plus(Duration.ofMinutes(minute)).toEpochMilli();
                Period.Window window = Period.HOUR.at(Instant.ofEpochMilli(at), zone);
                assertTrue(
                        window.startMillis() <= at && at < window.endMillis(), Instant.ofEpochMilli(at) + " " + window);
                assertTrue(window.endMillis() - window.startMillis() <= 3_600_000, window.toString());
                assertEquals(at >= end, seen.add(window.id()), "one id for one hour: " + window);
                end = window.endMillis();
            }
        }
    }

    @Test
    void idsAreLegalInALedgerField() {
        for (Period period : Period.values()) {
            String id = period.at(Instant.parse("2026-11-21T12:00:00Z"), ZoneId.of("UTC"))
                    .id();
            assertTrue(id.matches("[A-Za-z0-9%._:/=@+-]+"), id);
        }
    }
}
