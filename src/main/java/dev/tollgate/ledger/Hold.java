package dev.tollgate.ledger;

import java.time.Duration;
import java.util.List;

/**
 * One reservation over several buckets, known by an id that its pod makes once and repeats on every retry.
 *
 * @param id {@code [A-Za-z0-9-]{1,64}}
 * @param lease how long it is held without an extension; after that the estimate is charged
 */
public record Hold(String id, String tenant, Duration lease, List<Claim> claims) {
    public Hold {
        claims = List.copyOf(claims);
    }

    public Hold withClaims(List<Claim> changed) {
        return new Hold(id, tenant, lease, changed);
    }
}
