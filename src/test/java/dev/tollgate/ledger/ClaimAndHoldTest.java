package dev.tollgate.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimAndHoldTest {

    private static final Bucket BUSY = new Bucket.Concurrency("busy", true, true, 5);
    private static final Duration LEASE = Duration.ofSeconds(60);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4503599627370496L})
    void aClaimTakesAmountsUpToWhatTheLedgerKeeps(long amount) {
        assertEquals(amount, Claim.of(BUSY, amount).estimate());
        assertEquals(0, Claim.of(BUSY, amount).actual());
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, -1", "4503599627370497, 0", "0, 4503599627370497"})
    void aClaimBeyondItsBoundsIsRefused(long estimate, long actual) {
        assertThrows(IllegalArgumentException.class, () -> new Claim(BUSY, estimate, actual));
    }

    @ParameterizedTest
    @CsvSource({
        "-9223372036854775808, 0",
        "-1, 0",
        "0, 0",
        "7, 7",
        "4503599627370496, 4503599627370496",
        "4503599627370497, 4503599627370496",
        "9223372036854775807, 4503599627370496"
    })
    void whatWasUsedIsCutToTheBounds(long used, long actual) {
        Claim claim = Claim.of(BUSY, 3).withActual(used);
        assertEquals(new Claim(BUSY, 3, actual), claim);
    }

    @Test
    void aHoldTakesAsManyClaimsAsOneCallMayHave() {
        List<Claim> claims = Collections.nCopies(Hold.MAX_CLAIMS, Claim.of(BUSY, 1));
        assertEquals(32, new Hold("id", "acme", LEASE, claims).claims().size());
    }

    @Test
    void aHoldOfOneClaimMoreIsRefused() {
        List<Claim> claims = Collections.nCopies(Hold.MAX_CLAIMS + 1, Claim.of(BUSY, 1));
        assertThrows(IllegalArgumentException.class, () -> new Hold("id", "acme", LEASE, claims));
    }

    @Test
    void aHoldDoesNotChangeWithTheListItWasMadeOf() {
        List<Claim> claims = new ArrayList<>(List.of(Claim.of(BUSY, 1)));
        Hold hold = new Hold("id", "acme", LEASE, claims);
        claims.clear();
        assertEquals(1, hold.claims().size());
    }

    @Test
    void otherClaimsLeaveIdTenantAndLease() {
        Hold hold = new Hold("id", "acme", LEASE, List.of(Claim.of(BUSY, 1)));
        assertEquals(new Hold("id", "acme", LEASE, List.of()), hold.withClaims(List.of()));
    }
}
