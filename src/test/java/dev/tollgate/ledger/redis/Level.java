package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Bucket;
import java.math.BigInteger;

/** A rate's level as a fraction: scaled / period. */
record Level(BigInteger scaled, long at, long version, long burst, long rate, long period) {

    static Level full(Bucket.Rate rate, long now) {
        return new Level(
                BigInteger.valueOf(rate.burst()).multiply(BigInteger.valueOf(rate.periodMillis())),
                now,
                rate.version(),
                rate.burst(),
                rate.rate(),
                rate.periodMillis());
    }

    BigInteger floor() {
        BigInteger[] parts = scaled.divideAndRemainder(BigInteger.valueOf(period));
        return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    BigInteger remainder() {
        return scaled.subtract(floor().multiply(BigInteger.valueOf(period)));
    }

    private Level with(BigInteger level, BigInteger rest) {
        return new Level(level.multiply(BigInteger.valueOf(period)).add(rest), at, version, burst, rate, period);
    }

    Level now(long now) {
        if (now < at) {
            return new Level(scaled, now < at - 5000 ? now : at, version, burst, rate, period);
        }
        BigInteger full = BigInteger.valueOf(burst).multiply(BigInteger.valueOf(period));
        BigInteger grown = scaled.add(BigInteger.valueOf(now - at).multiply(BigInteger.valueOf(rate)));
        return new Level(grown.min(full), now, version, burst, rate, period);
    }

    Level under(Bucket.Rate given) {
        if (given.version() <= version) {
            return this;
        }
        BigInteger moved = floor().add(BigInteger.valueOf(given.burst() - burst));
        Level changed =
                new Level(BigInteger.ZERO, at, given.version(), given.burst(), given.rate(), given.periodMillis());
        return changed.with(changed.clamp(moved), BigInteger.ZERO);
    }

    private BigInteger clamp(BigInteger level) {
        return level.max(BigInteger.valueOf(-burst)).min(BigInteger.valueOf(burst));
    }

    Level add(long amount) {
        return with(floor().add(BigInteger.valueOf(amount)).max(BigInteger.valueOf(-burst)), remainder());
    }

    /** Of a settlement: a full bucket has no rest. */
    Level end(long amount) {
        BigInteger level = clamp(floor().add(BigInteger.valueOf(amount)));
        return with(level, level.equals(BigInteger.valueOf(burst)) ? BigInteger.ZERO : remainder());
    }

    long until(long amount) {
        BigInteger missing =
                BigInteger.valueOf(amount).multiply(BigInteger.valueOf(period)).subtract(scaled);
        BigInteger[] parts = missing.divideAndRemainder(BigInteger.valueOf(rate));
        return parts[0].longValue() + (parts[1].signum() > 0 ? 1 : 0);
    }

    @Override
    public String toString() {
        return floor() + "," + remainder() + "," + at + "," + version + "," + burst + "," + rate + "," + period;
    }
}
