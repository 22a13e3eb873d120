package dev.tollgate.profiles;

import dev.tollgate.bedrock.ModelId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * An inference profile as the control plane describes it.
 *
 * @param status {@code ACTIVE} once it can be called
 * @param models ARNs of what it routes to: one model, in one region or in several
 */
public record Profile(String name, String arn, String status, String description, List<String> models) {

    static final String DESCRIPTION = "Made by Tollgate";
    static final String ACTIVE = "ACTIVE";

    static Profile of(JsonObject json) {
        JsonArray models = json.getJsonArray("models", new JsonArray());
        return new Profile(
                json.getString("inferenceProfileName", ""),
                json.getString("inferenceProfileArn", ""),
                json.getString("status", ""),
                json.getString("description", ""),
                models.stream()
                        .map(model -> ((JsonObject) model).getString("modelArn", ""))
                        .toList());
    }

    /** True if Tollgate made it: only those are pruned without being named. */
    boolean own() {
        return description.equals(DESCRIPTION);
    }

    boolean active() {
        return status.equals(ACTIVE);
    }

    /** Bare id of the model that it runs; empty if nothing says so. */
    Optional<String> model() {
        return models.stream().findFirst().flatMap(arn -> ModelId.parse(arn).model());
    }

    /** True if a global profile is behind it: its model is in no region. */
    boolean global() {
        return models.stream().anyMatch(arn -> arn.contains(":bedrock:::"));
    }
}
