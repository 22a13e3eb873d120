package dev.tollgate.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.OtlpCollector;
import dev.tollgate.harness.Product;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A scrape of a sidecar that has seen everything, as tools read it. */
class ScrapeIT {

    private static final OtlpCollector COLLECTOR = new OtlpCollector();

    @RegisterExtension
    static final Product PRODUCT =
            Product.with("TOLLGATE_OTLP_ENDPOINT", COLLECTOR.url()).redis().policy("""
                    aliases: { nova: us.amazon.nova-lite-v1:0 }
                    limits:
                      - { name: day, per: [tenant], budget: { usd: 20, per: day, warn-at: [50] } }
                      - { name: small, match: { model: "*micro*" }, budget: { tokens: 1, per: day } }
                      - { name: loose, concurrency: 5, on-ledger-failure: open }
                    """);

    @BeforeAll
    static void everything() {
        Http.post(PRODUCT.sidecar(), "/model/nova/converse", Http.converse(100));
        Http.post(PRODUCT.sidecar(), "/model/nova/converse-stream", Http.converse(100));
        Http.post(PRODUCT.sidecar(), "/model/nova/converse", Http.converse(100), "x-simulate", "status=429");
        Http.post(PRODUCT.sidecar(), "/model/amazon.nova-micro-v1%3A0/converse", Http.converse(100));
        Http.post(PRODUCT.sidecar(), "/model/vendor.made-up/converse", Http.converse(100));
        Http.post(PRODUCT.sidecar(), "/model/nova/nonsense", Http.converse(100));
        PRODUCT.awaitNoCalls();
    }

    @AfterAll
    static void stop() {
        COLLECTOR.close();
    }

    private static HttpResponse<byte[]> scrape(String accept) {
        return Http.send(HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + PRODUCT.sidecar().managementPort() + "/q/metrics"))
                .header("Accept", accept)
                .build());
    }

    /** {@code curl localhost:9000/q/metrics | promtool check metrics}. */
    @Tag("prometheus")
    @ParameterizedTest
    @ValueSource(strings = {"*/*", "text/plain;version=0.0.4"})
    void promtoolHasNothingToSay(String accept) throws IOException, InterruptedException {
        byte[] body = scrape(accept).body();
        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectErrorStream(true)
                .start();
        promtool.getOutputStream().write(body);
        promtool.getOutputStream().close();
        assertEquals("", new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals(0, promtool.waitFor());
    }

    @Test
    void everyMetricHasHelpAndNoneIsALibrarys() {
        String body = new String(scrape("*/*").body(), StandardCharsets.UTF_8);
        body.lines()
                .filter(line -> line.startsWith("# HELP "))
                .forEach(line -> assertTrue(line.split(" ", 4).length == 4 && !line.contains("\""), line));
        assertTrue(body.lines().noneMatch(line -> line.startsWith("ft_")));
        assertTrue(body.contains("\nprocess_cpu_seconds_total "));
        assertTrue(body.contains("\ngen_ai_client_token_usage_bucket{"));
        assertTrue(body.contains("gen_ai_token_type=\"input\""));
        assertTrue(body.contains("le=\"6.7108864E7\""), "bounds of the conventions");
        assertTrue(body.contains("\ntollgate_otlp_spans_total{"));
    }

    @Test
    void whoAsksForOpenMetricsGetsIt() {
        HttpResponse<byte[]> answer = scrape("application/openmetrics-text; version=1.0.0");
        assertTrue(
                answer.headers().firstValue("Content-Type").orElseThrow().startsWith("application/openmetrics-text"));
        assertTrue(new String(answer.body(), StandardCharsets.UTF_8).endsWith("# EOF\n"));
    }
}
