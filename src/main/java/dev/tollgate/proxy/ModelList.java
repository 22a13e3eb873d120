package dev.tollgate.proxy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tollgate.policy.Policy;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** {@code GET /openai/v1/models}: the policy's aliases and the models that have a price, as OpenAI SDKs list them. */
public final class ModelList {

    private static final String PATH = "/openai/v1/models";
    private static final JsonFactory JSON = new JsonFactory();

    private final Intake intake;
    private final Supplier<Policy> policies;
    private final List<String> priced;

    /** @param priced names of the models in the price book */
    public ModelList(Intake intake, Supplier<Policy> policies, List<String> priced) {
        this.intake = intake;
        this.policies = policies;
        this.priced = List.copyOf(priced);
    }

    /** Answers the request if it asks for the list; false if it is another request. */
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
        Set<String> aliases = new TreeSet<>(policies.get().aliases().keySet());
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("object", "list");
            json.writeArrayFieldStart("data");
            for (String alias : aliases) {
                model(json, alias, "policy");
            }
            for (String name : priced) {
                model(json, name, name.substring(0, Math.max(0, name.indexOf('.'))));
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
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
