package dev.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.helm.Chart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the chart's CronJob runs, run: its arguments, the chart's policy, a bucket. */
class EtlJobIT {

    private static final String PREFIX = "AWSLogs/111122223333/BedrockModelInvocationLogs/eu-west-1/2026/11/03/12/";
    private static final String LOG =
            "{\"schemaType\":\"ModelInvocationLog\",\"schemaVersion\":\"1.0\",\"timestamp\":\"2026-11-03T12:00:00Z\","
                    + "\"accountId\":\"111122223333\",\"region\":\"eu-west-1\",\"requestId\":\"r%d\",\"operation\":\"Converse\","
                    + "\"modelId\":\"amazon.nova-lite-v1:0\",\"requestMetadata\":{\"tenantId\":\"acme\"},"
                    + "\"input\":{\"inputTokenCount\":1000},\"output\":{\"outputTokenCount\":100}}\n";

    @TempDir
    Path folder;

    private List<String> arguments(Map<String, Object> job) throws IOException {
        Map<String, Object> template = job;
        for (String step : List.of("spec", "jobTemplate", "spec", "template", "spec")) {
            template = Chart.map(template.get(step));
        }
        Map<String, Object> tables = Chart.maps(template.get("initContainers")).get(0);
        assertEquals("tables", tables.get("name"));
        @SuppressWarnings("unchecked")
        List<String> arguments = (List<String>) tables.get("args");
        String manifests = Chart.render(Chart.NEW, "etl");
        String policy = (String) Chart.map(
                        Chart.object(manifests, "ConfigMap", "tollgate-policy").get("data"))
                .get("policy.yaml");
        Path file = Files.writeString(folder.resolve("policy.yaml"), policy);
        return arguments.stream()
                .map(a -> a.replace("/etc/tollgate/policy/policy.yaml", file.toString()))
                .map(a -> a.replace("/tables/out", folder.resolve("out").toString()))
                .filter(a -> !a.startsWith("s3://usage-records/"))
                .toList();
    }

    @Test
    void makesTablesOfABucketShipsTheRestOfABadOneAndSkipsWhatItKnows() throws IOException {
        if (!System.getProperty("tollgate.executable", "").isEmpty()) {
            return;
        }
        Map<String, Object> job = Chart.object(Chart.render(Chart.NEW, "etl"), "CronJob", "tollgate-etl");
        String[] arguments = arguments(job).toArray(String[]::new);
        Map<String, String> objects = Map.of(
                PREFIX + "1.json", LOG.formatted(1) + LOG.formatted(2),
                PREFIX + "2.json", "no record\n" + LOG.formatted(3));
        try (SimulatedBucket bucket = new SimulatedBucket("bedrock-logs", objects)) {
            Map<String, String> settings = Map.of(
                    "AWS_ENDPOINT_URL_S3", bucket.url(),
                    "AWS_REGION", "us-east-1",
                    "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
                    "AWS_SECRET_ACCESS_KEY", "secret");
            String first = SidecarProcess.run(settings, arguments);
            assertTrue(first.contains("3 records of 2 files") && first.contains("1 lines unreadable"), first);
            assertTrue(first.endsWith("exit 0"), first);
            String again = SidecarProcess.run(settings, arguments);
            assertTrue(again.contains("0 records of 0 files, 2 files unchanged") && again.endsWith("exit 0"), again);
        }
        try (Stream<Path> made = Files.walk(folder.resolve("out"))) {
            List<String> files = made.filter(Files::isRegularFile)
                    .map(f -> folder.resolve("out").relativize(f).toString())
                    .toList();
            assertTrue(
                    files.stream()
                            .anyMatch(f -> f.matches("main/year=2026/month=11/day=03/tenant=acme/.+\\.parquet")
                                    || f.matches("main/year=2026/month=11/day=3/tenant=acme/.+\\.parquet")),
                    files.toString());
            assertTrue(files.stream().anyMatch(f -> f.startsWith("failed/")), files.toString());
            assertTrue(files.stream().anyMatch(f -> f.startsWith("_inputs/")), "which the upload leaves out");
        }
    }
}
