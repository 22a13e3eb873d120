package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Product;
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
