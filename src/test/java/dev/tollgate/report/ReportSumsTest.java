package dev.tollgate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sums against those of {@code src/test/report/sums.py}, which shares no code with the report. */
class ReportSumsTest {

    private static final String PRICES = "src/main/resources/dev/tollgate/pricing/prices.csv";

    @TempDir
    Path folder;

    @Test
    void agreesWithAnIndependentComputationToTheMicroDollar() throws Exception {
        LogTree.Made made = LogTree.write(folder, LogTree.Shape.small(11));
        for (String keys : List.of("day", "tenant,department", "model,region,account", "month,costCenter")) {
            Report report =
                    Reports.by(keys.split(",")).key("tenant", "TenantID").of(folder);
            assertSame(independent(folder, keys, "--key", "tenant=TenantID"), sums(report), keys);
            assertEquals(made.brokenLines(), report.unreadableLines());
            assertEquals(made.duplicates(), report.duplicateCalls());
        }
    }

    @Test
    void agreesForLogsAloneAndForUsageRecordsAlone() throws Exception {
        LogTree.write(folder.resolve("both"), LogTree.Shape.small(12));
        for (String part : List.of("logs", "usage")) {
            Path one = folder.resolve("both").resolve(part);
            Report report = Reports.by("tenant", "model").of(one);
            assertSame(independent(one, "tenant,model"), sums(report), part);
        }
    }

    private static void assertSame(Map<String, List<Long>> expected, Map<String, List<Long>> found, String message) {
        assertEquals(expected.keySet(), found.keySet(), message);
        expected.forEach((key, numbers) -> assertEquals(numbers, found.get(key), message + ": " + key));
    }

    private static Map<String, List<Long>> sums(Report report) {
        Map<String, List<Long>> sums = new TreeMap<>();
        report.rows().forEach(r -> sums.put(String.join("|", r.key().values()), Reports.numbers(r.sums())));
        return sums;
    }

    private static Map<String, List<Long>> independent(Path tree, String keys, String... more) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("python3", "src/test/report/sums.py", tree.toString(), PRICES, keys));
        command.addAll(List.of(more));
        Process python;
        try {
            python = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "no python3 on this machine");
            throw e;
        }
        JsonNode found = new ObjectMapper().readTree(python.getInputStream());
        assertEquals(0, python.waitFor());
        Map<String, List<Long>> sums = new TreeMap<>();
        found.properties().forEach(e -> {
            List<Long> numbers = new ArrayList<>();
            e.getValue().forEach(n -> numbers.add(n.asLong()));
            sums.put(e.getKey(), numbers);
        });
        return sums;
    }
}
