package dev.tollgate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatsTest {

    private static final String NOON = "2026-11-03T12:00:00Z";

    @TempDir
    Path folder;

    private Report small() throws IOException {
        Path logs = Reports.file(
                folder,
                "logs.jsonl",
                Reports.log("r1", NOON, "b", 4_000_000, 0),
                Reports.log("r2", NOON, "=1+1, \\\"x\\\"", 8, 0));
        return Reports.by("tenant").of(logs);
    }

    @Test
    void jsonIsTheContract() throws IOException {
        JsonNode json = Reports.json(small());
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        assertEquals(
                List.of("tollgate", "priceVersion", "generatedAt", "timeZone", "groupBy", "rows", "total", "problems"),
                names);
        assertEquals(
                "{\"key\":{\"tenant\":\"b\"},\"calls\":1,\"failedCalls\":0,\"deniedCalls\":0,\"inputTokens\":4000000,"
                        + "\"outputTokens\":0,\"cacheReadTokens\":0,\"cacheWriteTokens\":0,\"cacheWrite1hTokens\":0,"
                        + "\"costMicroUsd\":1000000}",
                json.get("rows").get(1).toString());
        assertEquals(1_000_002, json.get("total").get("costMicroUsd").asLong());
        assertEquals("2026-11-20T10:00:00Z", json.get("generatedAt").asText());
        assertEquals(
                "{\"unreadableLines\":0,\"duplicateCalls\":0,\"unpriced\":[]}",
                json.get("problems").toString());
    }

    @Test
    void csvQuotesAndHoldsNoFormulas() throws IOException {
        assertEquals("""
                tenant,calls,failedCalls,deniedCalls,inputTokens,outputTokens,cacheReadTokens,cacheWriteTokens,\
                cacheWrite1hTokens,costMicroUsd
                "'=1+1, ""x""\",1,0,0,8,0,0,0,0,2
                b,1,0,0,4000000,0,0,0,0,1000000
                """, Reports.text(new CsvReport(), small()));
    }

    @Test
    void tableAlignsAndEndsWithATotal() throws IOException {
        String wide = Reports.text(new TableReport(200, false), small());
        List<String> lines = wide.lines().toList();
        int length = lines.get(0).length();
        lines.subList(0, 7).forEach(l -> assertEquals(length, l.length(), wide));
        assertTrue(
                lines.get(4).matches("\\| b +\\| claude-3-haiku\\S+ \\| +1 \\| +4,000,000 \\|.*\\$1.0000 \\|"), wide);
        assertTrue(lines.get(6).matches("\\| Total +\\| +\\| +2 \\| +4,000,008 \\|.*\\$1.0000 \\|"), wide);
    }

    @Test
    void tableIsCompactOnANarrowTerminalAndColoredOnlyIfAsked() throws IOException {
        String narrow = Reports.text(new TableReport(60, false), small());
        assertTrue(narrow.lines().limit(7).allMatch(l -> l.length() <= 60), narrow);
        assertTrue(narrow.contains("Compact") && !narrow.contains("Cache"), narrow);
        assertTrue(!narrow.contains("\u001b"), narrow);
        assertTrue(Reports.text(new TableReport(200, true), small()).contains("\u001b[36m"));
    }

    @Test
    void aBarShowsProgressOnATerminalOnly() throws IOException {
        java.io.ByteArrayOutputStream screen = new java.io.ByteArrayOutputStream();
        Path logs = Reports.file(folder, "logs.jsonl", Reports.log("r1", NOON, "b", 1, 0));
        List<Input> inputs = Inputs.find(List.of(logs.toString()), address -> List.of());
        for (boolean shown : new boolean[] {false, true}) {
            Progress progress = new Progress(new java.io.PrintStream(screen, true, StandardCharsets.UTF_8), shown);
            assertEquals("", screen.toString(StandardCharsets.UTF_8));
            new ReportRun(Reports.by("day").query(), java.util.Optional.empty(), progress, Reports.CLOCK).run(inputs);
        }
        String bar = screen.toString(StandardCharsets.UTF_8);
        assertTrue(bar.contains("] 0 of 1 files, 0 of 0 MB"), bar);
        assertTrue(bar.endsWith("\r\u001b[K"), "removed at the end");
    }

    @Test
    void topHoldsTheDearestAndTheTotalOfAll() throws IOException {
        Report top = small().top(1);
        assertEquals(List.of("b [1, 0, 0, 4000000, 0, 0, 0, 0, 1000000]"), Reports.rows(top));
        assertEquals(1_000_002, top.total().microUsd());
    }

    @Test
    void focusHoldsItsColumnsTypesAndNullRules() throws Exception {
        LogTree.write(folder, LogTree.Shape.small(8));
        String[] keys = ReportFormat.FOCUS.keys(List.of("day", "department")).toArray(String[]::new);
        Report report = Reports.by(keys).of(folder);
        List<List<String>> lines = Csv.read(Reports.text(new FocusReport(), report));
        List<FocusReport.Column> columns = FocusReport.columns();
        assertEquals(columns.stream().map(FocusReport.Column::name).toList(), lines.get(0));
        assertEquals(
                21, columns.stream().filter(c -> c.level().equals("mandatory")).count());
        assertTrue(lines.get(0).stream().allMatch(c -> c.matches("[A-Z][A-Za-z]+|x_[A-Z][A-Za-z]+")));
        BigDecimal billed = BigDecimal.ZERO;
        for (List<String> line : lines.subList(1, lines.size())) {
            assertEquals(columns.size(), line.size(), line.toString());
            for (int i = 0; i < columns.size(); i++) {
                legal(columns.get(i), line.get(i));
            }
            billed = billed.add(new BigDecimal(line.get(0)));
        }
        assertEquals(new BigDecimal(report.total().microUsd()).movePointLeft(6), billed);
    }

    private static void legal(FocusReport.Column column, String cell) {
        if (cell.isEmpty()) {
            assertTrue(column.nulls(), column.name() + " is null");
            return;
        }
        switch (column.type()) {
            case "Decimal" -> assertTrue(cell.matches("-?\\d+(\\.\\d+)?"), column.name() + ": " + cell);
            case "Date/Time" -> assertEquals(cell, Instant.parse(cell).toString());
            case "JSON" -> assertTrue(cell.startsWith("{") && cell.endsWith("}"), cell);
            default -> assertEquals("String", column.type());
        }
    }

    @Test
    void notifiesWithTheTotalAndNeverShowsTheAddress() throws IOException {
        AtomicReference<String> received = new AtomicReference<>("");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            received.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/ok") ? 204 : 404, -1);
            exchange.close();
        });
        server.start();
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        try {
            Notification.post(base + "/ok", small());
            assertTrue(received.get().contains("\"text\":\"Tollgate: 2 calls, 1.000002 USD"), received.get());
            assertTrue(received.get().contains("\"costMicroUsd\":1000002"), received.get());
            UncheckedIOException refused = Assertions.assertThrows(
                    UncheckedIOException.class, () -> Notification.post(base + "/hooks/secret-token", small()));
            assertTrue(String.valueOf(refused.getMessage()).contains("status 404"), refused.getMessage());
            assertTrue(!String.valueOf(refused.getMessage()).contains("secret-token"));
        } finally {
            server.stop(0);
        }
    }
}
