package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightTest {

    @ParameterizedTest
    @CsvSource({
        "TOKENS, 1000, 200, 77, 5, 1200",
        "QUOTA_TOKENS, 1000, 200, 77, 5, 2000",
        "QUOTA_TOKENS, 1000, 200, 77, 1, 1200",
        "INPUT_TOKENS, 1000, 200, 77, 5, 1000",
        "OUTPUT_TOKENS, 1000, 200, 77, 5, 200",
        "REQUESTS, 1000, 200, 77, 5, 1",
        "USD, 1000, 200, 77, 5, 77",
        "TOKENS, 0, 0, 0, 1, 0",
        "REQUESTS, 0, 0, 0, 1, 1",
        "USD, 0, 0, 0, 1, 0"
    })
    void aCallCountsWhatTheWeightSays(
            Weight weight, long input, long output, long microUsd, int burndown, long amount) {
        assertEquals(amount, weight.amount(input, output, microUsd, burndown));
    }

    @ParameterizedTest
    @EnumSource(Weight.class)
    void theLargestUsageDoesNotOverflow(Weight weight) {
        long most = 1L << 52;
        long amount = weight.amount(most, most, most, 100);
        assertEquals(true, amount > 0, weight + " " + amount);
    }

    @ParameterizedTest
    @EnumSource(Weight.class)
    void aWeightIsFoundByItsLabel(Weight weight) {
        assertEquals(Optional.of(weight), Weight.of(weight.label()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Tokens", "TOKENS", "token", "quota_tokens", " usd", "eur"})
    void whatIsNoLabelIsNoWeight(String label) {
        assertEquals(Optional.empty(), Weight.of(label));
    }

    @Test
    void theLabelsArePinned() {
        assertEquals(
                List.of("tokens", "quota-tokens", "input-tokens", "output-tokens", "requests", "usd"), Weight.labels());
    }

    @Test
    void theLabelsOfDimensionsArePinned() {
        assertEquals(
                List.of("tenant", "model", "application", "cost-center", "environment", "user"), Dimension.labels());
    }

    @ParameterizedTest
    @EnumSource(Dimension.class)
    void aDimensionIsFoundByItsLabel(Dimension dimension) {
        assertEquals(Optional.of(dimension), Dimension.of(dimension.label()));
    }

    @Test
    void theLabelsOfPeriodsArePinned() {
        assertEquals(List.of("hour", "day", "week", "month"), Period.labels());
    }
}
