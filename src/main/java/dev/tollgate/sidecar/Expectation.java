package dev.tollgate.sidecar;

import dev.tollgate.tenant.Caller;
import io.quarkus.runtime.configuration.DurationConverter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a setting's value must be.
 *
 * @param text completes "expected ..."
 * @param required false if an empty value counts as none
 */
record Expectation(String text, boolean required, Predicate<String> met) {

    private static final String LONGEST = "31d";
    // Its value is percent-encoded, and what it stands for is printable: no line break becomes a header of its own.
    private static final Pattern HEADER = Pattern.compile(
            "[!#$%&'*+.^_`|~0-9A-Za-z-]+ *=([\\x20-\\x24\\x26-\\x7e]|%[2-6][0-9A-Fa-f]|%7[0-9A-Ea-e])*");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern ROLE =
            Pattern.compile("arn:aws(-[a-z-]{1,20})?:iam::\\d{12}:role/[A-Za-z0-9_+=,.@/-]{1,576}");

    /** Empty if the value meets it. */
    Optional<String> unmet(String value) {
        if (value.isBlank()) {
            return required ? Optional.of(text) : Optional.empty();
        }
        return met.test(value.strip()) ? Optional.empty() : Optional.of(text);
    }

    /** The same, and an empty value is none that it takes. */
    Expectation needed() {
        return new Expectation(text, true, met);
    }

    /** The same, and an empty value counts as none. */
    Expectation orNone() {
        return new Expectation(text, false, met);
    }

    static Expectation port() {
        return new Expectation("a port from 1 to 65535", true, value -> whole(value, 1, 65_535));
    }

    static Expectation count(long least, long most) {
        return new Expectation(
                "a whole number from " + least + " to " + most, true, value -> whole(value, least, most));
    }

    private static boolean whole(String value, long least, long most) {
        try {
            long number = Long.parseLong(value);
            return number >= least && number <= most;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    static Expectation duration() {
        return duration(1);
    }

    static Expectation duration(long leastMillis) {
        return duration(leastMillis, LONGEST);
    }

    /** @param most as a setting has it, in days, hours or seconds */
    static Expectation duration(long leastMillis, String most) {
        Duration longest = DurationConverter.parseDuration(most);
        String text = "a duration from " + leastMillis + "ms to " + most + " such as 250ms, 30s, 5m";
        return new Expectation(text, true, value -> {
            try {
                Duration duration = DurationConverter.parseDuration(value);
                return duration.toMillis() >= leastMillis && duration.compareTo(longest) <= 0;
            } catch (IllegalArgumentException | ArithmeticException e) {
                return false;
            }
        });
    }

    static Expectation oneOf(String... choices) {
        return new Expectation("one of " + String.join(", ", choices), true, value -> Arrays.asList(choices)
                .contains(value));
    }

    /** @param example shows the scheme */
    static Expectation url(String example, String... schemes) {
        return new Expectation("a URL such as " + example, false, value -> isUrl(value, schemes));
    }

    /** A server, whose calls have paths of their own. */
    static Expectation server(String example) {
        return new Expectation(
                "a URL without a path such as " + example,
                false,
                value -> isUrl(
                        value,
                        uri -> (uri.getPath().isEmpty() || uri.getPath().equals("/"))
                                && uri.getQuery() == null
                                && uri.getFragment() == null
                                && uri.getUserInfo() == null,
                        "https",
                        "http"));
    }

    /** Several URLs name the members of a cluster; a path is a database's number. */
    static Expectation redis() {
        return new Expectation("a URL such as redis://host:6379, or rediss:// for TLS", true, value -> Arrays.stream(
                        value.split(",", -1))
                .allMatch(v -> isUrl(v.strip(), uri -> uri.getPath().matches("(/\\d{0,5})?"), "redis", "rediss")));
    }

    private static boolean isUrl(String value, String... schemes) {
        return isUrl(value, uri -> true, schemes);
    }

    private static boolean isUrl(String value, Predicate<URI> met, String... schemes) {
        try {
            URI uri = new URI(value);
            return uri.getHost() != null
                    && uri.getPort() != 0
                    && uri.getPort() <= 65_535
                    && List.of(schemes).contains(uri.getScheme())
                    && met.test(uri);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    static Expectation region() {
        return new Expectation("a region such as us-east-1", false, value -> LABEL.matcher(value)
                .matches());
    }

    static Expectation file(String what) {
        return new Expectation(what + " that can be read", false, value -> path(value, Files::isReadable));
    }

    static Expectation newFile() {
        return new Expectation(
                "a file in a folder that can be written to",
                false,
                value -> path(value, file -> {
                    Path folder = file.toAbsolutePath().getParent();
                    return Files.isDirectory(file)
                            ? false
                            : Files.exists(file)
                                    ? Files.isWritable(file)
                                    : folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
                }));
    }

    private static boolean path(String value, Predicate<Path> met) {
        try {
            return met.test(Path.of(value));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    static Expectation name() {
        return new Expectation("1 to 128 printable characters", false, Caller::legal);
    }

    static Expectation names() {
        return new Expectation(
                "names of 1 to 128 printable characters with a comma between two",
                false,
                value -> Arrays.stream(value.split(",", -1)).map(String::strip).allMatch(Caller::legal));
    }

    static Expectation role() {
        return new Expectation(
                "a role's ARN such as arn:aws:iam::111122223333:role/tollgate-tenant",
                false,
                value -> ROLE.matcher(value).matches());
    }

    static Expectation token() {
        return new Expectation(
                "16 to 512 visible ASCII characters", false, value -> value.matches("[\\x21-\\x7e]{16,512}"));
    }

    static Expectation headers() {
        return new Expectation("headers such as name=value with a comma between two", false, value -> Arrays.stream(
                        value.split(",", -1))
                .allMatch(pair -> HEADER.matcher(pair.strip()).matches()));
    }

    static Expectation key() {
        return new Expectation("a key of visible ASCII characters", false, value -> value.matches("[\\x21-\\x7e]+"));
    }
}
