package dev.tollgate.report;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The question of {@code tollgate report top} put to DuckDB over the same files, each call once by its request id: for the
 * measurement. It is spared the prices and the bodies.
 */
final class DuckDbSums {

    private static final String QUESTION = """
            WITH calls AS (
              SELECT requestId, any_value(requestMetadata.tenantId) tenant, any_value(modelId) model,
                any_value(input.inputTokenCount) i, any_value(output.outputTokenCount) o,
                any_value(input.cacheReadInputTokenCount) r, any_value(input.cacheWriteInputTokenCount) w
              FROM read_json('%s/**/*.json*', format = 'newline_delimited', columns = {requestId: 'VARCHAR',
                timestamp: 'TIMESTAMP', modelId: 'VARCHAR', requestMetadata: 'STRUCT(tenantId VARCHAR)',
                input: 'STRUCT(inputTokenCount BIGINT, cacheReadInputTokenCount BIGINT, cacheWriteInputTokenCount BIGINT)',
                output: 'STRUCT(outputTokenCount BIGINT)'})
              GROUP BY requestId)
            SELECT coalesce(tenant, '') t, model, count(*), sum(i)::BIGINT, sum(o)::BIGINT, sum(r)::BIGINT, sum(w)::BIGINT
            FROM calls GROUP BY ALL ORDER BY ALL
            """;

    private DuckDbSums() {}

    /** {@code DIR}: prints the rows. */
    public static void main(String[] args) throws SQLException {
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet rows = statement.executeQuery(QUESTION.formatted(args[0]))) {
            StringBuilder out = new StringBuilder();
            while (rows.next()) {
                for (int i = 1; i <= 7; i++) {
                    out.append(rows.getString(i)).append(i < 7 ? "," : "\n");
                }
            }
            System.out.print(out);
        }
    }
}
