package dev.tollgate.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/**
 * Amazon Bedrock's lines of CUR 2.0 (Data Exports) files, CSV plain or gzip, or Parquet, by day and token type. What AWS calls
 * a usage type differs by region and model and follows no rule, so types are recognized by the words in it, and named beside
 * the sums.
 */
public final class CostAndUsage {

    static final String TIME = "line_item_usage_start_date";
    static final String TYPE = "line_item_usage_type";
    static final String COST = "line_item_unblended_cost";
    static final String PRODUCT = "line_item_product_code";
    static final String DESCRIPTION = "line_item_line_item_description";

    static final List<String> NEEDED = List.of(TIME, TYPE, COST);

    private static final int MAX_DIGITS = 9;
    private static final int MAX_SCALE = 1000;

    private static final byte[] PARQUET = {'P', 'A', 'R', '1'};
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};

    private final Columnar columnar;
    private final SortedMap<String, Charge> charges = new TreeMap<>();

    /** One line of a bill; empty for what it lacks. */
    record Line(String time, String usageType, String cost, String product, String description) {}

    /** Reads Parquet, which the native executable cannot. */
    public interface Columnar {
        /** @throws IOException if it cannot be read */
        void read(String name, InputStream content, CostAndUsage bill) throws IOException;
    }

    public CostAndUsage(Columnar columnar) {
        this.columnar = columnar;
    }

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

    /**
     * Adds a file's lines; its first bytes say what it is.
     *
     * @throws IOException if it lacks a column, is cut, or has a cost that is no number
     */
    public void read(String name, InputStream raw) throws IOException {
        PushbackInputStream in = new PushbackInputStream(raw, PARQUET.length);
        byte[] first = in.readNBytes(PARQUET.length);
        in.unread(first);
        if (Arrays.equals(first, PARQUET)) {
            columnar.read(name, in, this);
        } else if (first.length >= 2 && Arrays.equals(first, 0, 2, GZIP, 0, 2)) {
            csv(name, new GZIPInputStream(in));
        } else {
            csv(name, in);
        }
    }

    private void csv(String name, InputStream in) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            List<String> header = new ArrayList<>(cells(lines));
            if (!header.isEmpty() && header.get(0).startsWith("\ufeff")) {
                header.set(0, header.get(0).substring(1));
            }
            for (String needed : NEEDED) {
                if (!header.contains(needed)) {
                    throw lacks(needed, name);
                }
            }
            for (List<String> cells = cells(lines); !cells.isEmpty(); cells = cells(lines)) {
                if (cells.size() == header.size()) {
                    line(
                            name,
                            new Line(
                                    cell(header, cells, TIME),
                                    cell(header, cells, TYPE),
                                    cell(header, cells, COST),
                                    cell(header, cells, PRODUCT),
                                    cell(header, cells, DESCRIPTION)));
                } else if (cells.size() > 1 || !cells.get(0).isEmpty()) {
                    throw new IOException(
                            "expected " + header.size() + " cells in each line of " + name + ", found " + cells.size());
                }
            }
        }
    }

    private static String cell(List<String> header, List<String> cells, String column) {
        int at = header.indexOf(column);
        return at < 0 ? "" : cells.get(at);
    }

    static IOException lacks(String column, String name) {
        return new IOException("expected a CUR 2.0 file with the column " + column + ", found none in " + name);
    }

    /** Adds one line if it is Bedrock's. Models of other makers are sold by AWS Marketplace, under codes that say nothing. */
    void line(String name, Line line) throws IOException {
        boolean bedrock =
                (line.product + ' ' + line.description).toLowerCase(Locale.ROOT).contains("bedrock")
                        || line.usageType.toLowerCase(Locale.ROOT).contains("token");
        if (bedrock) {
            add(name, line.time, line.usageType, line.cost);
        }
    }

    private void add(String file, String time, String usageType, String cost) throws IOException {
        String day = day(file, time);
        String tokenType = tokenType(usageType);
        try {
            BigDecimal usd = usd(cost);
            Charge charge = charges.computeIfAbsent(
                    day + ' ' + TOKEN_TYPES.indexOf(tokenType),
                    k -> new Charge(day, tokenType, BigDecimal.ZERO, new TreeSet<>()));
            charge.usageTypes().add(usageType);
            charges.put(
                    day + ' ' + TOKEN_TYPES.indexOf(tokenType),
                    new Charge(day, tokenType, charge.usd().add(usd), charge.usageTypes()));
        } catch (NumberFormatException e) {
            throw new IOException(
                    "expected " + COST + " to be US dollars below a billion, found \"" + cost + "\" in " + file, e);
        }
    }

    private static String day(String file, String time) throws IOException {
        try {
            return LocalDate.parse(time.substring(0, Math.min(10, time.length())))
                    .toString();
        } catch (DateTimeParseException e) {
            throw new IOException(
                    "expected " + TIME + " as 2026-11-03T00:00:00Z, found \"" + time + "\" in " + file, e);
        }
    }

    /** @throws NumberFormatException for what is none, or none that money can be */
    private static BigDecimal usd(String cost) {
        BigDecimal usd = cost.isEmpty() ? BigDecimal.ZERO : new BigDecimal(cost);
        if (usd.signum() != 0 && ((long) usd.precision() - usd.scale() > MAX_DIGITS || usd.scale() > MAX_SCALE)) {
            throw new NumberFormatException(cost);
        }
        return usd.signum() == 0 ? BigDecimal.ZERO : usd;
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
