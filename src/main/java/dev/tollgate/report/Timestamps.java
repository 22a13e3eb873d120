package dev.tollgate.report;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** ISO-8601 to epoch ms and back to days; written out for the usual form, because it runs for each record. */
final class Timestamps {

    private static final long DAY_MILLIS = 86_400_000;

    private final ZoneId zone;
    private final boolean utc;
    private long firstMillis = Long.MAX_VALUE;
    private long endMillis = Long.MIN_VALUE;
    private String day = "";

    Timestamps(ZoneId zone) {
        this.zone = zone;
        this.utc = zone.normalized().equals(ZoneOffset.UTC);
    }

    /** Epoch ms of {@code 2026-11-03T12:00:00Z}, with or without a fraction or an offset. */
    static long millis(String text) throws UnreadableException {
        if (text.length() == 20 && text.charAt(19) == 'Z' && text.charAt(10) == 'T') {
            int year = number(text, 0, 4);
            int month = number(text, 5, 7);
            int day = number(text, 8, 10);
            int hour = number(text, 11, 13);
            int minute = number(text, 14, 16);
            int second = number(text, 17, 19);
            boolean legal = year > 0 && month > 0 && month < 13 && day > 0 && day < 29;
            if (legal && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60) {
                long days = LocalDate.of(year, month, day).toEpochDay();
                return ((days * 24 + hour) * 60 + minute) * 60_000L + second * 1000L;
            }
        }
        try {
            return text.endsWith("Z")
                    ? Instant.parse(text).toEpochMilli()
                    : OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
            throw new UnreadableException("expected timestamp as 2026-11-03T12:00:00Z, found another form");
        }
    }

    private static int number(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** The day in the report's time zone, as {@code 2026-11-03}. */
    String day(long millis) {
        if (millis < firstMillis || millis >= endMillis) {
            LocalDate date = LocalDate.ofInstant(Instant.ofEpochMilli(millis), zone);
            firstMillis = date.atStartOfDay(zone).toInstant().toEpochMilli();
            endMillis = date.plusDays(1).atStartOfDay(zone).toInstant().toEpochMilli();
            day = date.toString();
        }
        return day;
    }

    /** The hour in the report's time zone, as {@code 2026-11-03T12}. */
    String hour(long millis) {
        if (utc) {
            long hour = Math.floorMod(millis, DAY_MILLIS) / 3_600_000;
            return day(millis) + (hour < 10 ? "T0" : "T") + hour;
        }
        return Instant.ofEpochMilli(millis).atZone(zone).toString().substring(0, 13);
    }
}
