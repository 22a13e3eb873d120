package dev.tollgate.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Names of models as a table; on a narrow terminal without the columns that are missed least. */
final class ModelsTable {

    // A price's pico-USD a token are micro-USD for a million tokens.
    private static final int MICRO = 6;

    private record Column(String title, boolean right, int dropped, Function<NamedModel, String> cell) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("NAME", false, 0, NamedModel::name),
            new Column("MODEL ID", false, 3, model -> model.target().sendId()),
            new Column("INPUT", true, 0, model -> tokens(model, model.price().input())),
            new Column("OUTPUT", true, 0, model -> tokens(model, model.price().output())),
            new Column(
                    "CACHE READ", true, 1, model -> tokens(model, model.price().cacheRead())),
            new Column(
                    "CACHE WRITE", true, 1, model -> tokens(model, model.price().cacheWrite5m())),
            new Column("CONTEXT", true, 2, model -> limit(model.price().contextTokens())),
            new Column("MAX OUTPUT", true, 2, model -> limit(model.price().maxOutputTokens())),
            new Column("UNITS", false, 0, ModelsTable::units));

    private ModelsTable() {}

    /** @param width columns of the terminal */
    static String of(List<NamedModel> models, String priceVersion, Optional<String> region, int width) {
        List<Column> columns = new ArrayList<>(COLUMNS);
        for (int dropped = 1; dropped <= 3 && widest(table(columns, models)) > width; dropped++) {
            int least = dropped;
            columns.removeIf(column -> column.dropped == least);
        }
        return table(columns, models) + "\nUSD for a million tokens, or for one unit; prices " + priceVersion
                + ". ~ means a dearest relative's price.\n"
                + region.map(r -> "Identifiers for " + r + ".\n")
                        .orElse("Identifiers without a profile's prefix: no region is set (AWS_REGION).\n");
    }

    private static int widest(String table) {
        return table.lines().mapToInt(String::length).max().orElse(0);
    }

    private static String table(List<Column> columns, List<NamedModel> models) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(columns.stream().map(Column::title).toList());
        models.forEach(model -> rows.add(
                columns.stream().map(column -> column.cell.apply(model)).toList()));
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                int at = i;
                int width =
                        rows.stream().mapToInt(r -> r.get(at).length()).max().orElse(0);
                String pad = " ".repeat(width - row.get(i).length());
                line.append(columns.get(i).right ? pad + row.get(i) : row.get(i) + pad)
                        .append("  ");
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }

    private static String tokens(NamedModel model, long micro) {
        return model.soldByTokens() ? (model.known() ? "" : "~") + dollars(micro) : "-";
    }

    private static String limit(long tokens) {
        return tokens > 0 ? String.format(Locale.ROOT, "%,d", tokens) : "-";
    }

    private static String units(NamedModel model) {
        return model.units().entrySet().stream()
                .map(unit -> dollars(unit.getValue()) + " per " + unit.getKey().label())
                .collect(Collectors.joining(", "));
    }

    private static String dollars(long micro) {
        BigDecimal dollars = BigDecimal.valueOf(micro, MICRO).stripTrailingZeros();
        return (dollars.scale() < 2 ? dollars.setScale(2, RoundingMode.UNNECESSARY) : dollars).toPlainString();
    }
}
