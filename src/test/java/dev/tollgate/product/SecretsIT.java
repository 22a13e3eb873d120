package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Product;
import dev.tollgate.harness.Upstreams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With every logger at DEBUG: no key, no session token, no prompt and no answer in the log. */
class SecretsIT {

    private static final String SESSION_TOKEN = "session-token-that-nobody-may-read";
    private static final String PROMPT = "prompt-that-nobody-may-read";

    @RegisterExtension
    static final Product PRODUCT = Product.with(
            "AWS_SESSION_TOKEN",
            SESSION_TOKEN,
            "QUARKUS_LOG_LEVEL",
            "DEBUG",
            "QUARKUS_LOG_CATEGORY__SOFTWARE_AMAZON_AWSSDK__LEVEL",
            "DEBUG",
            "QUARKUS_LOG_CATEGORY__IO_NETTY__LEVEL",
            "DEBUG",
            "QUARKUS_LOG_CATEGORY__IO_VERTX__LEVEL",
            "DEBUG");

    @Test
    void nothingSecretIsLogged() {
        String body = Http.converse(10).replace("Hello", PROMPT);
        assertEquals(
                200, Http.post(PRODUCT.sidecar(), Http.NOVA + "converse", body).statusCode());
        PRODUCT.awaitNoCalls();
        PRODUCT.sidecar().terminate();
        String log = PRODUCT.sidecar().log();
        assertFalse(log.contains(SESSION_TOKEN), "the session token is in the log");
        assertFalse(log.contains(Upstreams.SECRET), "the secret key is in the log");
        assertFalse(log.contains(PROMPT), "the prompt is in the log");
    }
}
