package dev.tollgate.invocations;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** From a request of the friendly API to the body of a Converse call. */
final class Translation {

    private static final int USUAL_FIELDS = 512;

    private Translation() {}

    /** The fields by which this model takes {@code top_k} through Converse; empty if its family takes none. */
    static Optional<String> topK(ModelTarget target, long topK) {
        String model = target.pricedModel().orElse("");
        if (ModelId.provider(model).equals("anthropic")) {
            return Optional.of("{\"top_k\":" + topK + "}");
        }
        return model.startsWith("amazon.nova-")
                ? Optional.of("{\"inferenceConfig\":{\"topK\":" + topK + "}}")
                : Optional.empty();
    }

    /**
     * The body of Converse.
     *
     * @param request its bytes
     * @param additional the model's own fields, a JSON object
     */
    static byte[] converse(Input input, byte[] request, Optional<String> additional) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(request.length + USUAL_FIELDS);
        out.write('{');
        input.messages().writeTo(out, request);
        StringBuilder fields = new StringBuilder(inferenceConfig(input.parameters()));
        additional.ifPresent(
                json -> fields.append(",\"additionalModelRequestFields\":").append(json));
        fields.append(",\"requestMetadata\":").append(metadata(input.tags())).append('}');
        byte[] rest = fields.toString().getBytes(StandardCharsets.US_ASCII);
        out.write(rest, 0, rest.length);
        return out.toByteArray();
    }

    private static String inferenceConfig(Input.Parameters parameters) {
        List<String> given = new ArrayList<>();
        parameters.maxTokens().ifPresent(n -> given.add("\"maxTokens\":" + n));
        parameters.temperature().ifPresent(n -> given.add("\"temperature\":" + n));
        parameters.topP().ifPresent(n -> given.add("\"topP\":" + n));
        return given.isEmpty() ? "" : ",\"inferenceConfig\":{" + String.join(",", given) + '}';
    }

    /** Their characters need no escapes. */
    private static String metadata(Input.Tags tags) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("applicationId", tags.applicationId());
        tags.costCenter().ifPresent(value -> metadata.put("costCenter", value));
        tags.environment().ifPresent(value -> metadata.put("environment", value));
        return metadata.entrySet().stream()
                .map(tag -> '"' + tag.getKey() + "\":\"" + tag.getValue() + '"')
                .collect(Collectors.joining(",", "{", "}"));
    }
}
