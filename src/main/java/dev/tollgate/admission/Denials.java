package dev.tollgate.admission;

import dev.tollgate.admission.Decision.Denied;
import dev.tollgate.admission.Decision.Reason;
import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Weight;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Says why a call is denied: the limit, what is used, the limit's amount, and when it frees. The words "too many tokens"
 * never stand here: clients take them for a context overflow.
 */
final class Denials {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

    private Denials() {}

    static Denied denied(Plan plan, AdmitReply.Denied reply) {
        Limit limit = plan.limits().get(reply.index());
        Claim claim = plan.claims().get(reply.index());
        Balance balance = reply.balances().get(reply.index());
        Weight weight = limit.quantity().weight();
        if (claim.bucket() instanceof Bucket.Rate rate) {
            String message = String.format(
                    Locale.ROOT,
                    "Tollgate limit %s: %s of %s are free (%s each %s), this call reserves %s; retry in %s s",
                    limit.name(),
                    amount(weight, Math.max(0, balance.level())),
                    amount(weight, rate.burst()),
                    amount(weight, rate.rate()),
                    seconds(rate.periodMillis()),
                    amount(weight, claim.estimate()),
                    BigDecimal.valueOf(reply.waitMillis(), 3)
                            .stripTrailingZeros()
                            .toPlainString());
            return new Denied(
                    Reason.RATE, limit.name(), message, rate.burst(), Math.max(0, balance.level()), reply.waitMillis());
        }
        if (claim.bucket() instanceof Bucket.Budget budget) {
            long left = Math.max(0, budget.limit() - balance.used() - balance.held());
            String message = String.format(
                    Locale.ROOT,
                    "Tollgate budget %s: %s used and %s held of %s, this call reserves %s; it starts anew at %s",
                    limit.name(),
                    amount(weight, balance.used()),
                    amount(weight, balance.held()),
                    amount(weight, budget.limit()),
                    amount(weight, claim.estimate()),
                    TIME.format(Instant.ofEpochMilli(budget.endMillis())));
            return new Denied(Reason.BUDGET, limit.name(), message, budget.limit(), left, reply.waitMillis());
        }
        long most = ((Bucket.Concurrency) claim.bucket()).limit();
        String message = String.format(
                Locale.ROOT,
                "Tollgate limit %s: %d of %d calls are in flight; retry when one has ended",
                limit.name(),
                balance.held(),
                most);
        return new Denied(
                Reason.CONCURRENCY,
                limit.name(),
                message,
                most,
                Math.max(0, most - balance.held()),
                reply.waitMillis());
    }

    static Denied tooLarge(Plan plan, AdmitReply.TooLarge reply) {
        Limit limit = plan.limits().get(reply.index());
        Claim claim = plan.claims().get(reply.index());
        long most = claim.bucket() instanceof Bucket.Rate rate
                ? rate.burst()
                : claim.bucket() instanceof Bucket.Budget budget
                        ? budget.limit()
                        : ((Bucket.Concurrency) claim.bucket()).limit();
        Weight weight = limit.quantity().weight();
        String message = String.format(
                Locale.ROOT,
                "Tollgate limit %s: this call alone reserves %s, the limit is %s; lower the maximum of output tokens",
                limit.name(),
                amount(weight, claim.estimate()),
                amount(weight, most));
        return new Denied(Reason.TOO_LARGE, limit.name(), message, most, 0, 0);
    }

    static Denied shareUsedUp(Limit limit, AdmitReply.Denied reply) {
        String message = "Tollgate limit " + limit.name()
                + ": the ledger does not answer and this pod's share of the limit is used up";
        return new Denied(Reason.RATE, limit.name(), message, 0, 0, reply.waitMillis());
    }

    static Denied ledgerUnavailable(String limit, long waitMillis) {
        String message = "Tollgate: the ledger does not answer, and " + limit + " may not be passed unchecked; retry";
        return new Denied(Reason.LEDGER_UNAVAILABLE, limit, message, 0, 0, waitMillis);
    }

    static Denied ledgerRecovering(long waitMillis) {
        String message = "Tollgate: the ledger is new or came back empty; budgets wait " + seconds(waitMillis)
                + " until every pod has told it what was spent; retry";
        return new Denied(Reason.LEDGER_UNAVAILABLE, "all budgets", message, 0, 0, waitMillis);
    }

    private static String amount(Weight weight, long amount) {
        return weight == Weight.USD
                ? BigDecimal.valueOf(amount, 6).toPlainString() + " USD"
                : amount + " " + weight.label();
    }

    private static String seconds(long millis) {
        return BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString() + " s";
    }
}
