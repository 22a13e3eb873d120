package dev.tollgate.ledger;

/**
 * What one call claims of one bucket.
 *
 * @param estimate amount reserved at admit
 * @param actual amount used, 0 until it is known
 */
public record Claim(Bucket bucket, long estimate, long actual) {
    public Claim {
        if (estimate < 0 || estimate > Bucket.MAX_AMOUNT || actual < 0 || actual > Bucket.MAX_AMOUNT) {
            throw new IllegalArgumentException(
                    "expected amounts from 0 to 2^52, found " + estimate + " and " + actual + " for " + bucket.field());
        }
    }

    public static Claim of(Bucket bucket, long estimate) {
        return new Claim(bucket, estimate, 0);
    }

    public Claim withActual(long used) {
        return new Claim(bucket, estimate, Math.max(0, Math.min(used, Bucket.MAX_AMOUNT)));
    }
}
