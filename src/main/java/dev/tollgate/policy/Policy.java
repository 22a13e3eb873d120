package dev.tollgate.policy;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelNames;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.tenant.Caller;
import dev.tollgate.tenant.CallerResolver.TenantFacts;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The content of a policy file.
 *
 * @param aliases name or cost center to model id or profile ARN
 * @param profiles application inference profile (ARN or its last part) to the model that it runs
 * @param declaredProfiles profiles that {@code tollgate profiles} creates, in the order of the file
 * @param defaultMaxTokens first match decides
 * @param version grows with every change of the file, the same in every pod: the file's own revision, else its time
 */
public record Policy(
        Map<String, TenantFacts> tenants,
        Map<String, String> aliases,
        Map<String, String> profiles,
        List<DeclaredProfile> declaredProfiles,
        List<MaxTokens> defaultMaxTokens,
        List<Limit> limits,
        long version) {

    /** Metering only. */
    public static final Policy NONE = new Policy(Map.of(), Map.of(), Map.of(), List.of(), List.of(), List.of(), 0);

    /**
     * The maximum of output tokens for calls that name none.
     *
     * @param model glob of the models that it holds for
     */
    public record MaxTokens(Glob model, long tokens) {}

    public Policy {
        tenants = Map.copyOf(tenants);
        aliases = Map.copyOf(aliases);
        profiles = Map.copyOf(profiles);
        declaredProfiles = List.copyOf(declaredProfiles);
        defaultMaxTokens = List.copyOf(defaultMaxTokens);
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

    Policy withAliases(Map<String, String> others) {
        return new Policy(tenants, others, profiles, declaredProfiles, defaultMaxTokens, limits, version);
    }

    Policy withLimits(List<Limit> others) {
        return new Policy(tenants, aliases, profiles, declaredProfiles, defaultMaxTokens, others, version);
    }

    public Optional<TenantFacts> tenant(String name) {
        return Optional.ofNullable(tenants.get(name));
    }

    /** Maximum of output tokens for a call of this model that names none; empty leaves it to the model. */
    public Optional<Long> defaultMaxTokens(ModelTarget target) {
        for (MaxTokens max : defaultMaxTokens) {
            if (Limit.matches(max.model, target)) {
                return Optional.of(max.tokens);
            }
        }
        return Optional.empty();
    }

    /**
     * The model that a caller means by a name: an alias's model, else the name itself. If an alias is named after the
     * caller's cost center and its profile runs the same model, the result is that profile.
     *
     * @param looked profiles that were looked up, for those that this file does not name
     */
    public ModelTarget resolve(String named, Caller caller, ProfileModels looked) {
        return resolve(named, caller, looked, ModelNames.NONE);
    }

    /**
     * The same with built-in names, which this file's aliases hide and can refer to.
     *
     * @param builtIn used for what is no alias
     */
    ModelTarget resolve(String named, Caller caller, ProfileModels looked, ModelNames builtIn) {
        ModelTarget target = target(named, looked, builtIn);
        String own = caller.costCenter();
        if (aliases.containsKey(own)) {
            ModelTarget profile = target(own, looked, builtIn);
            if (profile.pricedModel().isPresent() && profile.pricedModel().equals(target.pricedModel())) {
                return profile;
            }
        }
        return target;
    }

    ModelTarget target(String named, ProfileModels looked, ModelNames builtIn) {
        String meant = aliases.getOrDefault(named, named);
        return identified(builtIn.id(meant).orElse(meant), looked, builtIn);
    }

    /** The model behind an identifier that is no alias. */
    ModelTarget target(String identifier, ProfileModels looked) {
        return identified(identifier, looked, ModelNames.NONE);
    }

    private ModelTarget identified(String identifier, ProfileModels looked, ModelNames builtIn) {
        ModelId id = ModelId.parse(identifier);
        return ModelTarget.of(
                id,
                behind(id)
                        .or(() -> looked.known(id))
                        .or(() -> looked.worthAsking(id) ? Optional.empty() : declared(id, builtIn))
                        .map(ModelId::parse));
    }

    /** What the file declares of a profile that its alias of the same name leads to; AWS itself is asked first. */
    private Optional<String> declared(ModelId id, ModelNames builtIn) {
        return !id.applicationProfile()
                ? Optional.empty()
                : declaredProfiles.stream()
                        .filter(profile -> id.id().equals(aliases.get(profile.name())))
                        .map(profile -> aliases.getOrDefault(profile.model(), profile.model()))
                        .map(model -> builtIn.id(model).orElse(model))
                        .findFirst();
    }

    private Optional<String> behind(ModelId id) {
        return Optional.ofNullable(profiles.get(id.id())).or(() -> Optional.ofNullable(profiles.get(id.metricId())));
    }
}
