package dev.tollgate.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.admission.Decision.Denied;
import dev.tollgate.admission.Decision.Reason;
import dev.tollgate.harness.ManualClock;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.policy.Weight;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HotDenialTest {

    private static final long ANSWER_MILLIS = 5;

    private final ManualClock clock = new ManualClock(1_000_000);
    private final RecentDenials recent = new RecentDenials(clock);
    private final Hold hold = hold(5);

    private static Hold hold(long estimate) {
        Bucket bucket = new Bucket.Rate("r", false, true, 100, 100, 1000, 1);
        return new Hold("id", "acme", Duration.ofSeconds(60), List.of(Claim.of(bucket, estimate)));
    }

    private void denied(long waitMillis) {
        Denied denied = new Denied(Reason.RATE, "l", Weight.TOKENS, 100, 0, waitMillis, Optional.empty(), "no");
        recent.remember(hold, 0, denied);
    }

    private boolean asks() {
        return recent.find(hold).isEmpty();
    }

    @Test
    void aHotLimitCostsTheLedgerAtMostTwentyRunsASecond() {
        Deque<Long> askedAt = new ArrayDeque<>();
        int asked = 0;
        denied(3_600_000);
        for (int millis = 0; millis < 10_000; millis++) {
            while (!askedAt.isEmpty() && askedAt.peek() + ANSWER_MILLIS <= millis) {
                askedAt.remove();
                denied(3_600_000);
            }
            for (int call = 0; call < 50; call++) {
                if (asks()) {
                    asked++;
                    askedAt.add((long) millis);
                }
            }
            clock.advance(1);
        }
        assertTrue(asked <= 200, "expected at most 200 runs in ten seconds, found " + asked);
        assertTrue(asked >= 90, "expected a question each tenth of a second, found " + asked);
    }

    @Test
    void oneCallAsksAgainAndTheOthersAreDeniedMeanwhile() {
        denied(5_000);
        clock.advance(100);

        assertTrue(asks());
        assertFalse(asks());
        clock.advance(99);
        assertFalse(asks());
    }

    @Test
    void everyCallAsksIfTheLedgerDoesNotAnswer() {
        denied(5_000);
        clock.advance(100);
        assertTrue(asks());

        clock.advance(100);

        assertTrue(asks());
        assertTrue(asks());
    }

    @Test
    void everyCallAsksOnceTheLimitFrees() {
        denied(180);
        clock.advance(100);

        assertTrue(asks());
        assertTrue(asks());
    }

    @Test
    void nobodyIsDeniedFromMemoryOnceTheLedgerAdmitted() {
        denied(5_000);
        clock.advance(100);
        assertTrue(asks());

        recent.forget(hold);

        assertTrue(asks());
    }

    @Test
    void aSmallerCallThatIsAdmittedSaysNothingOfLargerOnes() {
        denied(5_000);

        recent.forget(hold(4));

        assertFalse(asks());
        assertEquals(Optional.empty(), recent.find(hold(4)));
    }
}
