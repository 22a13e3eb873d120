package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Random;
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
    void idsAreLegalInALedgerField() {
        for (Period period : Period.values()) {
            String id = period.at(Instant.parse("2026-11-21T12:00:00Z"), ZoneId.of("UTC"))
                    .id();
            assertTrue(id.matches("[A-Za-z0-9%._:/=@+-]+"), id);
        }
    }
}
