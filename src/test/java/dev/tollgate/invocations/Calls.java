package dev.tollgate.invocations;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Product;
import dev.tollgate.simulator.Simulator;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Calls of the friendly API through the product, and what they became upstream. */
final class Calls {

    static final String PATH = "/tollgate/v1/invocations";

    /** The input that AWS's cost sentry documents. */
    static final String AWS_SAMPLE = """
            {
              "model": "claude-3-5-haiku",
              "prompt": {
                "messages": [
                  { "role": "system", "content": "You are a helpful assistant." },
                  { "role": "user", "content": "What is the capital of France?" },
                  { "role": "assistant", "content": "The capital is" }
                ],
                "parameters": { "max_tokens": 200, "temperature": 0.7, "top_p": 0.9, "top_k": 50 }
              },
              "tags": { "applicationId": "web-portal", "costCenter": "sales", "environment": "production" }
            }
            """;

    private Calls() {}

    /** The least that is a request, for this model. */
    static String hello(String model) {
        return "{\"model\":\"" + model + "\",\"prompt\":{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],"
                + "\"parameters\":{\"max_tokens\":20}},\"tags\":{\"applicationId\":\"web\"}}";
    }

    static String streamed(String request) {
        return request.replaceFirst("\\{", "{\"stream\":true,");
    }

    static HttpResponse<byte[]> post(Product product, String body, String... headers) {
        return Http.post(product.sidecar(), PATH, body, headers);
    }

    static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    static JsonObject json(HttpResponse<byte[]> answer) {
        return new JsonObject(text(answer));
    }

    static Simulator.Received last(Product product) {
        List<Simulator.Received> received = product.upstream().simulator().received();
        return received.get(received.size() - 1);
    }

    static JsonObject lastBody(Product product) {
        return new JsonObject(new String(last(product).body(), StandardCharsets.UTF_8));
    }

    /** A server-sent event. */
    record Event(String name, JsonObject data) {}

    static List<Event> events(String stream) {
        List<Event> events = new ArrayList<>();
        for (String event : stream.split("\n\n")) {
            String[] lines = event.split("\n");
            events.add(new Event(
                    lines[0].substring("event: ".length()), new JsonObject(lines[1].substring("data: ".length()))));
        }
        return events;
    }
}
