package dev.tollgate.admission;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.policy.Limit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One bucket as it is now.
 *
 * @param bucket the limit's name and what else tells its buckets apart, such as {@code tpm/nova-lite}
 * @param tenant {@code all} if tenants share the bucket
 * @param model that the bucket is for, if the limit has one for each
 * @param period hour, day, week or month of a budget
 * @param unit tokens, requests or usd (amounts are then micro-USD)
 * @param used of a rate: what is missing to full
 * @param resetMillis when it is full or starts over, epoch ms; 0 for never
 * @param warnAt percentages at which a budget warns
 */
public record LimitStatus(
        String name,
        String bucket,
        String tenant,
        Optional<String> model,
        String kind,
        Optional<String> period,
        String unit,
        boolean enforced,
        long used,
        long held,
        long limit,
        long remaining,
        long resetMillis,
        List<Integer> warnAt) {

    /** What a bucket is called; its numbers come from the ledger. */
    record Row(Limit limit, String display, String tenant, Optional<String> model, Bucket bucket) {}

    static LimitStatus of(Row row, Balance balance, long nowMillis) {
        Bucket bucket = row.bucket;
        long capacity = bucket.capacity();
        return new LimitStatus(
                row.limit.name(),
                row.display,
                row.tenant,
                row.model,
                bucket.kind().name().toLowerCase(Locale.ROOT),
                row.limit.quantity() instanceof Limit.Budget budget
                        ? Optional.of(budget.period().name().toLowerCase(Locale.ROOT))
                        : Optional.empty(),
                row.limit.quantity().weight().label(),
                bucket.enforced(),
                balance.used(capacity),
                balance.held(),
                capacity,
                balance.remaining(capacity),
                bucket.resetsAtMillis(nowMillis, balance),
                row.limit.quantity() instanceof Limit.Budget warned ? warned.warnAt() : List.of());
    }
}
