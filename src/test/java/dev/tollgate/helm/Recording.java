package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.harness.SidecarProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Scrapes of a sidecar, each standing for one minute, and what the alerts say of them by promtool. */
final class Recording {

    private final String pod;
    private final Set<String> asked = new TreeSet<>();
    private final List<Map<String, String>> minutes = new ArrayList<>();
    private final List<String> expectations = new ArrayList<>();

    Recording(String pod) throws IOException {
        this.pod = pod;
        for (Map<String, Object> rule : AlertsTest.rules()) {
            AlertsTest.METRIC.matcher((String) rule.get("expr")).results().forEach(m -> asked.add(m.group()));
        }
    }

    /** Scrapes once; as many minutes stay as they are then. */
    void minutes(SidecarProcess sidecar, int count) {
        Map<String, String> scrape = new LinkedHashMap<>();
        sidecar.get("/q/metrics").body().lines().filter(l -> !l.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            int brace = line.indexOf('{');
            String name = line.substring(0, brace < 0 ? space : brace);
            if (asked.contains(name) && !line.endsWith("NaN")) {
                String labels = brace < 0
                        ? "}"
                        : ", " + line.substring(brace + 1, space).strip();
                scrape.put(
                        name + "{namespace=\"team-a\", pod=\"" + pod + "\", instance=\"" + pod + ":9000\"" + labels,
                        line.substring(space + 1));
            }
        });
        for (int i = 0; i < count; i++) {
            minutes.add(scrape);
        }
    }

    /** These alerts fire at the minute that was recorded last, and those do not. */
    void fires(String... alerts) {
        for (String alert : alerts) {
            expect(
                    "count(ALERTS{alertname=\"" + alert + "\", alertstate=\"firing\"}) > bool 0",
                    "[{ labels: '{}', value: 1 }]");
        }
    }

    void quiet(String... alerts) {
        for (String alert : alerts) {
            expect("ALERTS{alertname=\"" + alert + "\", alertstate=\"firing\"}", "[]");
        }
    }

    /** No alert fires but these. */
    void quietBut(Set<String> firing) throws IOException {
        for (Map<String, Object> rule : AlertsTest.rules()) {
            if (!firing.contains((String) rule.get("alert"))) {
                quiet((String) rule.get("alert"));
            }
        }
    }

    private void expect(String query, String samples) {
        expectations.add("      - { expr: '" + query + "', eval_time: " + (minutes.size() - 1) + "m, exp_samples: "
                + samples + " }");
    }

    /** Asks promtool whether all of it is so. */
    void check() throws IOException, InterruptedException {
        Map<String, List<String>> series = new TreeMap<>();
        minutes.forEach(scrape -> scrape.keySet().forEach(key -> series.put(key, new ArrayList<>())));
        for (Map<String, String> scrape : minutes) {
            series.forEach((key, values) -> values.add(scrape.getOrDefault(key, "_")));
        }
        StringBuilder yaml = new StringBuilder();
        yaml.append("rule_files: [")
                .append(Chart.ROOT.resolve("alerts/tollgate.rules.yaml").toAbsolutePath())
                .append("]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n");
        series.forEach((key, values) -> yaml.append("      - { series: '")
                .append(key.replace("'", "''"))
                .append("', values: '")
                .append(String.join(" ", values))
                .append("' }\n"));
        yaml.append("    promql_expr_test:\n")
                .append(String.join("\n", expectations))
                .append('\n');
        Path file = Files.writeString(Path.of("target", "recorded-" + pod + ".yaml"), yaml);
        Process promtool = new ProcessBuilder("promtool", "test", "rules", file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, promtool.waitFor(), output);
    }
}
