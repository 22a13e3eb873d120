package dev.tollgate.admission;

/**
 * One bucket as it stands.
 *
 * @param bucket the limit's name and what else tells its buckets apart, such as {@code tpm/nova-lite}
 * @param tenant {@code all} where the bucket is shared
 * @param unit tokens, requests or usd (amounts are then micro-USD)
 * @param used of a rate: what is missing to full
 * @param resetMillis when it is full or starts anew, epoch ms; 0 for never
 */
public record LimitStatus(
        String name,
        String bucket,
        String tenant,
        String kind,
        String unit,
        boolean enforced,
        long used,
        long held,
        long limit,
        long remaining,
        long resetMillis) {}
