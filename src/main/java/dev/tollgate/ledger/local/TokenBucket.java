package dev.tollgate.ledger.local;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;

/** An integer token bucket: {@code level + rem / period} amounts as of {@code at}. */
final class TokenBucket implements Count {

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

    /** With what time has brought, under the limit as it is now, unless that is older than the one known. */
    @Override
    public Count at(Bucket bucket, long nowMillis) {
        Bucket.Rate given = (Bucket.Rate) bucket;
        TokenBucket copy = new TokenBucket(limit, at);
        copy.level = level;
        copy.rem = rem;
        copy.refill(nowMillis);
        if (given.version() > limit.version()) {
            copy.level = Math.max(-given.burst(), Math.min(given.burst(), copy.level + given.burst() - limit.burst()));
            copy.rem = 0;
            copy.limit = given;
        }
        return copy;
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

    @Override
    public long capacity() {
        return limit.burst();
    }

    @Override
    public long waitFor(long amount, long nowMillis) {
        return level >= amount ? -1 : ceilDiv((amount - level) * limit.periodMillis() - rem, limit.rate());
    }

    /** Shadow limits can go into debt by it, down to minus the burst. */
    @Override
    public void hold(long estimate) {
        level = Math.max(-limit.burst(), level - estimate);
    }

    @Override
    public void end(long estimate, long actual, State before) {
        long given = before == State.NONE ? 0 : estimate;
        level = Math.max(-limit.burst(), Math.min(limit.burst(), level + given - actual));
        rem = level == limit.burst() ? 0 : rem;
    }

    /** A rate's estimate stays taken. */
    @Override
    public void lapse(long estimate) {}

    @Override
    public Balance balance() {
        return new Balance.Rate(level, Math.max(0, waitFor(limit.burst(), at)));
    }

    @Override
    public boolean idle(long nowMillis) {
        TokenBucket now = (TokenBucket) at(limit, nowMillis);
        return now.level == limit.burst();
    }

    private static long ceilDiv(long a, long b) {
        return -Math.floorDiv(-a, b);
    }
}
