package dev.tollgate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.pricing.PriceBook;
import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportRunTest {

    private static final String NOON = "2026-11-03T12:00:00Z";

    @TempDir
    Path folder;

    @Test
    void countsACallOfBothSourcesOnceInEitherOrder() throws IOException {
        Path logFirst = folder.resolve("a");
        Reports.file(logFirst, "1.jsonl", Reports.log("r1", NOON, "", 1000, 100));
        Reports.file(logFirst, "2.jsonl", Reports.usage("r1", "2026-11-03T12:00:05Z", "acme", 900, 90));
        Path usageFirst = folder.resolve("b");
        Reports.file(usageFirst, "1.jsonl", Reports.usage("r1", "2026-11-03T12:00:05Z", "acme", 900, 90));
        Reports.file(usageFirst, "2.jsonl", Reports.log("r1", NOON, "", 1000, 100));
        Path oneFile = folder.resolve("c");
        Reports.file(
                oneFile,
                "1.jsonl",
                Reports.log("r0", NOON, "zeta", 4, 0),
                Reports.log("r1", NOON, "", 1000, 100),
                Reports.usage("r1", NOON, "acme", 900, 90));
        // The log's counts, the record's tenant and application: 250 + 125 micro-USD.
        String call = "acme|shop [1, 0, 0, 1000, 100, 0, 0, 0, 375]";
        assertEquals(
                List.of(call), Reports.rows(Reports.by("tenant", "application").of(logFirst)));
        assertEquals(
                List.of(call), Reports.rows(Reports.by("tenant", "application").of(usageFirst)));
        assertEquals(
                List.of(call, "zeta| [1, 0, 0, 4, 0, 0, 0, 0, 1]"),
                Reports.rows(Reports.by("tenant", "application").of(oneFile)));
        assertEquals(0, Reports.by("day").of(usageFirst).duplicateCalls());
    }

    @Test
    void joinsRecordsOnEitherSideOfAPeriodsBorder() throws IOException {
        Reports.file(folder, "1.jsonl", Reports.log("r1", "2026-11-03T23:59:59Z", "", 1000, 100));
        Reports.file(folder, "2.jsonl", Reports.usage("r1", "2026-11-04T00:00:02Z", "acme", 1000, 100));
        assertEquals(
                List.of("acme [1, 0, 0, 1000, 100, 0, 0, 0, 375]"),
                Reports.rows(Reports.by("tenant").until("2026-11-04T00:00:00Z").of(folder)));
        assertEquals(
                List.of(),
                Reports.rows(Reports.by("tenant").since("2026-11-04T00:00:00Z").of(folder)));
    }

    @Test
    void countsRecordsThatComeTwiceOnce() throws IOException {
        String record = Reports.log("r1", NOON, "acme", 1000, 100);
        Reports.file(folder, "1.jsonl", record, record, Reports.log("r2", NOON, "acme", 1, 1));
        Reports.file(folder, "late/2.jsonl", record);
        Report report = Reports.by("tenant").of(folder);
        assertEquals(List.of("acme [2, 0, 0, 1001, 101, 0, 0, 0, 377]"), Reports.rows(report));
        assertEquals(2, report.duplicateCalls());
    }

    @Test
    void roundsUpOnceForEachCall() throws IOException {
        // One input token is 0.25 micro-USD.
        Reports.file(folder, "1.jsonl", Reports.log("r1", NOON, "a", 1, 0), Reports.log("r2", NOON, "a", 5, 0));
        assertEquals(
                List.of("a [2, 0, 0, 6, 0, 0, 0, 0, 3]"),
                Reports.rows(Reports.by("tenant").of(folder)));
    }

    @Test
    void aUsageRecordPricedByThisBookKeepsItsCost() throws IOException {
        String flex = Reports.usage("r1", NOON, "a", 1000, 100)
                .replace(
                        "\"microUsd\":1,",
                        "\"microUsd\":188,\"priceVersion\":\""
                                + PriceBook.bundled().version() + "\",");
        Path usage = Reports.file(folder, "usage.jsonl", flex, Reports.usage("r2", NOON, "b", 1000, 100));
        Report report = Reports.by("tenant").of(usage);
        assertEquals(
                List.of("a [1, 0, 0, 1000, 100, 0, 0, 0, 188]", "b [1, 0, 0, 1000, 100, 0, 0, 0, 375]"),
                Reports.rows(report));
        long[] parts = report.rows().get(0).sums().cost;
        assertEquals(List.of(125L, 63L), List.of(parts[0], parts[1]));
    }

    @Test
    void pricesImagesAndVideosByTheirUnits() throws IOException {
        String image = """
                {"schemaType":"ModelInvocationLog","timestamp":"2026-11-03T12:00:00Z","requestId":"i%d","operation":"InvokeModel",\
                "modelId":"amazon.nova-canvas-v1:0","input":{"inputBodyJson":{"imageGenerationConfig":{"quality":"%s"}}},\
                "output":{%s}}""";
        Path logs = Reports.file(
                folder,
                "logs.jsonl",
                image.formatted(1, "standard", "\"outputBodyJson\":{\"images\":[\"iVBO\",\"iVBO\"]}"),
                image.formatted(
                        2, "premium", "\"outputImageCount\":1,\"outputImageWidth\":2048,\"outputImageHeight\":2048"),
                image.formatted(3, "", "\"outputVideoDurationSeconds\":6.04,\"outputVideoWidth\":1280")
                        .replace("nova-canvas", "nova-reel"));
        assertEquals(
                List.of(
                        "amazon.nova-canvas-v1:0 [2, 0, 0, 0, 0, 0, 0, 0, 160000]",
                        "amazon.nova-reel-v1:0 [1, 0, 0, 0, 0, 0, 0, 0, 560000]"),
                Reports.rows(Reports.by("model").of(logs)));
    }

    @Test
    void readsPlainGzipAndZstdAlike() throws IOException {
        byte[] lines = (Reports.log("r1", NOON, "acme", 1000, 100) + "\n" + Reports.log("r2", NOON, "b", 7, 7))
                .getBytes(StandardCharsets.UTF_8);
        List<List<String>> found = new ArrayList<>();
        for (String name : List.of("plain", "gzip", "zstd", "two-gzips")) {
            Path file = folder.resolve(name);
            try (OutputStream raw = Files.newOutputStream(file)) {
                switch (name) {
                    case "gzip" -> write(new GZIPOutputStream(raw), lines, 0, lines.length);
                    case "zstd" -> write(new ZstdOutputStream(raw), lines, 0, lines.length);
                    case "two-gzips" -> {
                        write(new GZIPOutputStream(raw), lines, 0, 300);
                        try (OutputStream more = Files.newOutputStream(file, java.nio.file.StandardOpenOption.APPEND)) {
                            write(new GZIPOutputStream(more), lines, 300, lines.length - 300);
                        }
                    }
                    default -> raw.write(lines);
                }
            }
            found.add(Reports.rows(Reports.by("tenant").of(file)));
        }
        assertEquals(2, found.get(0).size());
        found.forEach(rows -> assertEquals(found.get(0), rows));
    }

    private static void write(OutputStream out, byte[] bytes, int from, int length) throws IOException {
        try (out) {
            out.write(bytes, from, length);
        }
    }

    @Test
    void readsAStreamThatCanBeReadOnceOnly() throws IOException {
        String lines = Reports.log("r1", NOON, "", 1000, 100) + "\n" + Reports.usage("r1", NOON, "acme", 1, 1) + "\n";
        Report report = Reports.by("tenant").of(List.of(new Input() {
            private int opened;

            @Override
            public String name() {
                return "-";
            }

            @Override
            public long bytes() {
                return 0;
            }

            @Override
            public String version() {
                return "";
            }

            @Override
            public boolean onlyOnce() {
                return true;
            }

            @Override
            public InputStream open() {
                assertEquals(1, ++opened);
                return new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8));
            }
        }));
        assertEquals(List.of("acme [1, 0, 0, 1000, 100, 0, 0, 0, 375]"), Reports.rows(report));
    }

    @Test
    void keepsLinesThatCannotBeReadWithFileLineAndReason() throws IOException {
        Path input = Reports.file(
                folder,
                "in/a.jsonl",
                Reports.log("r1", NOON, "acme", 1, 1),
                "",
                "{\"secret\": \"prompt",
                "{\"a\": 1}",
                Reports.log("r2", "yesterday", "acme", 1, 1),
                Reports.log("r3", NOON, "acme", -5, 1),
                Reports.log("r4", NOON, "acme", 1, 1) + " trailing",
                Reports.log("r5", NOON, "acme", 1, 1));
        Path failed = folder.resolve("failed");
        for (int run = 0; run < 2; run++) {
            Report report = Reports.by("tenant").failed(failed).of(input);
            assertEquals(5, report.unreadableLines());
            assertEquals(2, report.total().calls);
        }
        List<JsonNode> kept = new ArrayList<>();
        for (String line : Files.readAllLines(failed.resolve(FailedLines.fileName(input.toString())))) {
            kept.add(new ObjectMapper().readTree(line));
        }
        assertEquals(
                List.of(3, 4, 5, 6, 7),
                kept.stream().map(k -> k.get("line").asInt()).toList());
        assertEquals("{\"secret\": \"prompt", kept.get(0).get("content").asText());
        assertEquals(input.toString(), kept.get(0).get("file").asText());
        assertEquals(
                "expected a model invocation log record or a usage record, found neither",
                kept.get(1).get("reason").asText());
        assertFalse(kept.get(0).get("reason").asText().contains("prompt"));
    }

    @Test
    void aLineLongerThanAnyRecordIsCountedAndTheNextIsRead() throws IOException {
        Path input = folder.resolve("long.jsonl");
        try (OutputStream out = new java.io.BufferedOutputStream(Files.newOutputStream(input))) {
            out.write((Reports.log("r1", NOON, "acme", 1, 1) + "\n{\"a\":\"").getBytes(StandardCharsets.UTF_8));
            byte[] text = "prompt ".repeat(1 << 17).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 75; i++) {
                out.write(text);
            }
            out.write(("\"}\n" + Reports.log("r2", NOON, "acme", 1, 1) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        Report report = Reports.by("tenant").failed(folder.resolve("failed")).of(input);
        assertEquals(2, report.total().calls);
        assertEquals(1, report.unreadableLines());
        String kept = Files.readString(folder.resolve("failed").resolve(FailedLines.fileName(input.toString())));
        assertTrue(kept.contains("\"line\":2,\"reason\":\"expected lines of at most 64 MiB"), kept);
        assertTrue(kept.length() < 1000);
    }

    @Test
    void keepsFailedLinesOfManyFiles() throws IOException {
        for (int i = 0; i < 200; i++) {
            Reports.file(folder, "in/" + i + ".jsonl", "broken", Reports.log("r" + i, NOON, "acme", 1, 1), "broken");
        }
        Path failed = folder.resolve("failed");
        assertEquals(
                400,
                Reports.by("tenant").failed(failed).of(folder.resolve("in")).unreadableLines());
        try (var files = Files.list(failed)) {
            for (Path file : files.toList()) {
                assertEquals(2, Files.readAllLines(file).size(), file.toString());
            }
        }
    }

    @Test
    void aCutFileCountsAsUnreadableAndWhatWasReadOfItStays() throws IOException {
        Path whole = folder.resolve("whole.gz");
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            lines.append(Reports.log("r" + i * 7919, NOON, "acme", i, 1)).append('\n');
        }
        byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
        write(new GZIPOutputStream(Files.newOutputStream(whole)), bytes, 0, bytes.length);
        byte[] packed = Files.readAllBytes(whole);
        Path cut = folder.resolve("cut.gz");
        Files.write(cut, java.util.Arrays.copyOf(packed, packed.length * 3 / 4));
        Report report = Reports.by("tenant").of(cut);
        assertTrue(report.total().calls > 1000 && report.total().calls < 5000, "" + report.total().calls);
        assertTrue(report.unreadableLines() >= 1);
        assertEquals(5000, Reports.by("tenant").of(whole, cut).total().calls);
    }

    @Test
    void aFileThatIsRotatedAwayIsNamed() throws IOException {
        Path file = Reports.file(folder, "u.jsonl", Reports.log("r", NOON, "acme", 1, 1));
        Input input =
                Inputs.find(List.of(file.toString()), address -> List.of()).get(0);
        Files.move(file, folder.resolve("u.jsonl.1"));
        String found = assertThrows(IOException.class, input::open).getMessage();
        assertEquals("expected to read " + file + ", found that it is gone since it was listed; run it again", found);
    }

    @Test
    void wholeLinesBeforeACutCount() throws IOException {
        Path whole = folder.resolve("whole.gz");
        byte[] bytes = (Reports.log("r", NOON, "acme", 1, 1) + "\n").repeat(100).getBytes(StandardCharsets.UTF_8);
        write(new GZIPOutputStream(Files.newOutputStream(whole)), bytes, 0, bytes.length);
        byte[] packed = Files.readAllBytes(whole);
        Path cut = folder.resolve("cut.gz");
        Files.write(cut, java.util.Arrays.copyOf(packed, packed.length - 9));
        Report report = Reports.by("tenant").of(cut);
        assertEquals(1, report.total().calls, "all of one id");
        assertEquals(1, report.unreadableLines());
    }

    @Test
    void followsPriceChangesInsideThePeriod() throws IOException {
        Path prices = Reports.file(
                folder,
                "prices.csv",
                "# version test",
                "model,scope,from,above,input,output,cache-read,cache-write-5m,cache-write-1h,context,max-output,burndown",
                "anthropic.claude-3-haiku,any,2026-01-01,0,1,1,1,1,1,200000,4096,1",
                "anthropic.claude-3-haiku,any,2026-11-04,0,3,1,1,1,1,200000,4096,1");
        Path logs = Reports.file(
                folder,
                "logs.jsonl",
                Reports.log("r1", "2026-11-03T23:59:59Z", "a", 1000, 0),
                Reports.log("r2", "2026-11-04T00:00:00Z", "a", 1000, 0));
        Report report = Reports.by("day").prices(prices).of(logs);
        assertEquals(
                List.of("2026-11-03 [1, 0, 0, 1000, 0, 0, 0, 0, 1000]", "2026-11-04 [1, 0, 0, 1000, 0, 0, 0, 0, 3000]"),
                Reports.rows(report));
        assertEquals("test", Reports.json(report).get("priceVersion").asText());
    }

    @Test
    void daysAreThoseOfTheTimeZone() throws IOException {
        Path logs = Reports.file(
                folder,
                "logs.jsonl",
                Reports.log("r1", "2026-10-31T22:59:59Z", "a", 1, 0),
                Reports.log("r2", "2026-10-31T23:00:00Z", "a", 1, 0),
                Reports.log("r3", "2026-02-29T12:00:00Z", "a", 1, 0));
        Report report = Reports.by("month", "day", "hour").zone("Europe/Vienna").of(logs);
        assertEquals(
                List.of("2026-10|2026-10-31|2026-10-31T23", "2026-11|2026-11-01|2026-11-01T00"),
                report.rows().stream()
                        .map(r -> String.join("|", r.key().values()))
                        .toList());
        assertEquals(1, report.unreadableLines(), "2026 has no 29th of February");
    }

    @Test
    void filtersByTenantModelAndCostCenter() throws IOException {
        LogTree.write(folder, LogTree.Shape.small(5));
        long all = Reports.by("tenant").key("tenant", "TenantID").of(folder).total().calls;
        Report one = Reports.by("tenant")
                .key("tenant", "TenantID")
                .tenants("tenant-1?")
                .of(folder);
        Report other = Reports.by("tenant")
                .key("tenant", "TenantID")
                .tenants("tenant-?", "")
                .of(folder);
        assertTrue(one.rows().stream().allMatch(r -> r.key().values()[0].matches("tenant-1.")));
        assertEquals(all, one.total().calls + other.total().calls);
        Report claude = Reports.by("model").models("claude-sonnet-4*").of(folder);
        assertTrue(claude.rows().stream().allMatch(r -> r.key().values()[0].contains("claude-sonnet-4")));
        assertEquals(2, claude.rows().size());
        assertEquals(
                List.of("cc-9"),
                Reports.by("costCenter").costCenters("*9").of(folder).rows().stream()
                        .map(r -> r.key().values()[0])
                        .toList());
    }

    @Test
    void resolvesApplicationProfilesThroughThePolicy() throws IOException {
        Path logs = Reports.file(
                folder,
                "logs.jsonl",
                Reports.log("r1", NOON, "a", 1000, 0)
                        .replace(
                                "anthropic.claude-3-haiku-20240307-v1:0",
                                "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc"));
        assertEquals(
                "{arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc=1}",
                Reports.by("model").of(logs).unpriced().toString());
        String policy = "profiles: { abc: us.amazon.nova-lite-v1:0 }\n";
        assertEquals(
                List.of("amazon.nova-lite-v1:0 [1, 0, 0, 1000, 0, 0, 0, 0, 60]"),
                Reports.rows(
                        Reports.by("model").policy(PolicyReader.read(policy, 0)).of(logs)));
    }

    @Test
    void rollsUpBeyondTheBoundAndKeepsTheTotals() throws IOException {
        LogTree.write(folder, LogTree.Shape.small(6));
        Report whole = Reports.by("day", "tenant", "department").of(folder);
        Report bounded = Reports.by("day", "tenant", "department").maxGroups(40).of(folder);
        assertTrue(whole.rows().size() > 1000);
        assertTrue(bounded.rows().size() <= 40, "" + bounded.rows().size());
        assertEquals(Reports.numbers(whole.total()), Reports.numbers(bounded.total()));
        assertEquals(List.of("department", "day"), bounded.rolledUp().subList(0, 2));
        assertEquals(
                "department",
                Reports.json(bounded).get("problems").get("rolledUp").get(0).asText());
    }

    @Test
    void takesHostileNamesAsTheyStand() throws IOException {
        String[] names = {"\\u0000", "a\\nb", "\\u001b[31m", "'; drop table x; --", "</script>", "\\ud83d\\ude00", "|"};
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            lines.add(Reports.log("r" + i, NOON, names[i], 1, 0));
        }
        Path logs = Reports.file(folder, "logs.jsonl", lines.toArray(String[]::new));
        Report report = Reports.by("tenant").of(logs);
        assertEquals(names.length, report.rows().size());
        assertTrue(report.rows().stream().anyMatch(r -> r.key().values()[0].equals("\ud83d\ude00")));
        assertTrue(report.rows().stream().anyMatch(r -> r.key().values()[0].equals("a\nb")));
        String table = Reports.text(new TableReport(200, false), report);
        assertFalse(table.contains("\u001b") || table.contains("\u0000"), "a terminal would obey");
        assertEquals(names.length + 7, table.lines().count());
    }

    @Test
    void anEmptyTreeIsAnEmptyReport() throws IOException {
        Report report = Reports.by("day").of(folder);
        assertEquals(List.of(), report.rows());
        assertEquals(0, Reports.json(report).get("total").get("costMicroUsd").asLong());
    }

    @Test
    void aPathThatIsNotThereIsNamed() {
        IOException failure =
                assertThrows(IOException.class, () -> Reports.by("day").of(folder.resolve("nothing-here")));
        assertTrue(String.valueOf(failure.getMessage()).contains("nothing-here"));
    }

    @Test
    void skipsWhatLiesInALogBucketAndHoldsNoRecords() throws IOException {
        LogTree.Made made = LogTree.write(folder, LogTree.Shape.small(7));
        assertEquals(made.brokenLines(), Reports.by("day").of(folder).unreadableLines());
    }
}
