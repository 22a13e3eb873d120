package dev.tollgate.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.admission.Decision.Denied;
import dev.tollgate.admission.Decision.Reason;
import dev.tollgate.harness.ManualClock;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.policy.Weight;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecentDenialsTest {

    private final ManualClock clock = new ManualClock(1_000_000);
    private final RecentDenials recent = new RecentDenials(clock);

    private static Bucket rate(String field, boolean shared, boolean enforced) {
        return new Bucket.Rate(field, shared, enforced, 100, 100, 1000, 1);
    }

    private static Hold hold(String tenant, Bucket bucket, long estimate) {
        return new Hold("id", tenant, Duration.ofSeconds(60), List.of(Claim.of(bucket, estimate)));
    }

    private static Denied denied(Reason reason, long waitMillis) {
        return new Denied(reason, "l", Weight.TOKENS, 100, 0, waitMillis, Optional.empty(), "no");
    }

    private void remember(Hold hold, long waitMillis) {
        recent.remember(hold, 0, denied(Reason.RATE, waitMillis));
    }

    @Test
    void nothingIsKnownBeforeADenial() {
        assertEquals(Optional.empty(), recent.find(hold("acme", rate("r", false, true), 5)));
    }

    @ParameterizedTest
    @CsvSource({
        "50, 49, true",
        "50, 50, false",
        "5000, 99, true",
        "5000, 100, false",
        "1, 0, true",
        "1, 1, false",
        "0, 0, false"
    })
    void aDenialHoldsForItsWaitAndForAtMostATenthOfASecond(long waitMillis, long laterMillis, boolean holds) {
        Hold hold = hold("acme", rate("r", false, true), 5);
        remember(hold, waitMillis);
        clock.advance(laterMillis);
        assertEquals(holds, recent.find(hold).isPresent());
    }

    @ParameterizedTest
    @CsvSource({"5, true", "6, true", "1000, true", "4, false", "0, false"})
    void aDenialHoldsForCallsThatClaimNoLess(long estimate, boolean holds) {
        remember(hold("acme", rate("r", false, true), 5), 1_000);
        assertEquals(
                holds,
                recent.find(hold("acme", rate("r", false, true), estimate)).isPresent());
    }

    @Test
    void aDenialOfOneTenantIsNoOthers() {
        remember(hold("acme", rate("r", false, true), 5), 1_000);
        assertEquals(Optional.empty(), recent.find(hold("globex", rate("r", false, true), 5)));
    }

    @Test
    void aDenialOfASharedBucketIsEverybodys() {
        remember(hold("acme", rate("r", true, true), 5), 1_000);
        assertEquals(true, recent.find(hold("globex", rate("r", true, true), 5)).isPresent());
    }

    @Test
    void aDenialOfAnotherBucketIsNone() {
        remember(hold("acme", rate("r", false, true), 5), 1_000);
        assertEquals(Optional.empty(), recent.find(hold("acme", rate("other", false, true), 5)));
    }

    @Test
    void aLimitThatBecameAShadowDeniesNothing() {
        remember(hold("acme", rate("r", false, true), 5), 1_000);
        assertEquals(Optional.empty(), recent.find(hold("acme", rate("r", false, false), 5)));
    }

    @Test
    void aConcurrencyLimitCanFreeAtAnyMoment() {
        Hold hold = hold("acme", rate("r", false, true), 5);
        recent.remember(hold, 0, denied(Reason.CONCURRENCY, 1_000));
        assertEquals(Optional.empty(), recent.find(hold));
    }

    @Test
    void aClockThatGoesBackForgets() {
        Hold hold = hold("acme", rate("r", false, true), 5);
        remember(hold, 1_000);
        clock.advance(-1);
        assertEquals(Optional.empty(), recent.find(hold));
    }

    @Test
    void aLaterDenialReplacesTheFirst() {
        Hold hold = hold("acme", rate("r", false, true), 5);
        remember(hold, 10);
        clock.advance(5);
        remember(hold, 10);
        clock.advance(7);
        assertEquals(true, recent.find(hold).isPresent());
    }

    @Test
    void moreThanTenThousandBucketsAreNotRemembered() {
        for (int i = 0; i < 10_000; i++) {
            remember(hold("acme", rate("r" + i, false, true), 5), 100);
        }
        Hold more = hold("acme", rate("more", false, true), 5);
        remember(more, 100);
        assertEquals(Optional.empty(), recent.find(more));
        clock.advance(100);
        remember(more, 100);
        remember(more, 100);
        assertEquals(true, recent.find(more).isPresent(), "the old ones were forgotten");
    }
}
