package dev.tollgate.ledger;

import java.time.Duration;
import java.util.List;

/**
 * One reservation over several buckets, known by an id that its pod makes once and repeats on every retry.
 *
 * @param id {@code [A-Za-z0-9-]{1,64}}; never used again once it has ended
 * @param lease how long it is held without an extension, 1 ms to 35 days; after that the estimate is charged
 * @param claims at most {@link #MAX_CLAIMS}, each of another bucket; empty for a call that no limit guards
 * @param used counted when it is settled
 */
public record Hold(String id, String tenant, Duration lease, List<Claim> claims, Meter used) {

    /** Limits that one call can claim. */
    public static final int MAX_CLAIMS = 32;

    public Hold {
        claims = List.copyOf(claims);
        if (claims.size() > MAX_CLAIMS) {
            throw new IllegalArgumentException("expected at most 32 limits for one call, found " + claims.size());
        }
    }

    public Hold(String id, String tenant, Duration lease, List<Claim> claims) {
        this(id, tenant, lease, claims, Meter.NONE);
    }

    public Hold withClaims(List<Claim> changed) {
        return new Hold(id, tenant, lease, changed, used);
    }

    public Hold metered(Meter meter) {
        return new Hold(id, tenant, lease, claims, meter);
    }
}
