package dev.tollgate.report;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The report for people at a terminal: right-aligned numbers, a total, fewer columns on a narrow one. */
public final class TableReport implements ReportWriter {

    private static final String BOLD = "\u001b[1m";
    private static final String CYAN = "\u001b[36m";
    private static final String YELLOW = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";
    private static final int MAX_MODELS = 3;
    private static final int MAX_TEXT = 48;

    private final int width;
    private final boolean color;

    /** @param width of the terminal in characters */
    public TableReport(int width, boolean color) {
        this.width = width;
        this.color = color;
    }

    @Override
    public void write(Report report, Writer out) throws IOException {
        List<List<String>> wide = cells(report, false);
        boolean compact = width(wide) > width;
        List<List<String>> cells = compact ? cells(report, true) : wide;
        int texts = report.query().groupBy().size() + (compact || !showsModels(report) ? 0 : 1);
        int[] widths = widths(cells);
        rule(out, widths);
        for (int i = 0; i < cells.size(); i++) {
            String style = i == 0 ? CYAN : i == cells.size() - 1 ? YELLOW : "";
            line(out, cells.get(i), widths, texts, style);
            if (i == 0 || i >= cells.size() - 2) {
                rule(out, widths);
            }
        }
        notes(report, out, compact);
    }

    private static boolean showsModels(Report report) {
        return !report.query().groupBy().contains("model");
    }

    private static List<List<String>> cells(Report report, boolean compact) {
        List<List<String>> lines = new ArrayList<>();
        List<String> header = new ArrayList<>();
        report.query().groupBy().forEach(k -> header.add(title(k)));
        if (!compact && showsModels(report)) {
            header.add("Models");
        }
        header.addAll(
                compact
                        ? List.of("Input", "Output", "Cost (USD)")
                        : List.of("Calls", "Input", "Output", "Cache Write", "Cache Read", "Total", "Cost (USD)"));
        lines.add(header);
        int decimals =
                report.total().microUsd() < 1_000_000 ? 6 : report.total().microUsd() < 1_000_000_000 ? 4 : 2;
        for (Report.Row row : report.rows()) {
            List<String> line = new ArrayList<>();
            for (String value : row.key().values()) {
                line.add(value.isEmpty() ? "(none)" : printable(value));
            }
            numbers(report, row.sums(), compact, decimals, line);
            lines.add(line);
        }
        List<String> total = new ArrayList<>(List.of("Total"));
        while (total.size() < report.query().groupBy().size()) {
            total.add("");
        }
        numbers(report, report.total(), compact, decimals, total);
        if (!compact && showsModels(report)) {
            total.set(report.query().groupBy().size(), "");
        }
        lines.add(total);
        return lines;
    }

    private static void numbers(Report report, Totals sums, boolean compact, int decimals, List<String> line) {
        if (!compact && showsModels(report)) {
            line.add(models(sums));
        }
        if (!compact) {
            line.add(number(sums.calls));
        }
        line.add(number(sums.input));
        line.add(number(sums.output));
        if (!compact) {
            line.add(number(sums.cacheWrite));
            line.add(number(sums.cacheRead));
            line.add(number(sums.tokens()));
        }
        line.add(usd(sums.microUsd(), decimals));
    }

    private static String models(Totals sums) {
        String some = sums.models.stream()
                .sorted()
                .limit(MAX_MODELS)
                .map(m -> printable(m.substring(m.indexOf('.') + 1)))
                .collect(Collectors.joining(", "));
        return sums.models.size() > MAX_MODELS ? some + ", +" + (sums.models.size() - MAX_MODELS) : some;
    }

    private static String title(String key) {
        return printable(key.substring(0, 1).toUpperCase(Locale.ROOT) + key.substring(1));
    }

    /** Without control characters, which would steer the terminal, and not longer than a column. */
    static String printable(String text) {
        String clean = text.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return clean.length() > MAX_TEXT ? clean.substring(0, MAX_TEXT - 3) + "..." : clean;
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String usd(long microUsd, int decimals) {
        return "$"
                + String.format(
                        Locale.ROOT, "%,." + decimals + "f", new java.math.BigDecimal(microUsd).movePointLeft(6));
    }

    private static int[] widths(List<List<String>> cells) {
        int[] widths = new int[cells.get(0).size()];
        cells.forEach(line -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        });
        return widths;
    }

    private static int width(List<List<String>> cells) {
        int sum = 1;
        for (int one : widths(cells)) {
            sum += one + 3;
        }
        return sum;
    }

    private static void rule(Writer out, int[] widths) throws IOException {
        StringBuilder rule = new StringBuilder("+");
        for (int one : widths) {
            rule.append("-".repeat(one + 2)).append('+');
        }
        out.write(rule.append('\n').toString());
    }

    private void line(Writer out, List<String> cells, int[] widths, int texts, String style) throws IOException {
        StringBuilder line = new StringBuilder("|");
        for (int i = 0; i < widths.length; i++) {
            String room = " ".repeat(widths[i] - cells.get(i).length());
            String cell = i < texts ? cells.get(i) + room : room + cells.get(i);
            line.append(' ')
                    .append(color && !style.isEmpty() ? BOLD + style + cell + PLAIN : cell)
                    .append(" |");
        }
        out.write(line.append('\n').toString());
    }

    private static void notes(Report report, Writer out, boolean compact) throws IOException {
        if (compact) {
            out.write("Compact: a terminal of more columns shows calls, models and cache tokens.\n");
        }
        out.write("Prices " + report.query().prices().version() + ". An estimate; the AWS bill decides.\n");
    }
}
