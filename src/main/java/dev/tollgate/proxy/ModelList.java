package dev.tollgate.proxy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tollgate.bedrock.ModelId;
import dev.tollgate.policy.Names;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** {@code GET /openai/v1/models}: the names of models, and the models that have a price, as OpenAI SDKs list them. */
public final class ModelList {

    private static final String PATH = "/openai/v1/models";
    private static final JsonFactory JSON = new JsonFactory();

    private final Intake intake;
    private final Names names;
    private final List<String> priced;

    /** @param priced names of the models in the price book */
    public ModelList(Intake intake, Names names, List<String> priced) {
        this.intake = intake;
        this.names = names;
        this.priced = List.copyOf(priced);
    }

    /** Answers the request if it is for the list; false if it is another request. */
    public boolean answers(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.GET) || !PATH.equals(request.path())) {
            return false;
        }
        request.resume();
        intake.foreign(request)
                .ifPresentOrElse(refused -> ErrorResponses.refuse(request.response(), refused), () -> request.response()
                        .putHeader("Content-Type", "application/json")
                        .end(json()));
        return true;
    }

    private String json() {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("object", "list");
            json.writeArrayFieldStart("data");
            for (Map.Entry<String, String> name : names.all().entrySet()) {
                model(json, name.getKey(), names.ofPolicy(name.getKey()) ? "policy" : provider(name.getValue()));
            }
            for (String name : priced) {
                model(json, name, provider(name));
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private static String provider(String id) {
        return ModelId.parse(id).model().map(ModelId::provider).orElse("");
    }

    private static void model(JsonGenerator json, String id, String owner) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", id);
        json.writeStringField("object", "model");
        // SDKs expect a time; nobody knows it.
        json.writeNumberField("created", 0);
        json.writeStringField("owned_by", owner.isEmpty() ? "bedrock" : owner);
        json.writeEndObject();
    }
}
