package dev.tollgate.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A CUR 2.0 (Data Exports) file in Parquet, read by DuckDB, which adds up what is alike. */
public final class BillParquet implements CostAndUsage.Columnar {

    private static final String DIGITS = "DECIMAL(38, 18)";

    @Override
    public void read(String name, InputStream content, CostAndUsage bill) throws IOException {
        Path file = Files.createTempFile("tollgate-bill", ".parquet");
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
            Set<String> columns = columns(duck, file);
            for (String needed : CostAndUsage.NEEDED) {
                if (!columns.contains(needed)) {
                    throw CostAndUsage.lacks(needed, name);
                }
            }
            lines(duck, file, columns, name, bill);
        } catch (SQLException e) {
            String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new IOException("expected a Parquet file that DuckDB reads, found " + name + ": " + first, e);
        } finally {
            Files.delete(file);
        }
    }

    private static Set<String> columns(Connection duck, Path file) throws SQLException {
        Set<String> columns = new HashSet<>();
        try (PreparedStatement statement = duck.prepareStatement("DESCRIBE SELECT * FROM read_parquet(?)")) {
            statement.setString(1, file.toString());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.add(rows.getString(1));
                }
            }
        }
        return columns;
    }

    private static void lines(Connection duck, Path file, Set<String> columns, String name, CostAndUsage bill)
            throws SQLException, IOException {
        List<String> texts = new ArrayList<>();
        for (String column :
                List.of(CostAndUsage.TIME, CostAndUsage.TYPE, CostAndUsage.PRODUCT, CostAndUsage.DESCRIPTION)) {
            texts.add(columns.contains(column) ? "coalesce(CAST(" + column + " AS VARCHAR), '')" : "''");
        }
        String sql = "SELECT substr(" + texts.get(0) + ", 1, 10), " + String.join(", ", texts.subList(1, 4))
                + ", CAST(sum(CAST(" + CostAndUsage.COST + " AS " + DIGITS + ")) AS VARCHAR)"
                + " FROM read_parquet(?) GROUP BY 1, 2, 3, 4";
        try (PreparedStatement statement = duck.prepareStatement(sql)) {
            statement.setString(1, file.toString());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String cost = rows.getString(5);
                    bill.line(
                            name,
                            new CostAndUsage.Line(
                                    rows.getString(1),
                                    rows.getString(2),
                                    cost == null ? "" : cost,
                                    rows.getString(3),
                                    rows.getString(4)));
                }
            }
        }
    }
}
