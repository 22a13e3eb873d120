package dev.tollgate.admission;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.policy.Dimension;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Period;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.Weight;
import dev.tollgate.pricing.Charge;
import dev.tollgate.pricing.Estimate;
import dev.tollgate.tenant.Caller;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/** The limits that guard one call, and what each is to hold; the two lists have the same order. */
public record Plan(List<Limit> limits, List<Claim> claims) {

    private static final int MAX_VALUE = 96;

    static Plan of(Policy policy, Demand demand, Instant now) {
        List<Limit> limits = new ArrayList<>();
        List<Claim> claims = new ArrayList<>();
        for (Limit limit : policy.limits()) {
            Weight weight = limit.quantity().weight();
            if (counts(weight, demand.estimate()) && limit.matches(demand.caller(), demand.target())) {
                limits.add(limit);
                long amount = Math.min(Bucket.MAX_AMOUNT, amount(weight, demand.estimate()));
                Bucket bucket = bucket(limit, policy.version(), demand.caller(), demand.target(), now);
                claims.add(Claim.of(bucket, amount));
            }
        }
        return new Plan(limits, claims);
    }

    private static boolean counts(Weight weight, Estimate estimate) {
        return switch (weight) {
            case REQUESTS -> true;
            case USD -> estimate.costs();
            default -> estimate.usesTokens();
        };
    }

    private static long amount(Weight weight, Estimate estimate) {
        return weight.amount(
                estimate.inputTokens(),
                estimate.outputTokens(),
                estimate.microUsd(),
                estimate.quote().price().burndown());
    }

    /** The same claims with what was really used. */
    List<Claim> settled(Charge charge) {
        Usage usage = charge.usage();
        List<Claim> settled = new ArrayList<>(claims.size());
        for (int i = 0; i < claims.size(); i++) {
            long actual = limits.get(i)
                    .quantity()
                    .weight()
                    .amount(usage.input() + usage.cacheWrite(), usage.output(), charge.microUsd(), charge.burndown());
            settled.add(claims.get(i).withActual(actual));
        }
        return settled;
    }

    /** The same claims, settled as they were estimated. */
    List<Claim> asEstimated() {
        return claims.stream().map(c -> c.withActual(c.estimate())).toList();
    }

    static Bucket bucket(Limit limit, long version, Caller caller, ModelTarget target, Instant now) {
        StringBuilder field = new StringBuilder(limit.name());
        for (Dimension dimension : limit.per()) {
            if (dimension != Dimension.TENANT) {
                field.append('/').append(encode(Limit.value(dimension, caller, target)));
            }
        }
        boolean shared = !limit.perTenant();
        if (limit.quantity() instanceof Limit.Rate rate) {
            return new Bucket.Rate(
                    field.toString(),
                    shared,
                    limit.enforced(),
                    rate.burst(),
                    rate.amount(),
                    rate.every().toMillis(),
                    version);
        }
        if (limit.quantity() instanceof Limit.Budget budget) {
            Period.Window window = budget.period().at(now, budget.zone());
            return new Bucket.Budget(
                    field.append('@').append(window.id()).toString(),
                    shared,
                    limit.enforced(),
                    budget.amount(),
                    window.startMillis(),
                    window.endMillis(),
                    window.keepMillis());
        }
        long amount = ((Limit.Concurrency) limit.quantity()).amount();
        return new Bucket.Concurrency(field.toString(), shared, limit.enforced(), amount);
    }

    /** Percent-encodes what a field may not hold; a long value is known by a digest of it. */
    private static String encode(String value) {
        StringBuilder out = new StringBuilder(value.length());
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || "._:=+-".indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append('%').append(HexFormat.of().toHexDigits(b));
            }
        }
        return out.length() <= MAX_VALUE
                ? out.toString()
                : UUID.nameUUIDFromBytes(value.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
