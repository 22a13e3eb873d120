package dev.tollgate.telemetry;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.tenant.Caller;
import io.micrometer.core.instrument.Tags;

/** The labels that distinguish calls in counters. */
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

    CallLabels otherModel() {
        return new CallLabels(tenant, OTHER, OTHER, application, environment, costCenter);
    }

    static CallLabels other() {
        return new CallLabels(OTHER, OTHER, OTHER, OTHER, OTHER, OTHER);
    }

    // Written out because it is looked up on every call, and native-image interprets a record's own.
    @Override
    public boolean equals(Object other) {
        return other instanceof CallLabels o
                && tenant.equals(o.tenant)
                && modelId.equals(o.modelId)
                && model.equals(o.model)
                && application.equals(o.application)
                && environment.equals(o.environment)
                && costCenter.equals(o.costCenter);
    }

    @Override
    public int hashCode() {
        int hash = tenant.hashCode();
        hash = 31 * hash + modelId.hashCode();
        hash = 31 * hash + model.hashCode();
        hash = 31 * hash + application.hashCode();
        return 31 * (31 * hash + environment.hashCode()) + costCenter.hashCode();
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
