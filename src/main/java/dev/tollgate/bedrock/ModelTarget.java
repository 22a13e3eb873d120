package dev.tollgate.bedrock;

import java.util.Objects;
import java.util.Optional;

/**
 * What is called, resolved.
 *
 * @param sendId id to send upstream
 * @param scope geographic scope of the price: {@code global}, a geography, or empty for a region's own model
 * @param pricedModel bare model id to price by; empty if unknown
 * @param metricId id that CloudWatch reports under
 * @param name alias or family name, the {@code model} of limits, metrics and records
 */
public record ModelTarget(String sendId, String scope, Optional<String> pricedModel, String metricId, String name) {

    /** The target of an identifier that is no alias. */
    public static ModelTarget of(ModelId id, Optional<ModelId> behindProfile) {
        ModelId priced = behindProfile.orElse(id);
        return new ModelTarget(
                id.id(),
                priced.scope(),
                priced.model(),
                id.metricId(),
                priced.model().map(ModelId::family).orElse(id.metricId()));
    }

    /** True if the prompt, or the choice of the model, lies on the server. */
    public boolean onServer() {
        return sendId.startsWith("arn:") && (sendId.contains(":prompt/") || sendId.contains("prompt-router/"));
    }

    // Written out, because targets are map keys on the path of a call and native images interpret generated ones.
    @Override
    public boolean equals(Object other) {
        return other instanceof ModelTarget that
                && sendId.equals(that.sendId)
                && scope.equals(that.scope)
                && pricedModel.equals(that.pricedModel)
                && metricId.equals(that.metricId)
                && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(sendId) * 31 + Objects.hashCode(name);
    }
}
