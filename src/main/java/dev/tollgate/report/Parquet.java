package dev.tollgate.report;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** Writes Parquet through DuckDB, which is known by its JDBC address only. */
final class Parquet implements AutoCloseable {

    private final Connection database;

    Parquet() throws IOException, SQLException {
        try {
            this.database = DriverManager.getConnection("jdbc:duckdb:");
        } catch (SQLException e) {
            throw new IOException("expected DuckDB's JDBC driver beside Tollgate: " + e.getMessage(), e);
        }
    }

    /**
     * @param out folder of the tables
     * @param name beginning of the files' names, the same for the same input
     */
    void write(EtlRows rows, Path out, String name) throws SQLException {
        copy(rows.main(), EtlRows.COLUMNS, out.resolve("main"), name, "time, request_id");
        copy(rows.metadata(), EtlRows.METADATA_COLUMNS, out.resolve("metadata"), name, "key, request_id");
    }

    private void copy(Path csv, String columns, Path table, String name, String order) throws SQLException {
        String types = columns.strip().replaceAll("(\\w+) (\\w+)", "'$1': '$2'").replaceAll("\\s+", " ");
        String sql = "COPY (SELECT * FROM read_csv(" + quoted(csv.toString())
                + ", auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', nullstr = '\\N',"
                + " max_line_size = 16777216, parallel = false, columns = {" + types + "}) ORDER BY " + order + ") TO "
                + quoted(table.toAbsolutePath().toString())
                + " (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (year, month, day, tenant), WRITE_PARTITION_COLUMNS false,"
                + " OVERWRITE_OR_IGNORE true, FILENAME_PATTERN " + quoted(name + "_{i}") + ")";
        try (Statement statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
