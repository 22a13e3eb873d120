package dev.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Product;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementIT {

    private static final String TOKEN = "a-token-of-this-test";
    private static final String POLICY = """
            limits:
              - { name: each, per: [tenant], concurrency: 5 }
              - { name: together, rate: { requests: 100 } }
              - { name: acme-day, match: { tenant: acme }, budget: { usd: 5, per: day } }
              - { name: globex-day, match: { tenant: globex }, budget: { usd: 5, per: day } }
              - { name: initech-day, match: { tenant: initech }, budget: { usd: 5, per: day } }
            tenants: { acme: { cost-center: a }, globex: { cost-center: b }, initech: { cost-center: c } }
            """;

    @RegisterExtension
    static final Product POD = Product.with("TOLLGATE_IDENTITY_TENANT", "acme", "TOLLGATE_MANAGEMENT_TOKEN", TOKEN)
            .policy(POLICY);

    @RegisterExtension
    static final Product GATEWAY = Product.with().trusting("globex").policy(POLICY);

    private static Set<String> shown(Product product) {
        JsonArray limits =
                new JsonObject(product.sidecar().get("/tollgate/v1/limits").body()).getJsonArray("limits");
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < limits.size(); i++) {
            JsonObject limit = limits.getJsonObject(i);
            names.add(limit.getString("name") + " " + limit.getString("tenant"));
        }
        return names;
    }

    @Test
    void aPodShowsItsOwnTenantAndWhatItShares() {
        assertEquals(Set.of("each acme", "together all", "acme-day all"), shown(POD));
    }

    @Test
    void aPodThatServesSeveralTenantsShowsThoseItMayName() {
        assertEquals(
                Set.of("each acme", "each globex", "together all", "acme-day all", "globex-day all"), shown(GATEWAY));
    }

    @Test
    void theRootLeadsToWhatExists() {
        String text = POD.sidecar().get("/").body();
        for (String path :
                List.of("/tollgate/", "/tollgate/v1/status", "/tollgate/v1/limits", "/q/metrics", "/q/health")) {
            assertTrue(text.contains(path), text);
            assertEquals(200, POD.sidecar().get(path).statusCode(), path);
        }
        HttpResponse<byte[]> html = Http.send(HttpRequest.newBuilder(uri("127.0.0.1", "/"))
                .header("Accept", "text/html,application/xhtml+xml")
                .build());
        assertEquals(
                "text/html;charset=utf-8",
                html.headers().firstValue("Content-Type").orElse(""));
        assertTrue(text(html).contains("<a href=\"/tollgate/v1/limits\">"), text(html));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/tollgate/v1/nothing", "/tollgate", "/favicon.ico"})
    void whatIsNotThereIsNamed(String path) {
        HttpResponse<String> answer = POD.sidecar().get(path);
        assertEquals(404, answer.statusCode());
        assertEquals(
                "expected GET of one of /tollgate/, /tollgate/v1/status, /tollgate/v1/events, /tollgate/v1/limits, /q/metrics,"
                        + " /q/health, found GET " + path,
                new JsonObject(answer.body()).getString("message"));
    }

    @Test
    void aPostOfAPageIsNamed() {
        HttpResponse<byte[]> answer = Http.send(HttpRequest.newBuilder(uri("127.0.0.1", "/tollgate/v1/limits"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
        assertTrue(text(answer).contains("found POST /tollgate/v1/limits"), text(answer));
    }

    @Test
    void otherAddressesReadMetricsAndHealthAndWithTheTokenPages() throws SocketException {
        Optional<String> address = otherAddress();
        if (address.isEmpty()) {
            // A machine with loopback only: AccessGuardTest shows the rule.
            return;
        }
        String host = address.get();
        assertEquals(200, get(host, "/q/metrics", "none").statusCode());
        assertEquals(200, get(host, "/q/health/ready", "none").statusCode());
        HttpResponse<byte[]> refused = get(host, "/tollgate/v1/limits", "none");
        assertEquals(403, refused.statusCode());
        assertTrue(text(refused).contains("expected a request from loopback"), text(refused));
        assertTrue(!text(refused).contains("acme"), text(refused));
        assertEquals(403, get(host, "/tollgate/v1/../v1/limits", "none").statusCode());
        assertEquals(403, get(host, "/%74ollgate/v1/limits", "none").statusCode());
        assertEquals(
                403,
                get(host, "/tollgate/v1/limits", "Bearer a-token-of-this-tesT").statusCode());
        assertEquals(200, get(host, "/tollgate/v1/limits", "Bearer " + TOKEN).statusCode());
    }

    private static HttpResponse<byte[]> get(String host, String path, String authorization) {
        return Http.send(HttpRequest.newBuilder(uri(host, path))
                .header("Authorization", authorization)
                .build());
    }

    private static URI uri(String host, String path) {
        return URI.create("http://" + host + ":" + POD.sidecar().managementPort() + path);
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static Optional<String> otherAddress() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(a -> !a.isLoopbackAddress() && a.getAddress().length == 4)
                .map(InetAddress::getHostAddress)
                .findFirst();
    }
}
