package dev.tollgate.control;

import dev.tollgate.admission.LimitStatus;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Policy;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Which limits a pod shows: its own tenant's, those of tenants that its requests may name, and those that they share with
 * others. The policy file holds every tenant's limits; what others spend is not this pod's business.
 *
 * @param mayName tenants other than the pod's own
 */
public record Visibility(Supplier<Policy> policy, String tenant, Predicate<String> mayName)
        implements Predicate<LimitStatus> {

    private static final String SHARED = "all";

    @Override
    public boolean test(LimitStatus status) {
        if (!status.tenant().equals(SHARED)) {
            return own(status.tenant());
        }
        return policy.get().limits().stream()
                .filter(limit -> limit.name().equals(status.name()))
                .anyMatch(this::concerns);
    }

    private boolean concerns(Limit limit) {
        return limit.concerns(tenant) || mayName.test(limit.owner());
    }

    private boolean own(String name) {
        return name.equals(tenant) || mayName.test(name);
    }
}
