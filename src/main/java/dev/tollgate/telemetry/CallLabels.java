package dev.tollgate.telemetry;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.tenant.Caller;
import io.micrometer.core.instrument.Tags;
import java.util.Set;

/** The labels of the counters that tell calls apart. */
record CallLabels(
        String tenant, String model, String modelId, String application, String environment, String costCenter) {

    static final String OTHER = "_other";

    static CallLabels of(Caller caller, ModelTarget target) {
        return new CallLabels(
                caller.tenant(),
                target.name(),
                target.metricId(),
                caller.application(),
                caller.environment(),
                caller.costCenter());
    }

    CallLabels otherTenant() {
        return new CallLabels(OTHER, model, modelId, application, environment, costCenter);
    }

    /** The name while there are few, {@link #OTHER} for those that come when {@code most} are known. */
    static String bounded(Set<String> known, int most, String name) {
        if (!known.contains(name) && known.size() >= most) {
            return OTHER;
        }
        known.add(name);
        return name;
    }

    CallLabels otherModel() {
        return new CallLabels(tenant, OTHER, OTHER, application, environment, costCenter);
    }

    static CallLabels other() {
        return new CallLabels(OTHER, OTHER, OTHER, OTHER, OTHER, OTHER);
    }

    Tags tags() {
        return Tags.of(
                "tenant", tenant,
                "model", model,
                "model_id", modelId,
                "application", application,
                "environment", environment,
                "cost_center", costCenter);
    }
}
