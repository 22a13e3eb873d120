package dev.tollgate.policy;

import dev.tollgate.ledger.Bucket;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values of a policy file; a bad one is noted in its mapping and empty. */
final class Scalar {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Duration LONGEST = Duration.ofDays(31);
    private static final Instant FAR = Instant.parse("9999-12-31T00:00:00Z");

    private Scalar() {}

    /** Tokens and requests are integers; money is in US dollars and becomes micro-USD. */
    static Optional<Long> amount(YamlMap map, String key, Weight weight) {
        String expected = weight == Weight.USD
                ? "US dollars from 0.000001 to 4503599627.370496"
                : "a whole number from 1 to 2^52";
        Optional<String> text = map.text(key, expected);
        Optional<Long> amount = text.flatMap(t -> amount(t, weight));
        if (text.isPresent() && amount.isEmpty()) {
            map.problem(key, expected, '"' + text.get() + '"');
        }
        return amount;
    }

    /** As in a policy file; empty for what is no legal amount. */
    static Optional<Long> amount(String text, Weight weight) {
        try {
            BigDecimal number = new BigDecimal(text.replace("_", ""));
            // An exponent of a billion would be a number of a billion digits.
            if (number.scale() < -20 || number.scale() > 20) {
                return Optional.empty();
            }
            long amount = weight == Weight.USD ? number.movePointRight(6).longValueExact() : number.longValueExact();
            return amount >= 1 && amount <= Bucket.MAX_AMOUNT ? Optional.of(amount) : Optional.empty();
        } catch (ArithmeticException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    static Optional<Duration> duration(YamlMap map, String key) {
        Optional<String> text = map.text(key);
        Optional<Duration> duration =
                text.flatMap(Scalar::duration).filter(d -> !d.isZero() && d.compareTo(LONGEST) <= 0);
        if (text.isPresent() && duration.isEmpty()) {
            map.problem(key, "a duration from 1ms to 31d such as 30s, 1m, 24h", '"' + text.get() + '"');
        }
        return duration;
    }

    private static Optional<Duration> duration(String text) {
        Matcher m = DURATION.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        long n = Long.parseLong(m.group(1));
        return Optional.of(
                switch (m.group(2)) {
                    case "ms" -> Duration.ofMillis(n);
                    case "s" -> Duration.ofSeconds(n);
                    case "m" -> Duration.ofMinutes(n);
                    case "h" -> Duration.ofHours(n);
                    default -> Duration.ofDays(n);
                });
    }

    static Optional<ZoneId> zone(YamlMap map, String key) {
        Optional<String> text = map.text(key);
        try {
            return text.map(ZoneId::of);
        } catch (DateTimeException e) {
            map.problem(key, "a time zone such as UTC or Europe/Vienna", '"' + text.orElse("") + '"');
            return Optional.empty();
        }
    }

    /** A day, which means its first instant, or a time; without an offset it is one of the given zone. */
    static Optional<Instant> instant(YamlMap map, String key, ZoneId zone) {
        Optional<String> text = map.text(key);
        Optional<Instant> instant = text.flatMap(t -> instant(t, zone));
        if (text.isPresent() && instant.isEmpty()) {
            map.problem(
                    key,
                    "a time such as 2026-12-01T00:00Z, 2026-12-01T00:00+01:00 or 2026-12-01",
                    '"' + text.get() + '"');
        }
        return instant;
    }

    /** As in a policy file; empty for what is no time, or one before 1970 or after 9999. */
    static Optional<Instant> instant(String text, ZoneId zone) {
        String iso = text.strip().replaceFirst("(?<=\\d)[ t](?=\\d)", "T");
        try {
            Instant instant = iso.length() == 10
                    ? LocalDate.parse(iso).atStartOfDay(zone).toInstant()
                    : DateTimeFormatter.ISO_DATE_TIME.parseBest(iso, ZonedDateTime::from, LocalDateTime::from)
                                    instanceof ZonedDateTime zoned
                            ? zoned.toInstant()
                            : LocalDateTime.parse(iso).atZone(zone).toInstant();
            return Optional.of(instant).filter(i -> i.isAfter(Instant.EPOCH) && i.isBefore(FAR));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** @param fallback if the key is absent */
    static <T> T choice(YamlMap map, String key, Map<String, T> choices, T fallback) {
        Optional<String> text = map.text(key);
        if (text.isPresent() && !choices.containsKey(text.get())) {
            map.problem(
                    key,
                    "one of "
                            + String.join(
                                    ", ", choices.keySet().stream().sorted().toList()),
                    '"' + text.get() + '"');
        }
        return text.map(t -> choices.getOrDefault(t, fallback)).orElse(fallback);
    }
}
