package dev.tollgate.policy;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.tenant.Caller;
import dev.tollgate.tenant.CallerResolver.TenantFacts;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A policy file as it was understood.
 *
 * @param profiles application inference profile (ARN or its last part) to the model behind it
 * @param version grows with every change of the file, the same on every pod: the file's own revision, else its time
 */
public record Policy(
        Map<String, TenantFacts> tenants,
        Map<String, String> aliases,
        Map<String, String> profiles,
        List<Limit> limits,
        long version) {

    /** No limits: metering only. */
    public static final Policy NONE = new Policy(Map.of(), Map.of(), Map.of(), List.of(), 0);

    public Policy {
        tenants = Map.copyOf(tenants);
        aliases = Map.copyOf(aliases);
        profiles = Map.copyOf(profiles);
        limits = List.copyOf(limits);
    }

    // Later than any time of a file in ms: a file that begins to give its revision takes over at once.
    private static final long REVISIONS = 1L << 44;

    static long ofRevision(long revision) {
        return REVISIONS + revision;
    }

    /** True if the file gives its revision. */
    boolean revised() {
        return version >= REVISIONS;
    }

    public Optional<TenantFacts> tenant(String name) {
        return Optional.ofNullable(tenants.get(name));
    }

    /**
     * What a caller means by a model name: an alias, else an identifier as it stands; and where an alias carries the
     * caller's cost center and its profile runs the same model, that profile.
     *
     * @param looked what was looked up of profiles that this file does not name
     */
    public ModelTarget resolve(String named, Caller caller, ProfileModels looked) {
        String aliased = aliases.get(named);
        ModelTarget target = target(aliased == null ? named : aliased, looked);
        String own = aliases.get(caller.costCenter());
        if (own != null && !own.equals(target.sendId())) {
            ModelTarget profile = target(own, looked);
            if (profile.pricedModel().isPresent() && profile.pricedModel().equals(target.pricedModel())) {
                return profile;
            }
        }
        return target;
    }

    private ModelTarget target(String identifier, ProfileModels looked) {
        ModelId id = ModelId.parse(identifier);
        return ModelTarget.of(id, behind(id).or(() -> looked.known(id)).map(ModelId::parse));
    }

    private Optional<String> behind(ModelId id) {
        return Optional.ofNullable(profiles.get(id.id())).or(() -> Optional.ofNullable(profiles.get(id.metricId())));
    }
}
