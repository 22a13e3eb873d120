package dev.tollgate.cli;

import java.util.ArrayList;
import java.util.List;

/** Aligned columns for people; names that came from callers cannot steer the terminal. */
final class TextTable {

    private static final int GAP = 2;
    private static final int MAX_CELL = 60;

    private final String title;
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param header one that begins with {@code >} is of a column of numbers, aligned to the right */
    TextTable(String title, String... header) {
        this.title = title;
        this.header = List.of(header);
    }

    void add(String... cells) {
        rows.add(List.of(cells).stream().map(TextTable::printable).toList());
    }

    /** Without control characters, and not longer than a column. */
    static String printable(String text) {
        String clean = clean(text);
        return clean.length() > MAX_CELL ? clean.substring(0, MAX_CELL - 3) + "..." : clean;
    }

    /** Without control characters. */
    static String clean(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c)
                                || Character.getType(c) == Character.FORMAT
                                || Character.getType(c) == Character.SURROGATE
                        ? '?'
                        : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Nothing at all without rows. */
    String text() {
        if (rows.isEmpty()) {
            return "";
        }
        int[] widths = new int[header.size()];
        for (int c = 0; c < widths.length; c++) {
            widths[c] = name(c).length();
            for (List<String> row : rows) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        StringBuilder out = new StringBuilder("\n").append(title).append('\n');
        List<String> names = new ArrayList<>();
        for (int c = 0; c < widths.length; c++) {
            names.add(name(c));
        }
        if (names.stream().anyMatch(n -> !n.isEmpty())) {
            line(out, names, widths);
        }
        rows.forEach(row -> line(out, row, widths));
        return out.toString();
    }

    private String name(int column) {
        return right(column) ? header.get(column).substring(1) : header.get(column);
    }

    private boolean right(int column) {
        return header.get(column).startsWith(">");
    }

    private void line(StringBuilder out, List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder(" ");
        for (int c = 0; c < widths.length; c++) {
            String room = " ".repeat(widths[c] - cells.get(c).length());
            line.append(" ".repeat(c == 0 ? 1 : GAP)).append(right(c) ? room + cells.get(c) : cells.get(c) + room);
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }
}
