package dev.tollgate.admission;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.BucketKey;
import dev.tollgate.policy.Dimension;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Limit.Quantity;
import dev.tollgate.policy.Period;
import dev.tollgate.tenant.Caller;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/**
 * Finds the bucket in which a limit counts a call. Its field is the limit's name and what its number means (what is counted,
 * the period, what distinguishes its buckets), so that a changed meaning starts a new count and never reads an old one.
 */
public final class Buckets {

    private static final int MAX_VALUE = 96;

    private Buckets() {}

    /** @param now decides about the period of a budget and its override */
    public static Bucket of(Limit limit, long version, Caller caller, ModelTarget target, Instant now) {
        boolean shared = !limit.perTenant();
        String name = limit.name() + ':' + limit.quantity().weight().label();
        String values = per(limit) + values(limit, caller, target);
        Quantity quantity = limit.quantity();
        if (quantity instanceof Limit.Rate rate) {
            return new Bucket.Rate(
                    name + values,
                    shared,
                    limit.enforced(),
                    rate.burst(),
                    rate.amount(),
                    rate.every().toMillis(),
                    version);
        }
        if (quantity instanceof Limit.Budget budget) {
            Period.Window window = budget.period().at(now, budget.zone());
            return new Bucket.Budget(
                    name + ':' + budget.period().label() + values + '@' + window.id(),
                    shared,
                    limit.enforced(),
                    budget.amountAt(now),
                    window.startMillis(),
                    window.endMillis(),
                    window.keepMillis());
        }
        return new Bucket.Concurrency(name + values, shared, limit.enforced(), ((Limit.Concurrency) quantity).amount());
    }

    /** The limit's name and what else distinguishes its buckets, for people: {@code tpm/nova-lite}. */
    static String display(Limit limit, Caller caller, ModelTarget target) {
        return limit.name() + values(limit, caller, target);
    }

    /** Initials of the dimensions that distinguish the limit's buckets, the tenant first. */
    private static String per(Limit limit) {
        StringBuilder out = new StringBuilder(":");
        for (Dimension dimension : limit.per()) {
            out.append(dimension.label().charAt(0));
        }
        return out.toString();
    }

    private static String values(Limit limit, Caller caller, ModelTarget target) {
        StringBuilder out = new StringBuilder();
        for (Dimension dimension : limit.per()) {
            if (dimension != Dimension.TENANT) {
                out.append('/').append(encode(Limit.value(dimension, caller, target)));
            }
        }
        return out.toString();
    }

    /** A long value is known by a digest of it. */
    private static String encode(String value) {
        String encoded = BucketKey.encode(value);
        return encoded.length() <= MAX_VALUE
                ? encoded
                : UUID.nameUUIDFromBytes(value.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
