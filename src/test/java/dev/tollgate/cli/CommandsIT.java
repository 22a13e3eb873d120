package dev.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandsIT {

    @Test
    void checkExplainsAPolicy() {
        String output =
                SidecarProcess.run(Map.of(), "check", Upstreams.policy("""
                        aliases: { nova: us.amazon.nova-lite-v1:0 }
                        limits:
                          - name: tpm
                            per: [tenant, model]
                            match: { model: "claude-*" }
                            rate: { tokens: 200000, every: 1m, burst: 300000 }
                          - name: month
                            budget: { usd: 500, per: month, time-zone: Europe/Vienna }
                            mode: shadow
                        """).toString());
        assertTrue(output.endsWith("exit 0"), output);
        assertTrue(output.contains("model = claude-*"), output);
        assertTrue(output.contains("500 USD a month (Europe/Vienna)"), output);
        assertTrue(output.contains("nova -> us.amazon.nova-lite-v1:0"), output);
    }

    @Test
    void checkTellsEveryMistakeAndExitsWithOne() {
        String output = SidecarProcess.run(
                Map.of(),
                "check",
                Upstreams.policy("limits:\n  - name: x\n    rate: { tokns: 5 }\n  - nam: y\n    concurrency: many\n")
                        .toString());
        assertTrue(output.endsWith("exit 1"), output);
        assertTrue(output.contains("line 3:"), output);
        assertTrue(output.contains("\"tokns\""), output);
        assertTrue(output.contains("found \"many\""), output);
    }

    @Test
    void serveRefusesABadPolicyBeforeItStarts() {
        String output = SidecarProcess.run(
                Map.of(
                        "TOLLGATE_POLICY_FILE",
                        Upstreams.policy("limits: [ { name: x, concurrency: -1 } ]")
                                .toString()),
                "serve");
        assertTrue(output.endsWith("exit 1"), output);
        assertTrue(output.contains("found \"-1\""), output);
        assertTrue(!output.contains("\tat "), output);
    }

    @Test
    void helpAndVersionAreThere() {
        assertTrue(SidecarProcess.run(Map.of(), "--help").contains("doctor"));
        assertTrue(SidecarProcess.run(Map.of(), "--version").startsWith("tollgate "));
        assertTrue(SidecarProcess.run(Map.of(), "dance").endsWith("exit 2"));
    }

    @Test
    void theDemoAllowsAndThenDenies() {
        try (SidecarProcess demo = SidecarProcess.start("demo", Map.of())) {
            int allowed = 0;
            HttpResponse<byte[]> last = null;
            for (int i = 0; i < 4; i++) {
                last = Http.post(demo, "/model/sonnet/converse", Http.converse(500));
                allowed += last.statusCode() == 200 ? 1 : 0;
            }
            assertEquals(3, allowed);
            assertEquals(400, last.statusCode());
            assertEquals(
                    "ServiceQuotaExceededException",
                    last.headers().firstValue("x-amzn-ErrorType").orElse(""));
            assertTrue(new String(last.body(), StandardCharsets.UTF_8).contains("acme-day"));
            assertEquals(
                    200,
                    Http.post(demo, "/model/sonnet/converse", Http.converse(500), "X-Tollgate-Tenant", "globex")
                            .statusCode());
            assertEquals(
                    403,
                    Http.post(demo, "/model/sonnet/converse", Http.converse(500), "X-Tollgate-Tenant", "other")
                            .statusCode());
            assertTrue(demo.log().contains("curl -i localhost:" + demo.port()), demo.log());
            assertTrue(demo.metric("tollgate_cost_usd_total", "tenant=\"acme\"") > 0.012);
        }
    }

    @Test
    void injectPutsTheBundledSidecarIntoADeployment() throws IOException {
        Path manifest = Files.writeString(Files.createTempFile("deploy", ".yaml"), """
                apiVersion: apps/v1
                kind: Deployment
                metadata: { name: web }
                spec: { template: { spec: { containers: [{ name: web, image: "web:1" }] } } }
                ---
                apiVersion: v1
                kind: Service
                metadata: { name: web }
                """);
        String output = SidecarProcess.run(Map.of(), "inject", "-f", manifest.toString());
        assertTrue(output.endsWith("exit 0"), output);
        assertTrue(output.contains("deployment \"web\" injected"), output);
        assertTrue(output.contains("fieldPath: metadata.annotations['tollgate.dev/tenant']"), output);
        assertTrue(output.contains("value: http://127.0.0.1:8787"), output);
        assertTrue(output.contains("kind: Service"), output);

        Files.writeString(manifest, "kind: Deployment\nspec: none\n");
        String refused = SidecarProcess.run(Map.of(), "inject", "-f", manifest.toString());
        assertTrue(refused.endsWith("exit 1"), refused);
        assertTrue(refused.contains("expected a mapping, found none"), refused);
    }
}
