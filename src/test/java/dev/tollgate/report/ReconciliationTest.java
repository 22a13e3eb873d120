package dev.tollgate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.policy.Policy;
import dev.tollgate.pricing.PriceBook;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconciliationTest {

    private static final String NOON = "2026-11-03T12:00:00Z";

    @TempDir
    Path folder;

    private static Reconciliation.Result reconcile(Path... inputs) throws IOException {
        return new Reconciliation(PriceBook.bundled(), Policy.NONE, Map.of())
                .run(
                        Inputs.find(Stream.of(inputs).map(Path::toString).toList(), address -> List.of()),
                        new Progress(new PrintStream(System.err), false));
    }

    private static String json(Reconciliation.Result result) throws IOException {
        StringWriter out = new StringWriter();
        new ReconcileReport(result, List.of(), List.of()).json(out);
        return out.toString().strip();
    }

    @Test
    void tellsWhatIsMissingOnEitherSideAndWhatDiffers() throws IOException {
        Path usage = Reports.file(
                folder,
                "usage.jsonl",
                Reports.usage("same", NOON, "acme", 1000, 100),
                Reports.usage("less", NOON, "acme", 900, 100),
                Reports.usage("alone", NOON, "acme", 100, 0),
                Reports.usage("denied", NOON, "acme", 0, 0).replace("approved", "denied"),
                Reports.usage("unsent", NOON, "acme", 0, 0).replace("completed", "upstream-failed"));
        Path logs = Reports.file(
                folder,
                "logs.jsonl",
                Reports.log("less", NOON, "", 1000, 100),
                Reports.log("same", NOON, "acme", 1000, 100),
                Reports.log("same", NOON, "acme", 1000, 100),
                Reports.log("untold", NOON, "acme", 4000, 0));
        String expected = "{\"matched\":2,\"onlyInUsage\":1,\"onlyInLogs\":1,\"drift\":[{\"tenant\":\"acme\","
                + "\"model\":\"anthropic.claude-3-haiku-20240307-v1:0\",\"calls\":1,\"tokens\":-100,\"microUsd\":-25}],"
                + "\"unreadableLines\":0}";
        assertEquals(expected, json(reconcile(usage, logs)));
        assertEquals(expected, json(reconcile(logs, usage)));
    }

    @Test
    void thresholdIsHeldAgainstAllThatIsOff() throws IOException {
        Path usage = Reports.file(folder, "usage.jsonl", Reports.usage("a", NOON, "acme", 990_000, 0));
        Path logs = Reports.file(folder, "logs.jsonl", Reports.log("a", NOON, "acme", 1_000_000, 0));
        assertEquals(10_000, reconcile(usage, logs).offMillionths(), "1 %");
        assertEquals(0, reconcile(logs).drift().size());
        assertEquals(1_000_000, reconcile(logs).offMillionths(), "all of it is missing in usage records");
        assertEquals(0, reconcile(folder.resolve("logs.jsonl"), usage).onlyInLogs());
    }

    @Test
    void findsNoDriftWhereBothSidesSayTheSame() throws IOException {
        LogTree.write(folder, new LogTree.Shape(41, 2000, 500, 40, 100, 100, LogTree.Packing.GZIP, true));
        Reconciliation.Result result = reconcile(folder);
        assertTrue(result.matched() > 1500, "" + result.matched());
        assertEquals(0, result.onlyInUsage());
        assertEquals(0, result.onlyInLogs());
        // Usage records of today know no tier, so that money may differ, tokens not.
        assertEquals(
                0,
                result.drift().values().stream()
                        .mapToLong(Reconciliation.Drift::tokens)
                        .sum());
    }

    @Test
    void readsTheBillByDayAndTokenType() throws IOException {
        String cur = """
                bill_payer_account_id,line_item_usage_start_date,line_item_usage_type,line_item_unblended_cost,line_item_product_code,line_item_line_item_description
                1,2026-11-03 00:00:00.000,USE1-NovaLite-input-tokens,0.0000125,AmazonBedrock,"$0.06 per ""1M"" tokens,
                in us-east-1"
                1,2026-11-03T01:00:00Z,USE1-MP:USE1_OutputTokenCount-Units,1.5,abc123,Claude (Amazon Bedrock Edition)
                1,2026-11-03T01:00:00Z,USE1-BoxUsage:t3.micro,7,AmazonEC2,t3
                1,2026-11-04T01:00:00Z,EUC1-Claude4.5Sonnet-cache-write-1h-tokens,2,AmazonBedrock,
                1,2026-11-04T01:00:00Z,EUC1-Claude4.5Sonnet-cache-read-input-token-count,0.25,AmazonBedrock,
                """;
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(cur.getBytes(StandardCharsets.UTF_8));
        }
        CostAndUsage bill = new CostAndUsage(new BillParquet());
        bill.read("cur", new ByteArrayInputStream(packed.toByteArray()));
        assertEquals(
                List.of(
                        "2026-11-03 input 13",
                        "2026-11-03 output 1500000",
                        "2026-11-04 cache-read 250000",
                        "2026-11-04 cache-write-1h 2000000"),
                bill.charges().stream()
                        .map(c -> c.day() + " " + c.tokenType() + " " + c.microUsd())
                        .toList());
        Path logs = Reports.file(folder, "logs.jsonl", Reports.log("a", NOON, "acme", 100, 1_200_000));
        StringWriter out = new StringWriter();
        ReconcileReport report = new ReconcileReport(
                reconcile(logs), bill.charges(), Reports.by("day").of(logs).rows());
        report.json(out);
        assertTrue(
                out.toString()
                        .contains(
                                "{\"day\":\"2026-11-03\",\"tokenType\":\"output\",\"awsMicroUsd\":1500000,"
                                        + "\"ourMicroUsd\":1500000,\"driftMicroUsd\":0,\"usageTypes\":[\"USE1-MP:USE1_OutputTokenCount-Units\"]}"),
                out.toString());
        assertTrue(report.billOffMillionths() > 590_000);
    }

    @Test
    void namesTheColumnThatABillLacks() {
        IOException failure = assertThrows(IOException.class, () -> new CostAndUsage(new BillParquet())
                .read("x.csv", new ByteArrayInputStream("a,b\n1,2\n".getBytes(StandardCharsets.UTF_8))));
        assertTrue(String.valueOf(failure.getMessage()).contains("line_item_usage_start_date"));
    }
}
