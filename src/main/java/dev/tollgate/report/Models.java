package dev.tollgate.report;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.policy.Policy;
import dev.tollgate.tenant.Caller;
import java.util.HashMap;
import java.util.Map;

/** Finds out which model an id, an alias or a profile is. One for each thread. */
final class Models {

    private static final int MAX_KNOWN = 100_000;
    private static final Caller NOBODY = new Caller("none", "none", "none", "none", Caller.NO_USER);

    private final Policy policy;
    private final Map<String, PricedModel> known = new HashMap<>();

    /** @param policy knows aliases and application inference profiles */
    Models(Policy policy) {
        this.policy = policy;
    }

    PricedModel of(String modelId) {
        PricedModel model = known.get(modelId);
        if (model == null) {
            ModelTarget target = policy.resolve(modelId, NOBODY, ProfileModels.NONE);
            model = new PricedModel(target);
            if (known.size() < MAX_KNOWN) {
                known.put(modelId, model);
            }
        }
        return model;
    }
}
