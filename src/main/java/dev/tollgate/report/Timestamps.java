package dev.tollgate.report;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** ISO-8601 to epoch ms, and epoch ms to days; the usual form without objects, because it is read for each record. */
final class Timestamps {

    /** No time. */
    static final long NONE = Long.MIN_VALUE;

    private static final long DAY_MILLIS = 86_400_000;

    private final ZoneId zone;
    private final boolean utc;
    private long firstMillis = Long.MAX_VALUE;
    private long endMillis = Long.MIN_VALUE;
    private String day = "";
    private String month = "";

    Timestamps(ZoneId zone) {
        this.zone = zone;
        this.utc = zone.normalized().equals(ZoneOffset.UTC);
    }

    /** Epoch ms of an ISO-8601 time with a zone. */
    static long millis(String text) throws UnreadableException {
        try {
            return text.endsWith("Z")
                    ? Instant.parse(text).toEpochMilli()
                    : OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw new UnreadableException("expected timestamp as 2026-11-03T12:00:00Z, found another form");
        }
    }

    /** Epoch seconds of {@code 2026-11-03T12:00:00Z}, the usual form; {@link #NONE} for all else. */
    static long seconds(byte[] text, int at) {
        long year = number(text, at, 4);
        long month = number(text, at + 5, 2);
        long day = number(text, at + 8, 2);
        long hour = number(text, at + 11, 2);
        long minute = number(text, at + 14, 2);
        long second = number(text, at + 17, 2);
        boolean marks = text[at + 4] == '-' && text[at + 7] == '-' && text[at + 10] == 'T' && text[at + 19] == 'Z';
        // Days that not every month has are left to java.time, but for the 29th and 30th.
        boolean legal = marks && year > 1969 && month > 0 && month < 13 && day > 0 && day < (month == 2 ? 29 : 31);
        if (!legal || hour > 23 || minute > 59 || second > 59 || (hour | minute | second) < 0) {
            return NONE;
        }
        return ((epochDay(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    }

    /** Of the Gregorian calendar, with years that begin in March. */
    private static long epochDay(long year, long month, long day) {
        long shifted = month > 2 ? year : year - 1;
        long dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468;
    }

    private static long number(byte[] text, int from, int digits) {
        long value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = text[i] - '0';
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
            month = day.substring(0, day.length() - 3);
        }
        return day;
    }

    /** The month in the report's time zone, as {@code 2026-11}. */
    String month(long millis) {
        day(millis);
        return month;
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
