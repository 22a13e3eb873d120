package dev.tollgate.telemetry;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.policy.Policy;
import dev.tollgate.tenant.Caller;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Lets counters exist at zero.
 *
 * @param pod the pod's own caller under a policy
 * @param mayName other tenants that requests may name
 * @param counters of a caller and a model
 */
record Announcement(
        Function<Policy, Caller> pod,
        Predicate<String> mayName,
        BiFunction<Caller, ModelTarget, CallCounters> counters) {

    void of(Policy policy) {
        Caller own = pod.apply(policy);
        policy.aliases().keySet().forEach(alias -> {
            of(policy, own, alias);
            policy.tenants().forEach((name, facts) -> {
                if (mayName.test(name)) {
                    String costCenter = facts.costCenter().orElse(own.costCenter());
                    String environment = facts.environment().orElse(own.environment());
                    of(policy, new Caller(name, own.application(), costCenter, environment, own.user()), alias);
                }
            });
        });
    }

    private void of(Policy policy, Caller caller, String alias) {
        ModelTarget target = policy.resolve(alias, caller, ProfileModels.NONE);
        CallCounters known = counters.apply(caller, target);
        policy.limits().stream().filter(l -> l.matches(caller, target)).forEach(known::announce);
    }
}
