package dev.tollgate.admission;

import dev.tollgate.policy.Weight;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Whether a call may proceed. */
public sealed interface Decision {

    /**
     * The call may proceed; the reservation has to be ended.
     *
     * @param shadowDenied names of shadow limits that would have denied it
     */
    record Admitted(Reservation reservation, List<String> shadowDenied) implements Decision {}

    /**
     * The call may not proceed; nothing is held and nothing was charged.
     *
     * @param limit name of the limit
     * @param weight what the amounts count; micro-USD for {@code USD}
     * @param limitAmount the limit, or the burst of a rate; 0 if that was not the reason
     * @param remaining what a smaller call could still take
     * @param waitMillis until it is worth trying again; 0 for never with this call
     * @param resetsAt when all of the limit is free again, if a time says so
     * @param message for people; never the words "too many tokens", which clients take for a context overflow
     */
    record Denied(
            Reason reason,
            String limit,
            Weight weight,
            long limitAmount,
            long remaining,
            long waitMillis,
            Optional<Instant> resetsAt,
            String message)
            implements Decision {

        /** The limit with its unit, such as {@code 0.0124 USD}. */
        public String limitText() {
            return Denials.amount(weight, limitAmount);
        }

        /** What remains with its unit. */
        public String remainingText() {
            return Denials.amount(weight, remaining);
        }
    }

    /** Why a call is denied. */
    enum Reason {
        RATE,
        CONCURRENCY,
        BUDGET,
        /** The call alone is larger than a limit, or needs more limits or buckets than allowed. */
        TOO_LARGE,
        /** It has no price, and a money limit guards it. */
        UNPRICED,
        LEDGER_UNAVAILABLE
    }
}
