package dev.tollgate.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BucketTest {

    private static final long MAX = Bucket.MAX_AMOUNT;

    private static Bucket.Rate rate(long burst, long rate, long period) {
        return new Bucket.Rate("tpm:tokens", false, true, burst, rate, period, 1);
    }

    private static Bucket.Budget budget(long limit, long start, long end, long keep) {
        return new Bucket.Budget("day:usd", false, true, limit, start, end, keep);
    }

    private static Bucket.Concurrency concurrency(long limit) {
        return new Bucket.Concurrency("busy", true, true, limit);
    }

    static Stream<Bucket> kinds() {
        return Stream.of(rate(10, 5, 1000), budget(10, 0, 1000, 2000), concurrency(10));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "2251799813685248, 1, 1",
        "1, 4503599627370496, 1",
        "1, 1, 2251799813685248",
        "37529996894, 200000, 60000",
        "300000, 200000, 60000"
    })
    void aRateTakesEveryNumberWithinItsBounds(long burst, long rate, long period) {
        assertEquals(
                new Bucket.Terms(burst, rate, period, 1),
                rate(burst, rate, period).terms());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1",
        "-1, 1, 1",
        "1, 0, 1",
        "1, -1, 1",
        "1, 1, 0",
        "1, 1, -1",
        "2251799813685249, 1, 1",
        "1, 4503599627370497, 1",
        "1, 1, 2251799813685249",
        "37529996895, 200000, 60000",
        "9223372036854775807, 1, 9223372036854775807"
    })
    void aRateBeyondWhatTheLedgerKeepsExactlyIsRefused(long burst, long rate, long period) {
        assertThrows(IllegalArgumentException.class, () -> rate(burst, rate, period));
    }

    @Test
    void aRateOfANegativeVersionIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Bucket.Rate("f", false, true, 1, 1, 1, -1));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 1, 1",
        "4503599627370496, 0, 1, 1",
        "1, 5, 6, 6",
        "1, 0, 9223372036854775807, 9223372036854775807"
    })
    void aBudgetTakesEveryNumberWithinItsBounds(long limit, long start, long end, long keep) {
        assertEquals(
                new Bucket.Terms(limit, start, end, keep),
                budget(limit, start, end, keep).terms());
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, 1, 1", "4503599627370497, 0, 1, 1", "1, -1, 1, 1", "1, 1, 1, 1", "1, 2, 1, 1", "1, 0, 2, 1"})
    void aBudgetWhosePeriodOrAmountIsNoneIsRefused(long limit, long start, long end, long keep) {
        assertThrows(IllegalArgumentException.class, () -> budget(limit, start, end, keep));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4503599627370496L})
    void aConcurrencyLimitTakesEveryNumberWithinItsBounds(long limit) {
        assertEquals(limit, concurrency(limit).capacity());
        assertEquals(new Bucket.Terms(limit, 0, 0, 0), concurrency(limit).terms());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 4503599627370497L, Long.MIN_VALUE, Long.MAX_VALUE})
    void aConcurrencyLimitBeyondItsBoundsIsRefused(long limit) {
        assertThrows(IllegalArgumentException.class, () -> concurrency(limit));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 513, 10_000})
    void aFieldThatIsEmptyOrTooLongIsRefused(int length) {
        String field = "x".repeat(length);
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new Bucket.Concurrency(field, true, true, 1));
        assertTrue(e.getMessage().contains("found " + length), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 512})
    void aFieldOfTheShortestAndLongestLengthIsTaken(int length) {
        assertEquals(
                length,
                new Bucket.Concurrency("x".repeat(length), true, true, 1)
                        .field()
                        .length());
    }

    @Test
    void theMessageOfAWrongNumberNamesTheField() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> rate(0, 1, 1));
        assertTrue(e.getMessage().contains("tpm:tokens"), e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aBucketEqualsItselfAndNoOtherKind(Bucket bucket) {
        assertEquals(bucket, bucket);
        kinds().filter(other -> other.kind() != bucket.kind()).forEach(other -> assertNotEquals(bucket, other));
        assertNotEquals(bucket, bucket.field());
    }

    @Test
    void ratesThatDifferInOnePartAreNotEqual() {
        Bucket.Rate rate = new Bucket.Rate("f", false, true, 5, 6, 7, 8);
        assertEquals(rate, new Bucket.Rate("f", false, true, 5, 6, 7, 8));
        assertEquals(rate.hashCode(), new Bucket.Rate("f", false, true, 5, 6, 7, 8).hashCode());
        for (Bucket.Rate other : List.of(
                new Bucket.Rate("g", false, true, 5, 6, 7, 8),
                new Bucket.Rate("f", true, true, 5, 6, 7, 8),
                new Bucket.Rate("f", false, false, 5, 6, 7, 8),
                new Bucket.Rate("f", false, true, 4, 6, 7, 8),
                new Bucket.Rate("f", false, true, 5, 5, 7, 8),
                new Bucket.Rate("f", false, true, 5, 6, 6, 8),
                new Bucket.Rate("f", false, true, 5, 6, 7, 7))) {
            assertNotEquals(rate, other);
        }
    }

    @Test
    void budgetsThatDifferInOnePartAreNotEqual() {
        Bucket.Budget budget = new Bucket.Budget("f", false, true, 5, 6, 7, 8);
        assertEquals(budget, new Bucket.Budget("f", false, true, 5, 6, 7, 8));
        assertEquals(budget.hashCode(), new Bucket.Budget("f", false, true, 5, 6, 7, 8).hashCode());
        for (Bucket.Budget other : List.of(
                new Bucket.Budget("g", false, true, 5, 6, 7, 8),
                new Bucket.Budget("f", true, true, 5, 6, 7, 8),
                new Bucket.Budget("f", false, false, 5, 6, 7, 8),
                new Bucket.Budget("f", false, true, 4, 6, 7, 8),
                new Bucket.Budget("f", false, true, 5, 5, 7, 8),
                new Bucket.Budget("f", false, true, 5, 6, 8, 8),
                new Bucket.Budget("f", false, true, 5, 6, 7, 9))) {
            assertNotEquals(budget, other);
        }
    }

    @Test
    void concurrencyLimitsThatDifferInOnePartAreNotEqual() {
        Bucket.Concurrency busy = new Bucket.Concurrency("f", false, true, 5);
        assertEquals(busy, new Bucket.Concurrency("f", false, true, 5));
        assertEquals(busy.hashCode(), new Bucket.Concurrency("f", false, true, 5).hashCode());
        for (Bucket.Concurrency other : List.of(
                new Bucket.Concurrency("g", false, true, 5),
                new Bucket.Concurrency("f", true, true, 5),
                new Bucket.Concurrency("f", false, false, 5),
                new Bucket.Concurrency("f", false, true, 4))) {
            assertNotEquals(busy, other);
        }
    }

    @Test
    void theNumbersOfKindsAreAsStored() {
        assertEquals(0, Bucket.Kind.RATE.number());
        assertEquals(1, Bucket.Kind.BUDGET.number());
        assertEquals(2, Bucket.Kind.CONCURRENCY.number());
    }

    @Test
    void aSharedBucketHasNoOwner() {
        assertEquals(new BucketKey("", "busy"), concurrency(1).key("acme"));
    }

    @Test
    void aTenantsBucketIsItsOwn() {
        assertEquals(new BucketKey("acme", "tpm:tokens"), rate(1, 1, 1).key("acme"));
        assertNotEquals(rate(1, 1, 1).key("acme"), rate(1, 1, 1).key("globex"));
    }

    @Test
    void aRateResetsWhenItIsFull() {
        Bucket rate = rate(10, 5, 1000);
        assertEquals(1_700, rate.resetsAtMillis(1_000, rate.balance(3, 700)));
        assertEquals(1_000, rate.resetsAtMillis(1_000, rate.balance(10, 0)));
    }

    @Test
    void aBudgetResetsAtItsEndWhateverIsUsed() {
        Bucket budget = budget(10, 0, 5_000, 9_000);
        assertEquals(5_000, budget.resetsAtMillis(1_000, budget.balance(3, 4)));
        assertEquals(5_000, budget.resetsAtMillis(7_000, budget.balance(0, 0)));
    }

    @Test
    void noTimeSaysWhenAConcurrencyLimitIsFree() {
        Bucket busy = concurrency(10);
        assertEquals(0, busy.resetsAtMillis(1_000, busy.balance(0, 4)));
    }

    @Test
    void theLedgersTwoNumbersMeanWhatTheKindSays() {
        assertEquals(new Balance.Rate(3, 4), rate(10, 5, 1000).balance(3, 4));
        assertEquals(new Balance.Budget(3, 4), budget(10, 0, 1, 1).balance(3, 4));
        assertEquals(new Balance.Concurrency(4), concurrency(10).balance(3, 4));
    }

    @Test
    void noPodHasAPartOfABudget() {
        assertEquals(Optional.empty(), budget(1_000_000, 0, 1, 1).part(PodShare.ALONE, 7));
    }

    @Test
    void theOnlyPodsPartIsTheWholeLimit() {
        assertEquals(
                Optional.of(new Bucket.Rate("tpm:tokens", false, true, 10, 5, 1000, 7)),
                rate(10, 5, 1000).part(PodShare.ALONE, 7));
        assertEquals(Optional.of(concurrency(10)), concurrency(10).part(PodShare.ALONE, 7));
    }

    @Test
    void morePodsThanTheLimitLeaveSomeWithNothing() {
        long parts = Stream.iterate(0, r -> r + 1)
                .limit(7)
                .filter(r -> concurrency(3).part(new PodShare(7, r), 1).isPresent())
                .count();
        assertEquals(3, parts);
        assertEquals(Optional.empty(), concurrency(3).part(new PodShare(7, -1), 1));
        assertEquals(Optional.empty(), rate(3, 1, 1000).part(new PodShare(7, -1), 1));
    }

    @Test
    void thePartsOfAllPodsAddUpToTheLimitAndNeverRefillFaster() {
        Random random = new Random(11);
        for (int i = 0; i < 2_000; i++) {
            int pods = 1 + random.nextInt(50);
            long period = 1 + random.nextInt(100_000);
            long burst = 1 + (long) (random.nextDouble() * Math.min(1_000_000, MAX / 2 / period - 1));
            long perPeriod = 1 + random.nextInt(1_000_000);
            Bucket.Rate whole = rate(burst, perPeriod, period);
            long sum = 0;
            double speed = 0;
            for (int rank = 0; rank < pods; rank++) {
                Optional<Bucket> part = whole.part(new PodShare(pods, rank), 3);
                if (part.isPresent()) {
                    Bucket.Rate share = (Bucket.Rate) part.get();
                    sum += share.burst();
                    speed += share.rate() / (double) share.periodMillis();
                    assertEquals(3, share.version());
                }
            }
            assertEquals(burst, sum, pods + " pods of " + whole);
            assertTrue(speed <= perPeriod / (double) period * 1.000001, pods + " pods of " + whole + ": " + speed);
        }
    }
}
