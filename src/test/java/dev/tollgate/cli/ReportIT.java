package dev.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.SidecarProcess;
import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged product, the jar or the executable, reports in every format. */
class ReportIT {

    private static final String LOG = """
            {"schemaType":"ModelInvocationLog","timestamp":"2026-11-03T12:00:00Z","requestId":"r%d","operation":"Converse",\
            "modelId":"anthropic.claude-3-haiku-20240307-v1:0","input":{"inputTokenCount":1000},\
            "output":{"outputTokenCount":100},"requestMetadata":{"tenantId":"acme"}}
            """;

    @TempDir
    Path folder;

    private String logs() throws IOException {
        Path logs = Files.createDirectories(folder.resolve("logs"));
        Files.writeString(logs.resolve("1.json"), LOG.formatted(1));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(logs.resolve("2.json.gz")))) {
            out.write(LOG.formatted(2).getBytes(StandardCharsets.UTF_8));
        }
        try (OutputStream out = new ZstdOutputStream(Files.newOutputStream(logs.resolve("3.json.zst")))) {
            out.write(LOG.formatted(3).getBytes(StandardCharsets.UTF_8));
        }
        return logs.toString();
    }

    @Test
    void reportsInEveryFormat() throws IOException {
        String logs = logs();
        for (String format : new String[] {"table", "json", "csv", "html", "focus"}) {
            String output = SidecarProcess.run(Map.of(), "report", "daily", "--format", format, logs);
            assertTrue(output.endsWith("exit 0"), format + output);
            String expected =
                    switch (format) {
                        case "table" -> "3,000";
                        case "html" -> "[0,0,0,0,0,0,3,0,0,3000,300,0,0,0,750,375,0,0,0,";
                        case "focus" -> "0.000750,unknown,,USD,2026-12-01T00:00:00Z";
                        case "csv" -> "2026-11-03,3,0,0,3000,300,0,0,0,1125";
                        default -> "\"costMicroUsd\":1125";
                    };
            assertTrue(output.contains(expected), format + output);
        }
    }

    /** A print stream keeps to itself that nothing arrives; a reader that has enough is no failure. */
    @Test
    void aFullDiskIsAFailureAndAReaderThatLeavesIsNone() throws IOException, InterruptedException {
        String report = String.join(" ", SidecarProcess.command("report", "daily", logs()));
        assertEquals(
                "expected to write standard output, found No space left on device\nexit 1\n",
                bash(report + " 2>&1 >/dev/full; echo exit $?"));
        assertEquals("exit 0\n", bash(report + " 2>&1 | true; echo exit ${PIPESTATUS[0]}"));
    }

    private static String bash(String script) throws IOException, InterruptedException {
        Process bash = new ProcessBuilder("bash", "-c", script).start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        bash.waitFor();
        return output;
    }

    @Test
    void readsABucket() throws IOException {
        String prefix = "AWSLogs/1/BedrockModelInvocationLogs/us-east-1/2026/11/03/12/";
        Map<String, String> objects = Map.of(
                prefix + "a b+c é.json", LOG.formatted(1),
                prefix + "2.json", LOG.formatted(2),
                prefix + "data/body.json", "no record");
        try (SimulatedBucket bucket = new SimulatedBucket("logs", objects)) {
            Map<String, String> settings = Map.of(
                    "AWS_ENDPOINT_URL_S3", bucket.url(),
                    "AWS_REGION", "us-east-1",
                    "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
                    "AWS_SECRET_ACCESS_KEY", "secret");
            String output = SidecarProcess.run(settings, "report", "daily", "--format", "csv", "s3://logs/AWSLogs/");
            assertTrue(output.contains("2026-11-03,2,0,0,2000,200,0,0,0,750") && output.endsWith("exit 0"), output);
            String missing = SidecarProcess.run(settings, "report", "daily", "s3://other/");
            assertTrue(missing.contains("it is in eu-west-1, set AWS_REGION") && missing.endsWith("exit 1"), missing);
        }
    }

    @Test
    void reconcilesAndReplays() throws IOException {
        String logs = logs();
        Path policy = Files.writeString(
                folder.resolve("policy.yaml"), "limits:\n  - { name: day, budget: { usd: 0.0005, per: day } }\n");
        String replayed = SidecarProcess.run(
                Map.of(), "replay", "--policy", policy.toString(), "--usage", logs, "--format", "json");
        assertTrue(replayed.contains("\"approved\":1,\"denied\":2,\"savedMicroUsd\":750"), replayed);
        String reconciled = SidecarProcess.run(Map.of(), "reconcile", "--usage", logs, "--logs", logs);
        assertTrue(reconciled.contains("only in invocation logs 3") && reconciled.endsWith("exit 4"), reconciled);
    }

    @Test
    void etlMakesParquetOrSaysWhyNot() throws IOException {
        String output = SidecarProcess.run(
                Map.of(), "etl", "--out", folder.resolve("out").toString(), logs());
        boolean executable = !System.getProperty("tollgate.executable", "").isEmpty();
        String expected = executable ? "the native executable does not hold" : "3 records of 3 files";
        assertTrue(output.contains(expected) && output.endsWith(executable ? "exit 1" : "exit 0"), output);
    }
}
