package dev.tollgate.control;

import dev.tollgate.admission.LimitStatus;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Policy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Which limits and whose spend a pod shows: its own tenant's, those of tenants that its requests may name, and limits that
 * they share with others. The policy file holds every tenant's limits; what others spend is not this pod's business.
 *
 * @param servesOthers true if requests may name tenants
 * @param mayName tenants other than the pod's own
 */
public record Visibility(Supplier<Policy> policy, String tenant, boolean servesOthers, Predicate<String> mayName) {

    private static final String SHARED = "all";

    /** Those that are shown. */
    List<LimitStatus> of(List<LimitStatus> limits) {
        Set<String> shared = concerning(limit -> limit.concerns(tenant) || mayName.test(limit.owner()));
        return limits.stream()
                .filter(l -> l.tenant().equals(SHARED) ? shared.contains(l.name()) : own(l.tenant()))
                .toList();
    }

    /** A tenant's limits, and those that it shares. */
    List<LimitStatus> of(List<LimitStatus> limits, String only) {
        Set<String> shared = concerning(limit -> limit.concerns(only));
        return limits.stream()
                .filter(l -> l.owner().equals(only) || l.tenant().equals(SHARED) && shared.contains(l.name()))
                .toList();
    }

    private Set<String> concerning(Predicate<Limit> concerns) {
        return policy.get().limits().stream().filter(concerns).map(Limit::name).collect(Collectors.toSet());
    }

    /** What is asked of spend: a pod that serves one tenant asks for no other's. */
    SpendSnapshot.Question spend() {
        return new SpendSnapshot.Question(servesOthers ? Optional.empty() : Optional.of(tenant), this::own);
    }

    private boolean own(String name) {
        return name.equals(tenant) || mayName.test(name);
    }
}
