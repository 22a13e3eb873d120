package dev.tollgate.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BalanceTest {

    @ParameterizedTest
    @CsvSource({"100, 100, 0, 100", "100, 30, 70, 30", "100, 0, 100, 0", "100, -50, 150, 0", "0, 0, 0, 0"})
    void aRateHasUsedWhatIsMissingAndADebtLeavesNothing(long capacity, long level, long used, long remaining) {
        Balance balance = new Balance.Rate(level, 9);
        assertEquals(used, balance.used(capacity));
        assertEquals(remaining, balance.remaining(capacity));
        assertEquals(0, balance.held());
        assertEquals(9, balance.fullAfterMillis());
    }

    @ParameterizedTest
    @CsvSource({
        "100, 0, 0, 100",
        "100, 30, 20, 50",
        "100, 100, 0, 0",
        "100, 0, 100, 0",
        "100, 130, 0, 0",
        "100, 90, 20, 0",
        "4503599627370496, 4503599627370496, 4503599627370496, 0"
    })
    void aBudgetHasLeftWhatIsNeitherUsedNorHeld(long capacity, long used, long held, long remaining) {
        Balance balance = new Balance.Budget(used, held);
        assertEquals(used, balance.used(capacity));
        assertEquals(held, balance.held());
        assertEquals(remaining, balance.remaining(capacity));
        assertEquals(0, balance.fullAfterMillis());
    }

    @ParameterizedTest
    @CsvSource({"10, 0, 10", "10, 4, 6", "10, 10, 0", "10, 12, 0", "0, 0, 0"})
    void aConcurrencyLimitUsesNothingUp(long capacity, long held, long remaining) {
        Balance balance = new Balance.Concurrency(held);
        assertEquals(0, balance.used(capacity));
        assertEquals(held, balance.held());
        assertEquals(remaining, balance.remaining(capacity));
        assertEquals(0, balance.fullAfterMillis());
    }
}
