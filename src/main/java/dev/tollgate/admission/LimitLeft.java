package dev.tollgate.admission;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Weight;
import java.time.Instant;
import java.util.Optional;

/**
 * What one call left of a limit: the ledger's numbers when it was admitted, corrected by what it really used. Other calls of
 * that time are in it as they were then.
 *
 * @param limit name of the limit
 * @param calls true if calls in flight are counted
 * @param remaining in the weight's unit; micro-USD for {@code USD}
 * @param resetsAt when all of the limit is free again, if a time says so
 */
public record LimitLeft(String limit, Weight weight, boolean calls, long remaining, Optional<Instant> resetsAt) {

    static LimitLeft of(Guard guard, Claim settled, Balance balance, Instant admitted) {
        Bucket bucket = settled.bucket();
        Limit limit = guard.limit();
        boolean calls = limit.quantity() instanceof Limit.Concurrency;
        Balance after = after(bucket, balance, calls ? 1 : settled.estimate() - settled.actual());
        long resets = bucket.resetsAtMillis(admitted.toEpochMilli(), after);
        return new LimitLeft(
                limit.name(),
                limit.quantity().weight(),
                calls,
                after.remaining(bucket.capacity()),
                resets == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(resets)));
    }

    private static Balance after(Bucket bucket, Balance balance, long back) {
        if (balance instanceof Balance.Rate rate && bucket instanceof Bucket.Rate terms) {
            long level = Math.max(-terms.burst(), Math.min(terms.burst(), rate.level() + back));
            double millisEach = (double) terms.periodMillis() / terms.rate();
            return new Balance.Rate(level, (long) Math.ceil((terms.burst() - level) * millisEach));
        }
        if (balance instanceof Balance.Budget budget) {
            return new Balance.Budget(budget.used(), budget.held() - back);
        }
        return new Balance.Concurrency(balance.held() - back);
    }

    /** What remains with its unit, such as {@code 0.0124 USD}. */
    public String text() {
        return Denials.amount(weight, remaining);
    }

    /** Money with its unit. */
    public static String dollars(long microUsd) {
        return Denials.amount(Weight.USD, microUsd);
    }

    /** Name of the unit for other programs: {@code microUsd}, {@code calls}, {@code tokens}, {@code requests}, ... */
    public String unit() {
        return calls ? "calls" : weight == Weight.USD ? "microUsd" : weight.label();
    }
}
