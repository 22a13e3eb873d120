package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.policy.Period.Window;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every period in zones with odd clocks: one window follows another without a gap, and no two have one name. */
class PeriodWalkTest {

    private static final Instant START = Instant.parse("2026-01-15T10:00:00Z");

    static Stream<Arguments> periodsAndZones() {
        return Stream.of(Period.values()).flatMap(period -> Stream.of(
                        "UTC",
                        "Europe/Vienna",
                        "America/New_York",
                        "America/Santiago",
                        "Australia/Lord_Howe",
                        "Asia/Kathmandu",
                        "Africa/Casablanca",
                        "Pacific/Apia",
                        "Pacific/Chatham",
                        "America/St_Johns",
                        "Asia/Beirut")
                .map(zone -> Arguments.of(period, zone)));
    }

    @ParameterizedTest
    @MethodSource("periodsAndZones")
    void windowsFollowOneAnotherWithoutAGap(Period period, String zone) {
        ZoneId in = ZoneId.of(zone);
        Set<String> ids = new HashSet<>();
        Window window = period.at(START, in);
        // Past both changes of the clock of a year, in hours; several years in months.
        for (int i = 0; i < (period == Period.HOUR ? 24 * 366 : 60); i++) {
            assertTrue(window.startMillis() < window.endMillis(), window.toString());
            assertTrue(ids.add(window.id()), window.id() + " names two windows in " + zone);
            assertEquals(window, period.at(Instant.ofEpochMilli(window.startMillis()), in), "its first ms");
            assertEquals(window, period.at(Instant.ofEpochMilli(window.endMillis() - 1), in), "its last ms");
            Window next = period.at(Instant.ofEpochMilli(window.endMillis()), in);
            assertEquals(window.endMillis(), next.startMillis(), "the next begins where it ends");
            window = next;
        }
    }

    @ParameterizedTest
    @MethodSource("periodsAndZones")
    void anInstantLiesInItsWindow(Period period, String zone) {
        Random random = new Random(zone.hashCode());
        for (int i = 0; i < 2_000; i++) {
            long at = 1_700_000_000_000L + (long) (random.nextDouble() * 300_000_000_000L);
            Window window = period.at(Instant.ofEpochMilli(at), ZoneId.of(zone));
            assertTrue(window.startMillis() <= at && at < window.endMillis(), at + " " + window);
            assertTrue(window.keepMillis() > window.endMillis());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HOUR, 2026-11-21T12:59:59.999Z, 2026-11-21T12:00:00Z, 2026-11-21T13:00:00Z",
        "HOUR, 2026-11-21T12:00:00Z, 2026-11-21T12:00:00Z, 2026-11-21T13:00:00Z",
        "DAY, 2026-11-21T23:59:59.999Z, 2026-11-21T00:00:00Z, 2026-11-22T00:00:00Z",
        "WEEK, 2026-11-22T23:59:59.999Z, 2026-11-16T00:00:00Z, 2026-11-23T00:00:00Z",
        "WEEK, 2026-11-23T00:00:00Z, 2026-11-23T00:00:00Z, 2026-11-30T00:00:00Z",
        "WEEK, 2027-01-01T00:00:00Z, 2026-12-28T00:00:00Z, 2027-01-04T00:00:00Z",
        "MONTH, 2026-11-30T23:59:59.999Z, 2026-11-01T00:00:00Z, 2026-12-01T00:00:00Z",
        "MONTH, 2026-12-31T00:00:00Z, 2026-12-01T00:00:00Z, 2027-01-01T00:00:00Z",
        "MONTH, 2028-02-29T12:00:00Z, 2028-02-01T00:00:00Z, 2028-03-01T00:00:00Z"
    })
    void inUtcPeriodsAreTheCalendars(Period period, Instant at, Instant start, Instant end) {
        Window window = period.at(at, ZoneId.of("UTC"));
        assertEquals(start.toEpochMilli(), window.startMillis());
        assertEquals(end.toEpochMilli(), window.endMillis());
    }

    @ParameterizedTest
    @CsvSource({
        "HOUR, 2026-11-21T12:30:00Z, 2026-11-21T13+01",
        "DAY, 2026-11-21T23:30:00Z, 2026-11-22",
        "WEEK, 2027-01-01T12:00:00Z, 2026-W53",
        "MONTH, 2026-11-30T23:30:00Z, 2026-12"
    })
    void aWindowsNameIsOfItsZone(Period period, Instant at, String id) {
        assertEquals(id, period.at(at, ZoneId.of("Europe/Vienna")).id());
    }

    @Test
    void aDayThatLosesAnHourHas23() {
        Window window = Period.DAY.at(Instant.parse("2026-03-29T12:00:00Z"), ZoneId.of("Europe/Vienna"));
        assertEquals(23 * 3_600_000L, window.endMillis() - window.startMillis());
    }

    @Test
    void aDayThatWinsAnHourHas25() {
        Window window = Period.DAY.at(Instant.parse("2026-10-25T12:00:00Z"), ZoneId.of("Europe/Vienna"));
        assertEquals(25 * 3_600_000L, window.endMillis() - window.startMillis());
    }

    @Test
    void everyWeekBeginsOnAMonday() {
        ZoneId zone = ZoneId.of("America/New_York");
        Window window = Period.WEEK.at(START, zone);
        for (int i = 0; i < 120; i++) {
            ZonedDateTime start = Instant.ofEpochMilli(window.startMillis()).atZone(zone);
            assertEquals(DayOfWeek.MONDAY, start.getDayOfWeek());
            assertEquals(0, start.getHour());
            window = Period.WEEK.at(Instant.ofEpochMilli(window.endMillis()), zone);
        }
    }

    @Test
    void theCountOfAnHourIsKeptForTwoDaysAndOthersForThirtyFive() {
        for (Period period : Period.values()) {
            Window window = period.at(START, ZoneId.of("UTC"));
            long days = period == Period.HOUR ? 2 : 35;
            assertEquals(days * 86_400_000L, window.keepMillis() - window.endMillis());
        }
    }

    @Test
    void aWindowsNameHasNoCharacterThatTheLedgerEncodes() {
        for (Period period : Period.values()) {
            for (String zone : new String[] {"UTC", "Asia/Kathmandu", "America/St_Johns"}) {
                String id = period.at(START, ZoneId.of(zone)).id();
                assertTrue(id.matches("[A-Za-z0-9.+-]+"), id);
            }
        }
    }
}
