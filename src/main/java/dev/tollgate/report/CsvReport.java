package dev.tollgate.report;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;

/** The rows as CSV (RFC 4180, line feeds): key columns first, then the numbers under the same names as in JSON. */
public final class CsvReport implements ReportWriter {

    @Override
    public void write(Report report, Writer out) throws IOException {
        List<String> header = new ArrayList<>(report.query().groupBy());
        Columns.ALL.forEach(c -> header.add(c.name()));
        line(out, header);
        for (Report.Row row : report.rows()) {
            List<String> cells = new ArrayList<>(List.of(row.key().values()));
            Columns.ALL.forEach(c -> cells.add(Long.toString(c.value().applyAsLong(row.sums()))));
            line(out, cells);
        }
    }

    static void line(Writer out, List<String> cells) throws IOException {
        for (int i = 0; i < cells.size(); i++) {
            out.write((i == 0 ? "" : ",") + quoted(cells.get(i)));
        }
        out.write('\n');
    }

    /**
     * Quoted if it has to be. Text that a spreadsheet would take for a formula gets an apostrophe before it, because
     * applications choose metadata.
     */
    static String quoted(String cell) {
        String safe = cell;
        if (!cell.isEmpty() && "=+-@\t".indexOf(cell.charAt(0)) >= 0 && !cell.matches("-?[0-9.]+")) {
            safe = "'" + cell;
        }
        boolean plain = safe.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
    }
}
