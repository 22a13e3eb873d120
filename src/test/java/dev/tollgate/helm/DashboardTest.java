package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The dashboards' form; that every query answers is {@link PrometheusIT}'s. */
class DashboardTest {

    static Stream<Dashboard> dashboards() {
        return Dashboard.all().stream();
    }

    @Test
    void thereAreFourAndTheChartShipsThem() {
        assertEquals(4, Dashboard.all().size());
        String manifests = Chart.render(Chart.OLD, null);
        for (Dashboard dashboard : Dashboard.all()) {
            String name = dashboard.name().replace(".json", "");
            Map<String, Object> config = Chart.object(manifests, "ConfigMap", "tollgate-dashboard-" + name);
            JsonObject shipped =
                    new JsonObject((String) Chart.map(config.get("data")).get("team-a-tollgate-" + dashboard.name()));
            assertEquals("Tollgate team-a: ", shipped.getString("title").substring(0, 17));
            assertTrue(shipped.getString("uid").matches("tollgate-" + name + "-[0-9a-f]{8}"));
            shipped.put("title", dashboard.json().getString("title")).put("uid", "tollgate-" + name);
            assertEquals(dashboard.json(), shipped);
            assertEquals(
                    "1",
                    Chart.map(Chart.map(config.get("metadata")).get("labels")).get("grafana_dashboard"));
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void panelsHaveIdsOfTheirOwnAndDoNotOverlap(Dashboard dashboard) {
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonObject panel : dashboard.panels()) {
            assertTrue(ids.add(panel.getInteger("id")), panel.getString("title"));
            JsonObject grid = panel.getJsonObject("gridPos");
            assertTrue(grid.getInteger("x") + grid.getInteger("w") <= 24, panel.getString("title"));
            for (int x = 0; x < grid.getInteger("w"); x++) {
                for (int y = 0; y < grid.getInteger("h"); y++) {
                    assertTrue(
                            cells.add((grid.getInteger("x") + x) + "," + (grid.getInteger("y") + y)),
                            panel.getString("title") + " overlaps");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyPanelSaysWhatItShowsInWhichUnit(Dashboard dashboard) {
        for (JsonObject panel : dashboard.panels()) {
            if (!panel.getString("type").equals("row")) {
                assertTrue(panel.getString("description").length() > 10, panel.getString("title"));
                assertFalse(panel.getJsonObject("fieldConfig")
                        .getJsonObject("defaults")
                        .getString("unit")
                        .isEmpty());
                assertFalse(Dashboard.targets(panel).isEmpty(), panel.getString("title"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void variablesAreTheEightAndEveryQueryUsesThoseOfItsPlace(Dashboard dashboard) {
        Set<String> names =
                dashboard.variables().stream().map(v -> v.getString("name")).collect(Collectors.toSet());
        assertEquals(
                Set.of("datasource", "cluster", "namespace", "pod", "application", "environment", "tenant", "model"),
                names);
        for (JsonObject panel : dashboard.panels()) {
            for (JsonObject target : Dashboard.targets(panel)) {
                assertEquals("${datasource}", target.getJsonObject("datasource").getString("uid"));
                String expression = target.getString("expr");
                assertTrue(
                        expression.contains("cluster=~\"$cluster\",namespace=~\"$namespace\",pod=~\"$pod\""),
                        expression);
                String left = Dashboard.query(expression);
                assertFalse(left.contains("$"), left);
            }
        }
    }

    /** Other processes of a pod have metrics of the same names. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void processMetricsAreThoseOfSidecarsOnly(Dashboard dashboard) {
        for (JsonObject panel : dashboard.panels()) {
            for (JsonObject target : Dashboard.targets(panel)) {
                String expression = target.getString("expr");
                assertEquals(
                        expression.contains("process_"),
                        expression.contains("and on (namespace, pod, instance) tollgate_build_info"),
                        expression);
            }
        }
    }

    /** Prometheus keeps a fortnight by default; the ledger keeps the month. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void numbersOfAMonthComeFromTheLedger(Dashboard dashboard) {
        for (JsonObject panel : dashboard.panels()) {
            assertFalse(panel.getString("timeFrom", "").contains("M"), panel.getString("title"));
            if (panel.getString("title").contains("month")) {
                assertTrue(panel.getJsonArray("targets").encode().contains("tollgate_budget_used_usd"), panel.encode());
            }
        }
    }
}
