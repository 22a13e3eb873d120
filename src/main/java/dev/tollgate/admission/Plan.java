package dev.tollgate.admission;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.Weight;
import dev.tollgate.pricing.Charge;
import dev.tollgate.pricing.Estimate;
import dev.tollgate.tenant.Caller;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The limits that guard one call, and what each is to hold. */
public record Plan(List<Guard> guards) {

    public Plan {
        guards = List.copyOf(guards);
    }

    /**
     * A limit that applies to calls of a caller and a model, and the bucket in which it counts them.
     *
     * @param series what the buckets of all periods have in common
     */
    record Place(Limit limit, Bucket bucket, String name, String series) {

        Place(Limit limit, Bucket bucket, String name) {
            this(limit, bucket, name, series(bucket));
        }

        private static String series(Bucket bucket) {
            String field = bucket.field();
            return bucket.kind() == Bucket.Kind.BUDGET ? field.substring(0, field.lastIndexOf('@')) : field;
        }
    }

    static Plan of(Policy policy, Demand demand, Instant now) {
        return of(places(policy, demand.caller(), demand.target(), now), demand.estimate());
    }

    /** The claims of one call at its places. */
    static Plan of(List<Place> places, Estimate estimate) {
        List<Guard> guards = new ArrayList<>(places.size());
        for (Place place : places) {
            Weight weight = place.limit.quantity().weight();
            if (counts(weight, estimate)) {
                guards.add(new Guard(
                        place.limit, place.name, place.series, Claim.of(place.bucket, amount(weight, estimate))));
            }
        }
        return new Plan(guards);
    }

    /** @param now decides about the period of a budget and its override */
    static List<Place> places(Policy policy, Caller caller, ModelTarget target, Instant now) {
        List<Place> places = new ArrayList<>();
        for (Limit limit : policy.limits()) {
            if (limit.matches(caller, target)) {
                Bucket bucket = Buckets.of(limit, policy.version(), caller, target, now);
                places.add(new Place(limit, bucket, Buckets.display(limit, caller, target)));
            }
        }
        return List.copyOf(places);
    }

    private static boolean counts(Weight weight, Estimate estimate) {
        return switch (weight) {
            case REQUESTS -> true;
            case USD -> estimate.costs() || !estimate.priced();
            default -> estimate.usesTokens();
        };
    }

    private static long amount(Weight weight, Estimate estimate) {
        long amount = weight.amount(
                estimate.inputTokens(),
                estimate.outputTokens(),
                estimate.microUsd(),
                estimate.quote().price().burndown());
        // What has no price still costs something: a used-up budget stops it like any other call.
        boolean unknown = weight == Weight.USD && !estimate.priced();
        return Math.min(Bucket.MAX_AMOUNT, Math.max(unknown ? 1 : 0, amount));
    }

    /** An enforced money limit, if one guards the call. */
    Optional<Limit> moneyLimit() {
        return guards.stream()
                .map(Guard::limit)
                .filter(l -> l.enforced() && l.quantity().weight() == Weight.USD)
                .findFirst();
    }

    boolean isEmpty() {
        return guards.isEmpty();
    }

    List<Claim> claims() {
        List<Claim> claims = new ArrayList<>(guards.size());
        for (Guard guard : guards) {
            claims.add(guard.claim());
        }
        return claims;
    }

    Plan without(int index) {
        List<Guard> others = new ArrayList<>(guards);
        others.remove(index);
        return new Plan(others);
    }

    /** The same claims with what was really used. */
    List<Claim> settled(Charge charge) {
        Usage usage = charge.usage();
        long input = usage.input() + usage.cacheWrite();
        List<Claim> claims = new ArrayList<>(guards.size());
        for (Guard guard : guards) {
            Weight weight = guard.limit().quantity().weight();
            claims.add(guard.claim()
                    .withActual(weight.amount(input, usage.output(), charge.microUsd(), charge.burndown())));
        }
        return claims;
    }

    /** The same claims, settled as they were estimated. */
    List<Claim> asEstimated() {
        return guards.stream()
                .map(g -> g.claim().withActual(g.claim().estimate()))
                .toList();
    }
}
