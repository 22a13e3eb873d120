package dev.tollgate.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/**
 * Amazon Bedrock's lines of a CUR 2.0 (Data Exports) file, CSV plain or gzip, by day and token type. What AWS calls a usage
 * type differs by region and model and follows no rule, so types are recognized by the words in it, and named beside the sums.
 */
public final class CostAndUsage {

    private static final String TIME = "line_item_usage_start_date";
    private static final String TYPE = "line_item_usage_type";
    private static final String COST = "line_item_unblended_cost";
    private static final String PRODUCT = "line_item_product_code";
    private static final String DESCRIPTION = "line_item_line_item_description";

    private final SortedMap<String, Charge> charges = new TreeMap<>();

    /** What AWS charged for one token type on one day. */
    public record Charge(String day, String tokenType, BigDecimal usd, SortedSet<String> usageTypes) {
        /** Rounded half-up. */
        public long microUsd() {
            return usd.movePointRight(6).setScale(0, RoundingMode.HALF_UP).longValueExact();
        }
    }

    /** Token types of {@link Totals#cost}, in its order; {@code other} is what names none. */
    static final List<String> TOKEN_TYPES =
            List.of("input", "output", "cache-read", "cache-write-5m", "cache-write-1h", "other");

    /** @throws IOException if the file lacks a column or has a cost that is no number */
    public void read(Path file, InputStream raw) throws IOException {
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            List<String> header = cells(lines);
            int time = column(file, header, TIME);
            int type = column(file, header, TYPE);
            int cost = column(file, header, COST);
            int product = header.indexOf(PRODUCT);
            int description = header.indexOf(DESCRIPTION);
            for (List<String> line = cells(lines); !line.isEmpty(); line = cells(lines)) {
                String what =
                        (product < 0 ? "" : line.get(product)) + ' ' + (description < 0 ? "" : line.get(description));
                if (line.size() == header.size() && bedrock(what, line.get(type))) {
                    add(file, line.get(time), line.get(type), line.get(cost));
                }
            }
        }
    }

    private static int column(Path file, List<String> header, String name) throws IOException {
        int at = header.indexOf(name);
        if (at < 0) {
            throw new IOException("expected a CUR 2.0 file with the column " + name + ", found none in " + file);
        }
        return at;
    }

    /** Models of other makers are sold by AWS Marketplace, under codes that say nothing. */
    private static boolean bedrock(String what, String usageType) {
        return what.toLowerCase(Locale.ROOT).contains("bedrock")
                || usageType.toLowerCase(Locale.ROOT).contains("token");
    }

    private void add(Path file, String time, String usageType, String cost) throws IOException {
        String day = time.substring(0, Math.min(10, time.length()));
        String tokenType = tokenType(usageType);
        try {
            BigDecimal usd = cost.isEmpty() ? BigDecimal.ZERO : new BigDecimal(cost);
            Charge charge = charges.computeIfAbsent(
                    day + ' ' + TOKEN_TYPES.indexOf(tokenType),
                    k -> new Charge(day, tokenType, BigDecimal.ZERO, new TreeSet<>()));
            charge.usageTypes().add(usageType);
            charges.put(
                    day + ' ' + TOKEN_TYPES.indexOf(tokenType),
                    new Charge(day, tokenType, charge.usd().add(usd), charge.usageTypes()));
        } catch (NumberFormatException e) {
            throw new IOException("expected " + COST + " to be a number, found \"" + cost + "\" in " + file, e);
        }
    }

    static String tokenType(String usageType) {
        String words = usageType.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        if (words.contains("cacheread")) {
            return "cache-read";
        }
        if (words.contains("cachewrite")) {
            return words.contains("1h") || words.contains("onehour") ? "cache-write-1h" : "cache-write-5m";
        }
        if (words.contains("output")) {
            return "output";
        }
        return words.contains("input") ? "input" : "other";
    }

    public List<Charge> charges() {
        return List.copyOf(charges.values());
    }

    /** Cells of the next record, which may span lines; empty at the end. */
    private static List<String> cells(BufferedReader in) throws IOException {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        int c;
        while ((c = in.read()) >= 0) {
            if (c == '"') {
                quoted = !quoted;
                in.mark(1);
                boolean again = !quoted && in.read() == '"';
                if (again) {
                    cell.append('"');
                    quoted = true;
                } else if (!quoted) {
                    in.reset();
                }
            } else if (!quoted && (c == ',' || c == '\n')) {
                cells.add(cell.toString().strip());
                cell.setLength(0);
                if (c == '\n') {
                    return cells;
                }
            } else {
                cell.append((char) c);
            }
        }
        if (cell.length() > 0 || !cells.isEmpty()) {
            cells.add(cell.toString().strip());
        }
        return cells;
    }
}
