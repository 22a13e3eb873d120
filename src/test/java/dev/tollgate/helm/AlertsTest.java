package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AlertsTest {

    private static final Path RULES = Chart.ROOT.resolve("alerts/tollgate.rules.yaml");

    /** Metrics that an alert asks for; labels and functions have no such names. */
    static final Pattern METRIC = Pattern.compile("\\b(?:(?:tollgate|kube|process)_[a-z0-9_]+|up)\\b(?=[^=]|$)");

    static List<Map<String, Object>> rules() throws IOException {
        List<Map<String, Object>> rules = new ArrayList<>();
        Map<String, Object> file = Chart.map(Chart.yaml().load(Files.readString(RULES)));
        Chart.maps(file.get("groups")).forEach(g -> rules.addAll(Chart.maps(g.get("rules"))));
        return rules;
    }

    @Test
    void everyAlertHasNumbersAndASectionInTheRunbook() throws IOException {
        String runbook = Files.readString(Path.of("src/docs/runbook.md"));
        String tests = Files.readString(Path.of("src/test/resources/prometheus/alerts_test.yaml"));
        assertEquals(25, rules().size());
        for (Map<String, Object> rule : rules()) {
            String name = (String) rule.get("alert");
            Map<String, Object> annotations = Chart.map(rule.get("annotations"));
            assertTrue(name.startsWith("Tollgate"), name);
            assertTrue(((String) annotations.get("summary")).contains("{{ "), name);
            assertTrue(((String) annotations.get("description")).endsWith("."), name);
            assertEquals("https://tollgate.dev/runbook#" + name.toLowerCase(), annotations.get("runbook_url"));
            assertTrue(runbook.contains("## " + name + "\n"), name);
            assertTrue(
                    List.of("info", "warning", "critical")
                            .contains(Chart.map(rule.get("labels")).get("severity")),
                    name);
            assertTrue(tests.contains("alertname: " + name + ", exp_alerts: []"), name + " is not shown to stay quiet");
            assertTrue(tests.contains("alertname: " + name + "\n"), name + " is not shown to fire");
        }
    }

    /** Another release has its own rules for its own namespace. */
    @Test
    void everySelectorNamesTheNamespace() throws IOException {
        for (Map<String, Object> rule : rules()) {
            String expression = (String) rule.get("expr");
            METRIC.matcher(expression).results().forEach(m -> {
                boolean joined = expression.contains("on (namespace, pod, instance) " + m.group());
                assertTrue(
                        joined || expression.startsWith("{namespace=~\".+\"", m.end()),
                        rule.get("alert") + ": " + m.group());
            });
        }
    }

    @Test
    void theChartShipsThem() throws IOException {
        Map<String, Object> rule = Chart.only(Chart.render(Chart.NEW, "full"), "PrometheusRule");
        assertEquals(
                Chart.yaml().load(Files.readString(RULES).replace("namespace=~\".+\"", "namespace=\"team-a\"")),
                rule.get("spec"));
    }

    @Test
    @Tag("prometheus")
    void theyFireAndStayQuietAsTheyShould() throws Exception {
        Process promtool = new ProcessBuilder(
                        "promtool", "test", "rules", "src/test/resources/prometheus/alerts_test.yaml")
                .redirectErrorStream(true)
                .start();
        String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, promtool.waitFor(), output);
    }
}
