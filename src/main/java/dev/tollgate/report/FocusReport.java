package dev.tollgate.report;

import dev.tollgate.bedrock.ModelId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * FOCUS 1.2 as CSV: one row for each day, account, region, tenant, application, model and token type. Which columns there
 * are, their types and what may be null is data: {@code focus-1.2.csv}. Null is an empty cell.
 */
final class FocusReport implements ReportWriter {

    static final List<String> KEYS =
            List.of("day", "account", "region", "tenant", "application", "costCenter", "environment", "model");

    private static final List<String> TYPES =
            List.of("input", "output", "cache-read", "cache-write-5m", "cache-write-1h");

    /** A column as {@code focus-1.2.csv} defines it. */
    record Column(String name, String type, boolean nulls, String level, String value) {
        static Column of(String line) {
            String[] c = line.split(",", -1);
            return new Column(c[0], c[1], c[2].equals("yes"), c[3], c[4]);
        }
    }

    static List<Column> columns() throws IOException {
        InputStream resource = FocusReport.class.getResourceAsStream("focus-1.2.csv");
        if (resource == null) {
            throw new IllegalStateException("expected the resource dev/tollgate/report/focus-1.2.csv");
        }
        try (BufferedReader in = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            return in.lines()
                    .filter(l -> !l.startsWith("#") && !l.isBlank())
                    .map(Column::of)
                    .toList();
        }
    }

    @Override
    public void write(Report report, Writer out) throws IOException {
        List<Column> columns = columns();
        CsvReport.line(out, columns.stream().map(Column::name).toList());
        for (Report.Row row : report.rows()) {
            Map<String, String> facts = facts(report, row);
            long[] tokens = tokens(row.sums());
            for (int type = 0; type < CallCost.PARTS; type++) {
                if (tokens[type] > 0 || row.sums().cost[type] > 0) {
                    facts.put("cost", usd(row.sums().cost[type]));
                    facts.put("quantity", Long.toString(tokens[type]));
                    facts.put("token-type", TYPES.get(type));
                    facts.put("description", TYPES.get(type) + " tokens of " + facts.get("model"));
                    CsvReport.line(out, cells(columns, facts));
                }
            }
        }
    }

    private static List<String> cells(List<Column> columns, Map<String, String> facts) {
        List<String> cells = new ArrayList<>();
        for (Column column : columns) {
            String cell = column.value().startsWith("=")
                    ? column.value().substring(1)
                    : facts.getOrDefault(column.value(), "");
            cells.add(cell.isEmpty() && !column.nulls() ? "unknown" : cell);
        }
        return cells;
    }

    private static Map<String, String> facts(Report report, Report.Row row) {
        Map<String, String> facts = new TreeMap<>();
        Map<String, String> tags = new TreeMap<>();
        List<String> keys = report.query().groupBy();
        for (int i = 0; i < keys.size(); i++) {
            String value = row.key().values()[i];
            facts.put(keys.get(i), value);
            if (!value.isEmpty()
                    && !List.of("day", "account", "region", "model").contains(keys.get(i))) {
                tags.put(keys.get(i), value);
            }
        }
        ZoneId zone = report.query().zone();
        LocalDate day = LocalDate.parse(facts.getOrDefault("day", ""));
        facts.put("day-start", start(day, zone));
        facts.put("day-end", start(day.plusDays(1), zone));
        facts.put("month-start", start(day.withDayOfMonth(1), zone));
        facts.put("month-end", start(day.withDayOfMonth(1).plusMonths(1), zone));
        facts.put("sub-account", facts.getOrDefault("account", ""));
        facts.put("publisher", publisher(facts.getOrDefault("model", "")));
        facts.put("tags", tags.isEmpty() ? "" : dev.tollgate.bedrock.RequestMetadata.json(tags));
        return facts;
    }

    private static String publisher(String model) {
        return switch (ModelId.provider(model)) {
            case "anthropic" -> "Anthropic";
            case "meta" -> "Meta";
            case "mistral" -> "Mistral AI";
            case "cohere" -> "Cohere";
            case "ai21" -> "AI21 Labs";
            case "stability" -> "Stability AI";
            case "openai" -> "OpenAI";
            case "deepseek" -> "DeepSeek";
            case "qwen" -> "Qwen";
            case "google" -> "Google";
            default -> "Amazon Web Services";
        };
    }

    private static String start(LocalDate day, ZoneId zone) {
        Instant start = day.atStartOfDay(zone).toInstant();
        return start.toString();
    }

    private static long[] tokens(Totals sums) {
        return new long[] {
            sums.input, sums.output, sums.cacheRead, sums.cacheWrite - sums.cacheWrite1h, sums.cacheWrite1h
        };
    }

    private static String usd(long microUsd) {
        return new BigDecimal(microUsd).movePointLeft(6).toPlainString();
    }
}
