package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Product;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls that name no maximum of output tokens reserve and get the policy's. */
class DefaultMaxTokensIT {

    private static final String QUESTION = "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hello\"}]}]";
    private static final String CLAUDE = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse";

    @RegisterExtension
    static final Product PRODUCT = Product.with().policy("""
            default-max-tokens: { "claude-*": 400 }
            limits: [ { name: each, rate: { tokens: 5000, every: 1m } } ]
            """);

    private static HttpResponse<byte[]> post(String path, String more) {
        return Http.post(PRODUCT.sidecar(), path, QUESTION + more + "}");
    }

    @Test
    void aCallWithoutAMaximumReservesThePolicys() {
        assertEquals(200, post(CLAUDE, "").statusCode());
        assertEquals(
                200, post(CLAUDE, ",\"inferenceConfig\":{\"temperature\":0.5}").statusCode());
    }

    @Test
    void aCallThatNamesAMaximumKeepsIt() {
        HttpResponse<byte[]> denied = post(CLAUDE, ",\"inferenceConfig\":{\"maxTokens\":6000}");
        assertEquals(400, denied.statusCode());
        String message = new String(denied.body(), StandardCharsets.UTF_8);
        assertTrue(message.contains("this call alone reserves 60"), message);
    }

    @Test
    void aModelThatThePolicyDoesNotNameReservesItsOwnMaximum() {
        assertEquals(400, post(Http.NOVA + "converse", "").statusCode());
    }
}
