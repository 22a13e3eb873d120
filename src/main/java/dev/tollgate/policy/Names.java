package dev.tollgate.policy;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelNames;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.tenant.Caller;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Every name that a model can be called by: the policy's aliases, then built-in names, then identifiers as Bedrock has them. */
public final class Names {

    private final Supplier<Policy> policies;
    private final ModelNames builtIn;
    private final ProfileModels profiles;

    /** @param profiles looks up application inference profiles that the policy does not name */
    public Names(Supplier<Policy> policies, ModelNames builtIn, ProfileModels profiles) {
        this.policies = policies;
        this.builtIn = builtIn;
        this.profiles = profiles;
    }

    /** What a caller means by a name. The model of an application profile that is not known yet is looked up first. */
    public Future<ModelTarget> resolve(String named, Caller caller) {
        return looked(() -> policies.get().resolve(named, caller, profiles, builtIn));
    }

    /** The same, whoever calls: a caller's cost center can choose a profile, never another model. */
    public Future<ModelTarget> resolve(String named) {
        return looked(() -> policies.get().target(named, profiles, builtIn));
    }

    private Future<ModelTarget> looked(Supplier<ModelTarget> target) {
        ModelTarget now = target.get();
        if (now.pricedModel().isPresent()) {
            return Future.succeededFuture(now);
        }
        ModelId id = ModelId.parse(now.sendId());
        return profiles.worthAsking(id) ? profiles.ask(id).map(asked -> target.get()) : Future.succeededFuture(now);
    }

    /** False if the text is no name, and has not the form of an identifier either. */
    public boolean mayNameAModel(String text) {
        Policy policy = policies.get();
        return policy.aliases().containsKey(text)
                || policy.profiles().containsKey(text)
                || builtIn.id(text).isPresent()
                || text.startsWith("arn:")
                || builtIn.namesProvider(text)
                || text.contains(".") && near(text).isEmpty();
    }

    /** The names that a mistyped one was probably meant to be, at most three. */
    public List<String> near(String text) {
        return ModelNames.near(text, all().keySet());
    }

    /** Every name and its identifier; those of the policy hide built-in ones. */
    public SortedMap<String, String> all() {
        SortedMap<String, String> all = new TreeMap<>(builtIn.all());
        policies.get()
                .aliases()
                .forEach((name, id) -> all.put(name, builtIn.id(id).orElse(id)));
        return Collections.unmodifiableSortedMap(all);
    }

    /** True if the policy gives the name. */
    public boolean ofPolicy(String name) {
        return policies.get().aliases().containsKey(name);
    }
}
