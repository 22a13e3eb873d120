package dev.tollgate.admission;

import dev.tollgate.bedrock.Usage;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.Weight;
import dev.tollgate.pricing.Charge;
import dev.tollgate.pricing.Estimate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The limits that guard one call, and what each is to hold. */
public record Plan(List<Guard> guards) {

    public Plan {
        guards = List.copyOf(guards);
    }

    static Plan of(Policy policy, Demand demand, Instant now) {
        List<Guard> guards = new ArrayList<>();
        for (Limit limit : policy.limits()) {
            Weight weight = limit.quantity().weight();
            if (counts(weight, demand.estimate()) && limit.matches(demand.caller(), demand.target())) {
                Bucket bucket = Buckets.of(limit, policy.version(), demand.caller(), demand.target(), now);
                String name = Buckets.display(limit, demand.caller(), demand.target());
                guards.add(new Guard(limit, name, Claim.of(bucket, amount(weight, demand.estimate()))));
            }
        }
        return new Plan(guards);
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
        return guards.stream().map(Guard::claim).toList();
    }

    Plan without(int index) {
        List<Guard> others = new ArrayList<>(guards);
        others.remove(index);
        return new Plan(others);
    }

    /** The same claims with what was really used. */
    List<Claim> settled(Charge charge) {
        Usage usage = charge.usage();
        return guards.stream()
                .map(guard -> guard.claim()
                        .withActual(guard.limit()
                                .quantity()
                                .weight()
                                .amount(
                                        usage.input() + usage.cacheWrite(),
                                        usage.output(),
                                        charge.microUsd(),
                                        charge.burndown())))
                .toList();
    }

    /** The same claims, settled as they were estimated. */
    List<Claim> asEstimated() {
        return guards.stream()
                .map(g -> g.claim().withActual(g.claim().estimate()))
                .toList();
    }
}
