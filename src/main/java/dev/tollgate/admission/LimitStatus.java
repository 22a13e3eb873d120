package dev.tollgate.admission;

import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.policy.Limit;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One bucket as it is now.
 *
 * @param bucket the limit's name and what else distinguishes its buckets, such as {@code tpm/nova-lite}
 * @param tenant {@code all} if tenants share the bucket
 * @param owner the tenant whose limit it is, by its own bucket or because the limit matches no other; else {@code all}
 * @param model that the bucket is for, if the limit has one for each
 * @param period hour, day, week or month of a budget
 * @param zone of a budget's period
 * @param unit tokens, requests or usd (amounts are then micro-USD)
 * @param used of a rate: what is missing to full
 * @param startMillis when a budget's period began, epoch ms; 0 for the others
 * @param resetMillis when it is full or starts over, epoch ms; 0 for never
 * @param warnAt percentages at which a budget warns
 */
public record LimitStatus(
        String name,
        String bucket,
        String tenant,
        String owner,
        Optional<String> model,
        String kind,
        Optional<String> period,
        Optional<ZoneId> zone,
        String unit,
        boolean enforced,
        long used,
        long held,
        long limit,
        long remaining,
        long startMillis,
        long resetMillis,
        List<Integer> warnAt) {

    /** What a bucket is called; its numbers come from the ledger. */
    record Row(Limit limit, String display, String tenant, Optional<String> model, Bucket bucket) {}

    static LimitStatus of(Row row, Balance balance, long nowMillis) {
        Bucket bucket = row.bucket;
        long capacity = bucket.capacity();
        Optional<Limit.Budget> budget =
                row.limit.quantity() instanceof Limit.Budget calendar ? Optional.of(calendar) : Optional.empty();
        return new LimitStatus(
                row.limit.name(),
                row.display,
                row.tenant,
                bucket.shared() ? row.limit.owner() : row.tenant,
                row.model,
                bucket.kind().name().toLowerCase(Locale.ROOT),
                budget.map(b -> b.period().label()),
                budget.map(Limit.Budget::zone),
                row.limit.quantity().weight().label(),
                bucket.enforced(),
                balance.used(capacity),
                balance.held(),
                capacity,
                balance.remaining(capacity),
                bucket instanceof Bucket.Budget window ? window.startMillis() : 0,
                bucket.resetsAtMillis(nowMillis, balance),
                budget.map(Limit.Budget::warnAt).orElse(List.of()));
    }
}
