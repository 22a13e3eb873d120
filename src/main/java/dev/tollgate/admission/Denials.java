package dev.tollgate.admission;

import dev.tollgate.admission.Decision.Denied;
import dev.tollgate.admission.Decision.Reason;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.ledger.Hold;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Weight;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Words denials: the limit, what is used, the limit's amount, and when it frees. */
final class Denials {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final long RETRY_MILLIS = 1000;

    /** How a bucket was when it denied, and how long until the call may fit. */
    private record State(Balance balance, long waitMillis, Instant now) {}

    private Denials() {}

    static Denied denied(Guard guard, AdmitReply.Denied reply, Instant now) {
        Bucket bucket = guard.claim().bucket();
        Balance balance = reply.decided();
        String message =
                switch (bucket.kind()) {
                    case RATE -> rate(guard, (Bucket.Rate) bucket, balance, reply.waitMillis());
                    case BUDGET -> budget(guard, (Bucket.Budget) bucket, balance);
                    case CONCURRENCY ->
                        named(guard.limit()) + balance.held() + " of " + bucket.capacity()
                                + " calls are in flight; retry when one has ended";
                };
        return of(reason(bucket.kind()), guard, new State(balance, reply.waitMillis(), now), message);
    }

    private static Reason reason(Bucket.Kind kind) {
        return switch (kind) {
            case RATE -> Reason.RATE;
            case BUDGET -> Reason.BUDGET;
            case CONCURRENCY -> Reason.CONCURRENCY;
        };
    }

    private static String rate(Guard guard, Bucket.Rate rate, Balance balance, long waitMillis) {
        Weight weight = weight(guard.limit());
        return named(guard.limit()) + amount(weight, balance.remaining(rate.burst())) + " of "
                + amount(weight, rate.burst()) + " are free (" + amount(weight, rate.rate()) + " each "
                + seconds(rate.periodMillis()) + "), this call reserves "
                + amount(weight, guard.claim().estimate()) + "; retry in " + seconds(waitMillis);
    }

    private static String budget(Guard guard, Bucket.Budget budget, Balance balance) {
        Weight weight = weight(guard.limit());
        return "Tollgate budget " + guard.limit().name() + ": " + amount(weight, balance.used(budget.limit()))
                + " used and " + amount(weight, balance.held()) + " held of " + amount(weight, budget.limit())
                + ", this call reserves " + amount(weight, guard.claim().estimate()) + "; resets at "
                + TIME.format(Instant.ofEpochMilli(budget.endMillis()));
    }

    static Denied tooLarge(Guard guard, AdmitReply.TooLarge reply, Instant now) {
        Claim claim = guard.claim();
        Weight weight = weight(guard.limit());
        String message = named(guard.limit()) + "this call alone reserves " + amount(weight, claim.estimate())
                + ", the limit is " + amount(weight, claim.bucket().capacity())
                + "; lower the maximum of output tokens";
        return of(Reason.TOO_LARGE, guard, new State(reply.decided(), 0, now), message);
    }

    static Denied tooManyLimits(Plan plan) {
        Limit first = plan.guards().get(0).limit();
        String message = "Tollgate: " + plan.guards().size() + " limits of the policy match this call, at most "
                + Hold.MAX_CLAIMS + " may; narrow their match";
        return plain(Reason.TOO_LARGE, first, 0, message);
    }

    static Denied tooManyBuckets(Limit limit, boolean shared) {
        String message = named(limit)
                + (shared ? "all tenants together have" : "this tenant has")
                + " as many counts in the ledger as allowed; use aliases for models, let the limit's per name fewer"
                + " things, or raise tollgate.ledger.max-cells";
        return plain(Reason.TOO_LARGE, limit, 0, message);
    }

    static Denied unpriced(Limit limit) {
        String message = named(limit) + "the price book has no price for this operation or option, and"
                + " tollgate.estimate=bound lets nothing pass a money limit that it cannot bound; add a price, or use"
                + " another operation";
        return plain(Reason.UNPRICED, limit, 0, message);
    }

    static Denied shareUsedUp(Limit limit, long waitMillis) {
        String message = named(limit) + "the ledger does not answer, and this pod's share of the limit is used up";
        Reason reason = limit.quantity() instanceof Limit.Concurrency ? Reason.CONCURRENCY : Reason.RATE;
        return plain(reason, limit, waitMillis, message);
    }

    static Denied ledgerUnavailable(Limit limit) {
        String message = named(limit) + "the ledger does not answer, and this limit denies without it; retry";
        return plain(Reason.LEDGER_UNAVAILABLE, limit, RETRY_MILLIS, message);
    }

    static Denied damaged(Limit limit) {
        String message = named(limit) + "its count in the ledger cannot be read; Tollgate's log names it";
        return plain(Reason.LEDGER_UNAVAILABLE, limit, RETRY_MILLIS, message);
    }

    static Denied recovering(Plan plan, long waitMillis) {
        String message = "Tollgate: the ledger lost writes; budgets and concurrency limits wait " + seconds(waitMillis)
                + " until every pod has reported what was spent; retry";
        return plain(Reason.LEDGER_UNAVAILABLE, plan.guards().get(0).limit(), waitMillis, message);
    }

    private static Denied of(Reason reason, Guard guard, State state, String message) {
        Bucket bucket = guard.claim().bucket();
        long resets = bucket.resetsAtMillis(state.now.toEpochMilli(), state.balance);
        return new Denied(
                reason,
                guard.limit().name(),
                weight(guard.limit()),
                bucket.capacity(),
                state.balance.remaining(bucket.capacity()),
                state.waitMillis,
                resets == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(resets)),
                message);
    }

    private static Denied plain(Reason reason, Limit limit, long waitMillis, String message) {
        return new Denied(reason, limit.name(), weight(limit), 0, 0, waitMillis, Optional.empty(), message);
    }

    private static Weight weight(Limit limit) {
        return limit.quantity().weight();
    }

    private static String named(Limit limit) {
        return "Tollgate limit " + limit.name() + ": ";
    }

    /** With its unit; money in dollars. */
    static String amount(Weight weight, long amount) {
        if (weight != Weight.USD) {
            return amount + " " + weight.label();
        }
        BigDecimal dollars = BigDecimal.valueOf(amount, 6).stripTrailingZeros();
        return (dollars.scale() < 2 ? dollars.setScale(2) : dollars).toPlainString() + " USD";
    }

    private static String seconds(long millis) {
        return BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString() + " s";
    }
}
