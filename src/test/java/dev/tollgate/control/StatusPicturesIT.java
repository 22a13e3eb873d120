package dev.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.harness.Browser;
import dev.tollgate.harness.Http;
import dev.tollgate.harness.Product;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Draws the status page of a few tenants for the documentation: {@code -Dtollgate.pictures=src/docs} keeps it there. */
class StatusPicturesIT {

    private static final Path FOLDER = Path.of(System.getProperty("tollgate.pictures", "target"));
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String SONNET = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/";
    private static final String HAIKU = "/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/";

    @RegisterExtension
    static final Product GATEWAY =
            Product.with().trusting("acme,globex,initech,umbrella").policy("""
                    limits:
                      - { name: tenant-day, per: [tenant], budget: { usd: 2, per: day, time-zone: Europe/Vienna, warn-at: [80, 95] } }
                      - { name: org-month, budget: { usd: 20, per: month, warn-at: [90] }, mode: shadow }
                      - { name: tenant-model-tpm, per: [tenant, model], rate: { tokens: 400000, every: 1m } }
                      - { name: tenant-inflight, per: [tenant], concurrency: 20 }
                    tenants: { acme: {}, globex: {}, initech: {}, umbrella: {} }
                    """).redis();

    private static HttpRequest call(String tenant, String path, int tokens, String simulate) {
        return HttpRequest.newBuilder(URI.create(GATEWAY.sidecar().uri() + path + "converse"))
                .header("Content-Type", "application/json")
                .header("X-Tollgate-Tenant", tenant)
                .header("x-simulate", "tokens=" + tokens + simulate)
                .POST(HttpRequest.BodyPublishers.ofString(Http.converse(tokens)))
                .build();
    }

    private static void spend(String tenant, Map<String, Integer> tokensByPath) {
        tokensByPath.forEach((path, tokens) -> Http.send(call(tenant, path, tokens, "")));
    }

    private static void scene() {
        spend("acme", Map.of(SONNET, 58_000, HAIKU, 52_000, Http.NOVA, 5000));
        spend("globex", Map.of(SONNET, 62_000, HAIKU, 59_000));
        spend("globex", Map.of(SONNET, 42_000));
        spend("initech", Map.of(SONNET, 44_000, Http.NOVA, 4000));
        spend("umbrella", Map.of(HAIKU, 30_000, Http.NOVA, 3000));
        // Denied: what is left of the day is too little.
        spend("globex", Map.of(SONNET, 40_000));
        HttpClient client = HttpClient.newHttpClient();
        List.of("acme", "initech")
                .forEach(tenant -> client.sendAsync(
                        call(tenant, SONNET, 14_000, "; delay=60000"), HttpResponse.BodyHandlers.discarding()));
    }

    private static void picture(Browser browser, String name, int width, boolean dark) throws IOException {
        browser.look(width, 900, dark);
        browser.await(
                SOON, "a picture's frame", "new Promise(done => requestAnimationFrame(() => done(true))) && true");
        Files.write(FOLDER.resolve(name), browser.picture());
    }

    @Test
    void thePageLooksAsInTheDocumentation() throws IOException {
        scene();
        try (Browser browser = Browser.start()) {
            browser.open("http://127.0.0.1:" + GATEWAY.sidecar().managementPort() + "/tollgate/", 1120, 900, false);
            browser.await(
                    SOON,
                    "spend and what is held",
                    "last !== null && last.spend.length === 9 && last.limits.some(l => l.held > 100000)");
            browser.value("document.querySelector('details').open = true");
            browser.await(SOON, "rates of a tenant", "document.querySelectorAll('details[open] tbody tr').length > 2");
            picture(browser, "status-light.png", 1120, false);
            picture(browser, "status-dark.png", 1120, true);
            picture(browser, "status-phone.png", 400, false);
            assertEquals(List.of(), browser.complaints());
        }
    }
}
