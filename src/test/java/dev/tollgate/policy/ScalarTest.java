package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.policy.PolicyException.Problem;
import java.io.StringReader;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class ScalarTest {

    private final List<Problem> problems = new ArrayList<>();

    private YamlMap map(String value) {
        String yaml = "key: \"" + value + "\"";
        return new YamlMap(
                new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(yaml)),
                "limits[0]",
                problems);
    }

    private String problem() {
        assertEquals(1, problems.size(), problems.toString());
        return problems.get(0).toString();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "200000, 200000",
        "200_000, 200000",
        "1e3, 1000",
        "1.0, 1",
        "4503599627370496, 4503599627370496",
        "+5, 5"
    })
    void aWholeNumberOfTokensIsTaken(String text, long amount) {
        assertEquals(Optional.of(amount), Scalar.amount(map(text), "key", Weight.TOKENS));
        assertEquals(List.of(), problems);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "0.5",
                "1.5",
                "4503599627370497",
                "1e16",
                "1e999999999",
                "1e-999999999",
                "ten",
                "0x10",
                "1 000",
                "1,000",
                "NaN",
                "Infinity",
                "_",
                "99999999999999999999999999"
            })
    void whatIsNoWholeNumberOfTokensIsAProblem(String text) {
        assertEquals(Optional.empty(), Scalar.amount(map(text), "key", Weight.TOKENS));
        assertEquals(
                "line 1: limits[0].key: expected a whole number from 1 to 2^52, found \"" + text + "\"", problem());
    }

    @ParameterizedTest
    @CsvSource({
        "500, 500000000",
        "0.000001, 1",
        "0.02, 20000",
        "12.345678, 12345678",
        "4503599627.370496, 4503599627370496",
        "1e2, 100000000",
        "1_000.50, 1000500000"
    })
    void dollarsBecomeMicroDollars(String text, long microUsd) {
        assertEquals(Optional.of(microUsd), Scalar.amount(map(text), "key", Weight.USD));
        assertEquals(List.of(), problems);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "0.0000001", "0.0000015", "4503599627.370497", "5 USD", "$5", "1e12"})
    void whatIsNoAmountOfDollarsIsAProblem(String text) {
        assertEquals(Optional.empty(), Scalar.amount(map(text), "key", Weight.USD));
        assertEquals(
                "line 1: limits[0].key: expected US dollars from 0.000001 to 4503599627.370496, found \"" + text + "\"",
                problem());
    }

    @ParameterizedTest
    @CsvSource({
        "1ms, 1",
        "500ms, 500",
        "30s, 30000",
        "1m, 60000",
        "24h, 86400000",
        "31d, 2678400000",
        "744h, 2678400000"
    })
    void aDurationHasOneUnit(String text, long millis) {
        assertEquals(Optional.of(Duration.ofMillis(millis)), Scalar.duration(map(text), "key"));
        assertEquals(List.of(), problems);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0s",
                "0ms",
                "32d",
                "745h",
                "1",
                "s",
                "1 m",
                "1M",
                "1w",
                "-1s",
                "1.5s",
                "PT1M",
                "1m30s",
                "9999999999s"
            })
    void whatIsNoDurationIsAProblem(String text) {
        assertEquals(Optional.empty(), Scalar.duration(map(text), "key"));
        assertEquals(
                "line 1: limits[0].key: expected a duration from 1ms to 31d such as 30s, 1m, 24h, found \"" + text
                        + "\"",
                problem());
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Z", "Europe/Vienna", "America/New_York", "+02:00", "Asia/Kathmandu"})
    void aTimeZoneIsTakenByItsName(String text) {
        assertEquals(Optional.of(ZoneId.of(text)), Scalar.zone(map(text), "key"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Vienna", "CETT", "Europe/Wien", "+25:00", "europe/vienna"})
    void whatIsNoTimeZoneIsAProblem(String text) {
        assertEquals(Optional.empty(), Scalar.zone(map(text), "key"));
        assertEquals(
                "line 1: limits[0].key: expected a time zone such as UTC or Europe/Vienna, found \"" + text + "\"",
                problem());
    }

    @Test
    void anAbsentKeyIsNoProblem() {
        assertEquals(Optional.empty(), Scalar.amount(map("5"), "other", Weight.TOKENS));
        assertEquals(Optional.empty(), Scalar.duration(map("5"), "other"));
        assertEquals(Optional.empty(), Scalar.zone(map("5"), "other"));
        assertEquals(7, Scalar.choice(map("5"), "other", Map.of("a", 1), 7));
        assertEquals(List.of(), problems);
    }

    @Test
    void aChoiceIsOneOfItsWords() {
        assertEquals(1, Scalar.choice(map("a"), "key", Map.of("a", 1, "b", 2), 7));
        assertEquals(List.of(), problems);
    }

    @Test
    void anotherWordIsAProblemThatListsThem() {
        assertEquals(7, Scalar.choice(map("c"), "key", Map.of("b", 2, "a", 1), 7));
        assertEquals("line 1: limits[0].key: expected one of a, b, found \"c\"", problem());
    }
}
