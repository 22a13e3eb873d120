package dev.tollgate.policy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/**
 * Another amount of a budget for some time. It replaces the budget's own amount, it is not added to it; what was used
 * counts on, before and after its end.
 *
 * @param amount in the budget's unit
 * @param until the first instant at which the budget's own amount holds again
 */
public record BudgetOverride(long amount, Instant until) {

    /** An amount as a policy file has it: US dollars, tokens or requests; empty if it is none. */
    public static Optional<Long> amount(String text, Weight weight) {
        return Scalar.amount(text, weight);
    }

    /** An end as a policy file has it; empty if it is none. */
    public static Optional<Instant> until(String text, ZoneId zone) {
        return Scalar.instant(text, zone);
    }

    /** True if it has not ended. */
    public boolean inForce(Instant now) {
        return now.isBefore(until);
    }
}
