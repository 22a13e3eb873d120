package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Product;
import dev.tollgate.simulator.Simulator;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ModelListIT {

    @RegisterExtension
    static final Product PRODUCT = Product.with().policy("{ aliases: { chat: us.amazon.nova-lite-v1:0 }, limits: [] }");

    private static HttpResponse<byte[]> get(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(PRODUCT.sidecar().uri() + path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return Http.send(request.build());
    }

    @Test
    void listsAliasesAndPricedModelsAsOpenAiDoes() {
        JsonObject list = new JsonObject(new String(get("/openai/v1/models").body(), StandardCharsets.UTF_8));
        assertEquals("list", list.getString("object"));
        List<String> ids = list.getJsonArray("data").stream()
                .map(model -> ((JsonObject) model).getString("id"))
                .toList();
        assertTrue(ids.contains("chat"), ids.toString());
        assertTrue(ids.contains("amazon.nova-lite"), ids.toString());
    }

    @Test
    void aBuiltInNameIsListedAndCanBeCalledByEveryOperation() {
        JsonObject list = new JsonObject(new String(get("/openai/v1/models").body(), StandardCharsets.UTF_8));
        JsonObject haiku = list.getJsonArray("data").stream()
                .map(JsonObject.class::cast)
                .filter(model -> model.getString("id").equals("claude-3-5-haiku"))
                .findFirst()
                .orElseThrow();
        assertEquals("anthropic", haiku.getString("owned_by"));
        String converse = Http.converse(5);
        String chat = "{\"model\":\"claude-3-5-haiku\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        for (String operation : List.of("converse", "converse-stream", "invoke", "invoke-with-response-stream")) {
            assertEquals(
                    200,
                    Http.post(PRODUCT.sidecar(), "/model/claude-3-5-haiku/" + operation, converse)
                            .statusCode());
            assertEquals("/model/us.anthropic.claude-3-5-haiku-20241022-v1%3A0/" + operation, last().path());
        }
        assertEquals(
                200,
                Http.post(PRODUCT.sidecar(), "/openai/v1/chat/completions", chat)
                        .statusCode());
        String sent = new String(last().body(), StandardCharsets.UTF_8);
        assertEquals("us.anthropic.claude-3-5-haiku-20241022-v1:0", new JsonObject(sent).getString("model"));
    }

    private static Simulator.Received last() {
        List<Simulator.Received> received = PRODUCT.upstream().simulator().received();
        return received.get(received.size() - 1);
    }

    @Test
    void refusesAWebPage() {
        HttpResponse<byte[]> answer = get("/openai/v1/models", "Origin", "https://evil.example");
        assertEquals(403, answer.statusCode());
    }

    @Test
    void aRouteThatIsNotMeteredIsRefusedWithWhatWasFound() {
        HttpResponse<byte[]> answer =
                Http.post(PRODUCT.sidecar(), "/anthropic/v1/messages", "{\"model\":\"chat\",\"messages\":[]}");
        assertEquals(404, answer.statusCode());
        assertTrue(new String(answer.body(), StandardCharsets.UTF_8).contains("POST /anthropic/v1/messages"));
    }
}
