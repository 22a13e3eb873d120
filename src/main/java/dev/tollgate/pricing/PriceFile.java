package dev.tollgate.pricing;

import dev.tollgate.bedrock.Unit;
import dev.tollgate.pricing.Line.UnitPrice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/** Reads a price book's CSV: columns by name; those after the twelfth are optional. */
final class PriceFile {

    private static final List<String> COLUMNS = List.of(
            "model",
            "scope",
            "from",
            "above",
            "input",
            "output",
            "cache-read",
            "cache-write-5m",
            "cache-write-1h",
            "context",
            "max-output",
            "burndown");
    private static final List<String> MORE = List.of("kind", "unit", "variant", "price");

    private final String name;
    private final List<Line> lines = new ArrayList<>();
    private final Map<String, Integer> columns = new HashMap<>();
    private final CRC32 checksum = new CRC32();
    private String version = "unknown";
    private String[] cells = {};

    PriceFile(String name) {
        this.name = name;
    }

    /** @throws IllegalArgumentException naming file, line, what was expected and what was found */
    void read(Reader source) throws IOException {
        int number = 0;
        try (BufferedReader in = new BufferedReader(source)) {
            for (String line; (line = in.readLine()) != null; ) {
                number++;
                line(line);
            }
        } catch (IllegalArgumentException | DateTimeParseException | ArithmeticException e) {
            throw new IllegalArgumentException(name + ", line " + number + ": " + e.getMessage(), e);
        }
        if (lines.isEmpty()) {
            throw new IllegalArgumentException(name + ": expected at least one price, found none");
        }
    }

    String version() {
        return version;
    }

    /** Of all lines. */
    long checksum() {
        return checksum.getValue();
    }

    /** The lines, with the largest limits of the book in place of those that are not known. */
    List<Line> lines() {
        long context =
                lines.stream().mapToLong(l -> l.price().contextTokens()).max().orElse(0);
        long output =
                lines.stream().mapToLong(l -> l.price().maxOutputTokens()).max().orElse(0);
        return lines.stream().map(l -> completed(l, context, output)).toList();
    }

    long largestContext() {
        return lines.stream().mapToLong(l -> l.price().contextTokens()).max().orElse(0);
    }

    private static Line completed(Line line, long context, long output) {
        Price price = line.price();
        Price whole = new Price(
                price.rates(),
                price.above(),
                price.contextTokens() < 0 ? context : price.contextTokens(),
                price.maxOutputTokens() < 0 ? output : price.maxOutputTokens(),
                price.burndown());
        return new Line(line.model(), line.kind(), line.validity(), whole, line.unit());
    }

    private void line(String line) {
        checksum.update(line.getBytes(StandardCharsets.UTF_8));
        if (line.startsWith("# version ")) {
            version = line.substring("# version ".length()).strip();
        } else if (line.startsWith("#") || line.isBlank()) {
            return;
        } else if (columns.isEmpty()) {
            header(line);
        } else {
            lines.add(row(line));
        }
    }

    private void header(String line) {
        List<String> names = Arrays.asList(line.strip().split(",", -1));
        boolean known = names.containsAll(COLUMNS)
                && names.stream().allMatch(n -> COLUMNS.contains(n) || MORE.contains(n))
                && names.stream().distinct().count() == names.size();
        expect(known, "a header of the columns " + String.join(",", COLUMNS) + " and perhaps " + MORE, line);
        for (int i = 0; i < names.size(); i++) {
            columns.put(names.get(i), i);
        }
    }

    private Line row(String line) {
        cells = line.split(",", -1);
        boolean fits = cells.length >= COLUMNS.size() && cells.length <= columns.size();
        String expected = columns.size() == COLUMNS.size()
                ? COLUMNS.size() + " columns"
                : COLUMNS.size() + " to " + columns.size() + " columns";
        expect(fits, expected, cells.length + " in " + line);
        String model = cell("model");
        String kind = cell("kind");
        Optional<UnitPrice> unit = unit();
        Line.Validity validity = validity();
        Price price =
                new Price(rates(), validity.above(), limit("context", unit), limit("max-output", unit), burndown());
        return new Line(model, kind.isEmpty() ? ModelKind.of(model) : kind(kind), validity, price, unit);
    }

    private Line.Validity validity() {
        String scope = cell("scope");
        expect(List.of("global", "regional", "any").contains(scope), "scope global, regional or any", scope);
        String variant = cell("variant");
        expect(List.of("", "premium", "optimized").contains(variant), "variant premium, optimized or none", variant);
        return new Line.Validity(scope, LocalDate.parse(cell("from")), Long.parseLong(cell("above")), variant);
    }

    private TokenRates rates() {
        return new TokenRates(
                perMillion("input"),
                perMillion("output"),
                perMillion("cache-read"),
                perMillion("cache-write-5m"),
                perMillion("cache-write-1h"));
    }

    private Optional<UnitPrice> unit() {
        String label = cell("unit");
        if (label.isEmpty()) {
            return Optional.empty();
        }
        Unit unit = Arrays.stream(Unit.values())
                .filter(u -> u.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("expected a unit of "
                        + Arrays.stream(Unit.values()).map(Unit::label).toList() + ", found " + label));
        return Optional.of(new UnitPrice(unit, pico(cell("price"), 12)));
    }

    private static ModelKind kind(String label) {
        return Arrays.stream(ModelKind.values())
                .filter(k -> k.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("expected a kind of "
                        + Arrays.stream(ModelKind.values())
                                .map(ModelKind::label)
                                .toList() + ", found " + label));
    }

    /** A number of tokens; -1 if it is not known, 0 if the line has no token price. */
    private long limit(String column, Optional<UnitPrice> unit) {
        String cell = cell(column);
        return cell.isEmpty() ? (unit.isPresent() ? 0 : -1) : Long.parseLong(cell);
    }

    private int burndown() {
        String cell = cell("burndown");
        return cell.isEmpty() ? 1 : Integer.parseInt(cell);
    }

    private long perMillion(String column) {
        return cell(column).isEmpty() ? 0 : pico(cell(column), 6);
    }

    private static long pico(String dollars, int digits) {
        return new BigDecimal(dollars).movePointRight(digits).longValueExact();
    }

    private String cell(String column) {
        Integer at = columns.get(column);
        return at == null || at >= cells.length ? "" : cells[at].strip();
    }

    private static void expect(boolean condition, String expected, String found) {
        if (!condition) {
            throw new IllegalArgumentException("expected " + expected + ", found " + found);
        }
    }
}
