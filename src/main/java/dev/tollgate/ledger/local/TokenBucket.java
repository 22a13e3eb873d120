package dev.tollgate.ledger.local;

import dev.tollgate.ledger.Bucket;

/** An integer token bucket: {@code level + rem / period} amounts as of {@code at}. */
final class TokenBucket {

    private static final long CLOCK_JUMP_MILLIS = 5000;

    private Bucket.Rate limit;
    private long level;
    private long rem;
    private long at;

    TokenBucket(Bucket.Rate limit, long now) {
        this.limit = limit;
        this.level = limit.burst();
        this.at = now;
    }

    TokenBucket(TokenBucket other) {
        this.limit = other.limit;
        this.level = other.level;
        this.rem = other.rem;
        this.at = other.at;
    }

    long level() {
        return level;
    }

    long burst() {
        return limit.burst();
    }

    /** Adds what time has brought, then takes over the limit as it is now, unless that is older than the one known. */
    void refill(Bucket.Rate given, long now) {
        refill(now);
        if (given.version() > limit.version()) {
            level = Math.max(-given.burst(), Math.min(given.burst(), level + given.burst() - limit.burst()));
            rem = 0;
            limit = given;
        }
    }

    private void refill(long now) {
        long elapsed = now - at;
        if (elapsed < 0) {
            at = elapsed < -CLOCK_JUMP_MILLIS ? now : at;
            return;
        }
        long missing = (limit.burst() - level) * limit.periodMillis() - rem;
        if (elapsed >= ceilDiv(missing, limit.rate())) {
            level = limit.burst();
            rem = 0;
        } else {
            long added = elapsed * limit.rate() + rem;
            level += added / limit.periodMillis();
            rem = added % limit.periodMillis();
        }
        at = now;
    }

    /** Adds or takes; never above the burst nor deeper in debt than the burst. */
    void add(long amount) {
        level = Math.max(-limit.burst(), Math.min(limit.burst(), level + amount));
        if (amount >= 0 && level == limit.burst()) {
            rem = 0;
        }
    }

    /** Milliseconds until the amount is there, or -1 where it is. */
    long waitFor(long amount) {
        return level >= amount ? -1 : ceilDiv((amount - level) * limit.periodMillis() - rem, limit.rate());
    }

    private static long ceilDiv(long a, long b) {
        return -Math.floorDiv(-a, b);
    }
}
