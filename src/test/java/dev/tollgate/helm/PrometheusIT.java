package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealPrometheus;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What people see of a running sidecar: a real Prometheus with the CloudWatch agent's own scrape configuration, and every
 * query of the Grafana dashboards. Runs where the machine has a Prometheus.
 */
@Tag("prometheus")
@Timeout(180)
class PrometheusIT {

    private static final String SONNET = "/model/sonnet/";
    private static final String DIMENSIONS = "Model, ModelId, CostCenter, Application, Environment";

    private static RealRedis redis;
    private static Upstreams upstream;
    private static SidecarProcess sidecar;
    private static RealPrometheus grafana;
    private static RealPrometheus agent;
    private static Map<String, Object> agentConfig;

    @BeforeAll
    @Timeout(240)
    static void start() {
        redis = RealRedis.start();
        upstream = Upstreams.start();
        sidecar = SidecarProcess.serve(upstream.settings(
                redis,
                "TOLLGATE_IDENTITY_TRUST",
                "request",
                "TOLLGATE_IDENTITY_TENANTS",
                "acme,globex,initech",
                "TOLLGATE_IDENTITY_APPLICATION",
                "shop",
                "TOLLGATE_POLICY_FILE",
                Upstreams.policy("""
                        tenants:
                          acme: { cost-center: sales, environment: prod }
                          globex: { cost-center: research, environment: dev }
                          initech: { environment: test }
                        aliases:
                          nova-lite: us.amazon.nova-lite-v1:0
                          sonnet: us.anthropic.claude-sonnet-4-5-20250929-v1:0
                        limits:
                          - name: calls
                            per: [tenant]
                            match: { environment: "*d*" }
                            budget: { requests: 20, per: day }
                          - name: money
                            per: [tenant]
                            match: { environment: "*d*" }
                            budget: { usd: 100, per: month }
                          - name: unchecked
                            per: [tenant]
                            concurrency: 1000
                            on-ledger-failure: open
                        """).toString()));
        String port = String.valueOf(sidecar.managementPort());
        grafana = new RealPrometheus("""
                global: { scrape_interval: 1s }
                scrape_configs:
                  - job_name: tollgate
                    metrics_path: /q/metrics
                    static_configs:
                      - { targets: ["127.0.0.1:%s"], labels: { namespace: team-a, pod: web-1 } }
                """.formatted(port));
        Map<String, Object> config = Chart.map(Chart.object(
                        Chart.render(
                                Chart.OLD,
                                "existing",
                                "ports.management=" + port,
                                "ports.data=" + sidecar.port(),
                                "cloudwatch.intervalSeconds=5"),
                        "ConfigMap",
                        "tollgate-cloudwatch")
                .get("data"));
        agentConfig = Chart.map(Chart.yaml().load((String) config.get("cwagentconfig.json")));
        // Prometheus knows this setting from 2.49 on, Debian's is older; the agent has it.
        agent = new RealPrometheus(((String) config.get("prometheus.yaml"))
                .replace("    scrape_protocols: [PrometheusText0.0.4]\n", "")
                .replace("scrape_timeout: 10s", "scrape_timeout: 4s"));
        Ports.await(
                "both to have scraped the counters at zero",
                () -> !agent.query("TotalRequests").isEmpty()
                        && !grafana.query("tollgate_requests_total").isEmpty());
    }

    @AfterAll
    static void stop() {
        grafana.close();
        agent.close();
        sidecar.close();
        upstream.close();
        redis.close();
    }

    private static int call(String path, String tenant, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("X-Tollgate-Tenant", tenant));
        return Http.post(sidecar, path, Http.converse(100), all.toArray(String[]::new))
                .statusCode();
    }

    @Test
    void cloudWatchGetsTheSixMetricsAndEveryQueryOfTheDashboardsAnswers() throws IOException {
        for (int i = 0; i < 3; i++) {
            assertEquals(200, call(SONNET + "converse", "acme"));
        }
        assertEquals(200, call("/model/nova-lite/converse-stream", "acme"));
        assertEquals(429, call(SONNET + "converse", "acme", "x-simulate", "status=429"));
        for (int i = 0; i < 20; i++) {
            assertEquals(200, call("/model/nova-lite/converse", "globex"));
        }
        for (int i = 0; i < 4; i++) {
            assertEquals(400, call("/model/nova-lite/converse", "globex"));
        }
        shipsToCloudWatch();

        // What only faults show: a call of an unknown price, Redis away, back and empty.
        assertEquals(200, call("/model/vendor.unknown-v1%3A0/converse", "acme"));
        redis.kill();
        for (int i = 0; i < 12; i++) {
            call(SONNET + "converse", "acme");
        }
        assertEquals(200, call(SONNET + "converse", "initech"), "its one limit fails open");
        redis.restart();
        Ports.await("calls to be admitted again", () -> call("/model/nova-lite/converse", "acme") == 200);
        everyQueryAnswers();
        AskedMetrics.alertsAskForWhatThereIs(grafana);
    }

    private static void shipsToCloudWatch() {
        Map<String, Double> expected = new TreeMap<>(Map.of(
                "TotalRequests sales sonnet", 4.0,
                "RateLimitApproved sales sonnet", 4.0,
                "InvocationFailed sales sonnet", 1.0,
                "TotalRequests sales nova-lite", 1.0,
                "RateLimitApproved sales nova-lite", 1.0,
                "TotalRequests research nova-lite", 24.0,
                "RateLimitApproved research nova-lite", 20.0,
                "RateLimitDenied research nova-lite", 4.0));
        for (String direction : List.of("input", "output")) {
            String metric = direction.equals("input") ? "InputTokens" : "OutputTokens";
            tokens(expected, metric + " sales sonnet", direction, "acme", "claude-sonnet-4-5");
            tokens(expected, metric + " sales nova-lite", direction, "acme", "nova-lite");
            tokens(expected, metric + " research nova-lite", direction, "globex", "nova-lite");
        }
        Ports.await("the numbers " + expected, () -> expected.equals(shipped()));

        List<JsonObject> series = agent.query("{job=\"tollgate\", __name__!~\"up|scrape_.*\"}");
        Set<String> names = series.stream()
                .map(s -> s.getJsonObject("metric").getString("__name__"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(
                Set.of(
                        "TotalRequests",
                        "RateLimitApproved",
                        "RateLimitDenied",
                        "InvocationFailed",
                        "InputTokens",
                        "OutputTokens"),
                names);
        for (JsonObject one : series) {
            for (String dimension : DIMENSIONS.split(", ")) {
                assertFalse(one.getJsonObject("metric").getString(dimension, "").isEmpty(), one.encode());
            }
        }
        Map<String, Object> emf =
                Chart.map(Chart.map(Chart.map(Chart.map(agentConfig.get("logs")).get("metrics_collected"))
                                .get("prometheus"))
                        .get("emf_processor"));
        assertEquals("GenAIRateLimiting", emf.get("metric_namespace"));
        Map<String, Object> declaration =
                Chart.maps(emf.get("metric_declaration")).get(0);
        assertEquals(List.of(List.of(DIMENSIONS.split(", "))), declaration.get("dimensions"));
        @SuppressWarnings("unchecked")
        List<String> selectors = (List<String>) declaration.get("metric_selectors");
        names.forEach(
                name -> assertEquals(1, selectors.stream().filter(name::matches).count(), name));
        assertEquals(names.size(), selectors.size());
    }

    private static void tokens(Map<String, Double> expected, String key, String type, String tenant, String model) {
        double value = sidecar.metric(
                "tollgate_tokens_total", "type=\"" + type + "\"", "tenant=\"" + tenant + "\"", "model=\"" + model);
        assertTrue(value > 0, key);
        expected.put(key, value);
    }

    /** Sum by metric, cost center and model of what is not zero. */
    private static Map<String, Double> shipped() {
        Map<String, Double> shipped = new TreeMap<>();
        agent.query("sum by (__name__, CostCenter, Model, ModelId, Application, Environment)"
                        + " ({job=\"tollgate\", __name__!~\"up|scrape_.*\"}) > 0")
                .forEach(s -> {
                    JsonObject labels = s.getJsonObject("metric");
                    assertEquals("shop", labels.getString("Application"));
                    boolean sonnet = labels.getString("Model").startsWith("claude-sonnet");
                    assertTrue(
                            labels.getString("ModelId").startsWith(sonnet ? "us.anthropic.claude" : "us.amazon.nova"));
                    assertEquals(
                            labels.getString("CostCenter").equals("sales") ? "prod" : "dev",
                            labels.getString("Environment"));
                    shipped.put(
                            labels.getString("__name__") + " " + labels.getString("CostCenter") + " "
                                    + (sonnet ? "sonnet" : "nova-lite"),
                            Double.parseDouble(s.getJsonArray("value").getString(1)));
                });
        return shipped;
    }

    private static void everyQueryAnswers() {
        List<String> silent = new ArrayList<>();
        Ports.await("every query to answer, these do not: see below", () -> {
            silent.clear();
            // A rate needs a second call after the first was scraped.
            assertEquals(200, call("/model/nova-lite/converse-stream", "initech"), "no budget is its own");
            for (Dashboard dashboard : Dashboard.all()) {
                for (JsonObject panel : dashboard.panels()) {
                    for (JsonObject target : Dashboard.targets(panel)) {
                        String query = Dashboard.query(target.getString("expr"));
                        if (AskedMetrics.awaited(grafana, query)) {
                            continue;
                        }
                        List<JsonObject> answer = grafana.query(query);
                        if (answer.isEmpty()
                                || answer.stream().allMatch(a -> a.getJsonArray("value")
                                        .getString(1)
                                        .equals("NaN"))) {
                            silent.add(dashboard.name() + ": " + panel.getString("title") + ": " + query);
                        }
                    }
                }
            }
            silent.forEach(System.out::println);
            return silent.isEmpty();
        });
        assertTrue(grafana.query("tollgate_ledger_errors_total > 0").size() > 0);
        assertTrue(grafana.query("tollgate_fail_open_total > 0").size() > 0);
        assertEquals(1, grafana.query("tollgate_ledger_resets_total >= 1").size());
        assertTrue(grafana.query("process_resident_memory_bytes > 10e6").size() > 0);
    }
}
