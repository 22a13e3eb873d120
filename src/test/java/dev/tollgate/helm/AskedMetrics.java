package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tollgate.harness.RealPrometheus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;

/** Metrics that dashboards and alerts ask for, against what a sidecar has. */
final class AskedMetrics {

    /** Those that telemetry does not have yet. */
    private static final Set<String> AWAITED = Set.of();

    private AskedMetrics() {}

    /** Whether a query asks for something that no sidecar has yet. */
    static boolean awaited(RealPrometheus prometheus, String query) {
        return AWAITED.stream()
                .anyMatch(name -> query.contains(name) && prometheus.query(name).isEmpty());
    }

    private static boolean ofSidecars(String name) {
        return !name.startsWith("kube_") && !name.equals("up") && !AWAITED.contains(name);
    }

    /** The series that promtool's tests make up have the labels that a sidecar's have, and every alert has its metrics. */
    static void alertsAskForWhatThereIs(RealPrometheus prometheus) throws IOException {
        Map<String, Object> tests =
                Chart.yaml().load(Files.readString(Path.of("src/test/resources/prometheus/alerts_test.yaml")));
        for (Map<String, Object> test : Chart.maps(tests.get("tests"))) {
            for (Map<String, Object> series : Chart.maps(test.get("input_series"))) {
                String text = (String) series.get("series");
                if (ofSidecars(text.substring(0, text.indexOf('{')))) {
                    // The scrape adds instance; period is awaited.
                    String labels = text.replaceAll("(period|instance)=\"[^\"]*\",? ?", "")
                            .replaceAll("=\"[^\"]*\"", "!=\"\"");
                    assertFalse(prometheus.query(labels).isEmpty(), "no sidecar has such a series: " + labels);
                }
            }
        }
        for (Map<String, Object> rule : AlertsTest.rules()) {
            AlertsTest.METRIC
                    .matcher((String) rule.get("expr"))
                    .results()
                    .map(MatchResult::group)
                    .filter(AskedMetrics::ofSidecars)
                    .forEach(name ->
                            assertFalse(prometheus.query(name).isEmpty(), rule.get("alert") + " asks for " + name));
        }
    }
}
