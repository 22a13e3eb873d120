package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CloudWatchDashboardTest {

    private static final Pattern SCHEMA = Pattern.compile("SCHEMA\\(([^)]*)\\)");
    private static final Pattern SEARCHED = Pattern.compile("\\{([^}]*)}");
    private static final Pattern METRIC = Pattern.compile("SUM\\((\\w+)\\)|MetricName=\"(\\w+)\"");
    private static final String SPACE = "GenAIRateLimiting";

    private static JsonObject body() throws IOException {
        return new JsonObject(Files.readString(Chart.ROOT.resolve("cloudwatch/dashboard.json")));
    }

    private static List<JsonObject> widgets() throws IOException {
        return body().getJsonArray("widgets").stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    /** What the agent ships: metrics and dimensions. */
    private static Map<String, Object> declaration() {
        Map<String, Object> config =
                Chart.map(Chart.object(Chart.render(Chart.OLD, "existing"), "ConfigMap", "tollgate-cloudwatch")
                        .get("data"));
        Map<String, Object> logs = Chart.map(Chart.map(Chart.yaml().load((String) config.get("cwagentconfig.json")))
                .get("logs"));
        Map<String, Object> prometheus =
                Chart.map(Chart.map(logs.get("metrics_collected")).get("prometheus"));
        Map<String, Object> emf = Chart.map(prometheus.get("emf_processor"));
        assertEquals(SPACE, emf.get("metric_namespace"));
        assertEquals(
                Set.of("log_group_name", "prometheus_config_path", "emf_processor"),
                prometheus.keySet(),
                "the agent's schema is closed; cluster_name is the one more that it knows");
        assertEquals(
                Set.of("metric_declaration_dedup", "metric_namespace", "metric_unit", "metric_declaration"),
                emf.keySet());
        return Chart.maps(emf.get("metric_declaration")).get(0);
    }

    @Test
    void widgetsLieOnTheGridWithoutOverlap() throws IOException {
        Set<String> cells = new HashSet<>();
        for (JsonObject widget : widgets()) {
            assertTrue(widget.getInteger("x") + widget.getInteger("width") <= 24);
            for (int x = 0; x < widget.getInteger("width"); x++) {
                for (int y = 0; y < widget.getInteger("height"); y++) {
                    assertTrue(
                            cells.add((widget.getInteger("x") + x) + "," + (widget.getInteger("y") + y)),
                            widget.encode());
                }
            }
        }
    }

    @Test
    void everyMetricAndDimensionIsOneThatTheAgentShips() throws IOException {
        Map<String, Object> declaration = declaration();
        String shipped = String.valueOf(declaration.get("metric_selectors"));
        @SuppressWarnings("unchecked")
        List<String> dimensions = ((List<List<String>>) declaration.get("dimensions")).get(0);
        Set<String> used = new HashSet<>();
        String all = body().encode().replace("\\\"", "\"")
                + Files.readString(Chart.ROOT.resolve("cloudwatch/cloudformation.yaml"));
        for (Pattern pattern : List.of(SCHEMA, SEARCHED)) {
            Matcher schema = pattern.matcher(all);
            while (schema.find()) {
                if (schema.group(1).startsWith(SPACE)) {
                    assertEquals(
                            SPACE + "," + String.join(",", dimensions),
                            schema.group(1).replace(" ", ""));
                }
            }
        }
        Matcher metric = METRIC.matcher(all);
        while (metric.find()) {
            String name = metric.group(1) == null ? metric.group(2) : metric.group(1);
            assertTrue(shipped.contains("^" + name + "$"), name);
            used.add(name);
        }
        assertEquals(6, used.size(), "all six are shown: " + used);
        JsonObject variable = body().getJsonArray("variables").getJsonObject(0);
        assertTrue(dimensions.contains(variable.getString("populateFrom")));
        assertTrue(all.contains("CostCenter=\"" + variable.getString("pattern") + "\""));
    }

    @Test
    void everyWidgetHasATitleAndARegion() throws IOException {
        for (JsonObject widget : widgets()) {
            JsonObject properties = widget.getJsonObject("properties");
            if (widget.getString("type").equals("text")) {
                assertFalse(properties.getString("markdown").isEmpty());
                continue;
            }
            assertFalse(properties.getString("title").isEmpty());
            if (widget.getString("type").equals("metric")) {
                assertEquals("${AWS::Region}", properties.getString("region"));
                assertEquals("Sum", properties.getString("stat"));
                Set<String> ids = new HashSet<>();
                for (Object metric : properties.getJsonArray("metrics")) {
                    assertTrue(ids.add(((JsonArray) metric).getJsonObject(0).getString("id")), widget.encode());
                }
            }
        }
    }

    @Test
    void cloudFormationWrapsTheSameBody() throws IOException {
        String template = Files.readString(Chart.ROOT.resolve("cloudwatch/cloudformation.yaml"));
        String marker = "DashboardBody: !Sub |\n";
        String wrapped = template.substring(template.indexOf(marker) + marker.length());
        assertEquals(body(), new JsonObject(wrapped));
        for (String reference : List.of("${AWS::Region}", "${LogGroup}", "${DeniedAlarm.Arn}", "${FailedAlarm.Arn}")) {
            assertTrue(wrapped.contains(reference), reference);
        }
        Matcher references = Pattern.compile("\\$\\{([A-Za-z]+)(\\.Arn)?}").matcher(wrapped);
        while (references.find()) {
            assertTrue(template.contains("\n  " + references.group(1) + ":\n"), references.group());
        }
    }
}
