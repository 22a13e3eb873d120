package dev.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final Instant NOON = Instant.EPOCH.plus(Duration.ofHours(12));

    private static Optional<Instant> end(long used, long limit, Instant now) {
        return Pace.exhaustedAt(SelectionTest.limit("day", "acme", used, limit), now);
    }

    @Test
    void aBudgetEndsWhenTheRestIsUsedAsFastAsTheFirstPart() {
        assertEquals(Optional.of(Instant.EPOCH.plus(Duration.ofHours(16))), end(75, 100, NOON));
    }

    @Test
    void aBudgetThatLastsHasNoEnd() {
        assertEquals(Optional.empty(), end(50, 100, NOON), "just as long as the period");
        assertEquals(Optional.empty(), end(10, 100, NOON));
        assertEquals(Optional.empty(), end(0, 100, NOON));
    }

    @Test
    void aBudgetThatIsUsedUpHasNoEndAhead() {
        assertEquals(Optional.empty(), end(100, 100, NOON));
        assertEquals(Optional.empty(), end(150, 100, NOON));
        assertEquals(Optional.empty(), end(0, 0, NOON));
    }

    @Test
    void theFirstMinuteSaysNothing() {
        assertEquals(Optional.empty(), end(90, 100, Instant.EPOCH.plusSeconds(59)));
        assertEquals(Optional.empty(), end(90, 100, Instant.EPOCH), "nor its beginning");
    }

    @Test
    void thelargestAmountsDoNotOverflow() {
        long most = 1L << 52;
        assertEquals(Optional.of(NOON), end(most - 1, most, NOON));
        assertEquals(Optional.empty(), end(1, most, NOON));
    }
}
