package dev.tollgate.profiles;

import dev.tollgate.bedrock.ModelId;
import java.util.Optional;

/**
 * What a profile is created from.
 *
 * @param arn of a model, or of a system-defined profile
 * @param named the built-in name that the policy file gives, which every version of the model has; empty if it gives an id
 */
record Source(String arn, Optional<String> named) {

    /** How people know it: its id, with a geography if it has one. */
    String id() {
        return arn.substring(arn.indexOf('/') + 1);
    }

    /** True if a profile runs this model, as far as the control plane tells. */
    boolean isOf(Profile profile) {
        if (profile.model().isEmpty()) {
            return true;
        }
        String runs = profile.model().get();
        if (named.isPresent()) {
            String family = ModelId.family(runs);
            return named.get().equals(family)
                    || named.get().equals(ModelId.provider(runs) + '.' + family)
                    || runs.equals(model());
        }
        // Prices differ between global and regional; the regions of a geography are AWS's business.
        boolean geographic = profile.models().size() > 1 && !profile.global();
        return runs.equals(model()) && !(profile.global() && !global()) && !(geographic && global());
    }

    private String model() {
        return ModelId.parse(arn).model().orElse("");
    }

    private boolean global() {
        return ModelId.parse(arn).scope().equals("global");
    }
}
