package dev.tollgate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bill in each of the forms that Data Exports writes. */
class CostAndUsageTest {

    private static final String HEADER = "line_item_usage_start_date,line_item_usage_type,line_item_unblended_cost,"
            + "line_item_product_code,line_item_line_item_description\n";

    @TempDir
    Path folder;

    private static List<String> charges(InputStream in) throws IOException {
        CostAndUsage bill = new CostAndUsage(new BillParquet());
        bill.read("bill", in);
        return bill.charges().stream()
                .map(c -> c.day() + " " + c.tokenType() + " "
                        + c.usd().stripTrailingZeros().toPlainString() + " " + c.usageTypes())
                .toList();
    }

    private static List<String> csv(String text) throws IOException {
        return charges(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private List<String> parquet(String select) throws IOException, SQLException {
        Path file = folder.resolve("bill.snappy.parquet");
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            statement.execute("COPY (" + select + ") TO '" + file + "' (FORMAT parquet)");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return charges(in);
        }
    }

    @Test
    void parquetSaysTheSameAsCsv() throws Exception {
        List<String> expected = List.of(
                "2026-11-03 input 0.3000125 [USE1-NovaLite-input-tokens]",
                "2026-11-04 cache-write-1h 2 [EUC1-Claude4.5Sonnet-cache-write-1h-tokens]");
        assertEquals(expected, csv(HEADER + """
                2026-11-03 00:00:00,USE1-NovaLite-input-tokens,0.0000125,AmazonBedrock,
                2026-11-03T23:59:59Z,USE1-NovaLite-input-tokens,0.3,AmazonBedrock,
                2026-11-04T01:00:00Z,EUC1-Claude4.5Sonnet-cache-write-1h-tokens,2,abc123,Claude (Amazon Bedrock Edition)
                2026-11-04T01:00:00Z,EUC1-BoxUsage:t3.micro,7,AmazonEC2,t3
                """));
        assertEquals(expected, parquet("""
                SELECT TIMESTAMP '2026-11-03 00:00:00' line_item_usage_start_date,
                  'USE1-NovaLite-input-tokens' line_item_usage_type, 0.0000125::DOUBLE line_item_unblended_cost,
                  'AmazonBedrock' line_item_product_code, NULL::VARCHAR line_item_line_item_description, 1 another
                UNION ALL SELECT TIMESTAMP '2026-11-03 23:59:59', 'USE1-NovaLite-input-tokens', 0.3, 'AmazonBedrock', NULL, 1
                UNION ALL SELECT TIMESTAMP '2026-11-04 01:00:00', 'EUC1-Claude4.5Sonnet-cache-write-1h-tokens', 2, 'abc123',
                  'Claude (Amazon Bedrock Edition)', 1
                UNION ALL SELECT TIMESTAMP '2026-11-04 01:00:00', 'EUC1-BoxUsage:t3.micro', 7, 'AmazonEC2', 't3', 1
                """));
    }

    @Test
    void parquetWithoutTheColumnsThatMayLackIsRead() throws Exception {
        assertEquals(
                List.of("2026-11-03 output 1.5 [x-output-tokens]"),
                parquet(
                        "SELECT '2026-11-03T00:00:00Z' line_item_usage_start_date, 'x-output-tokens' line_item_usage_type,"
                                + " 1.5::DOUBLE line_item_unblended_cost"));
    }

    @Test
    void whatParquetLacksOrHoldsWronglyIsNamed() {
        IOException lacks = assertThrows(IOException.class, () -> parquet("SELECT 1 line_item_usage_type"));
        assertTrue(String.valueOf(lacks.getMessage()).contains("line_item_usage_start_date"), lacks.getMessage());
        IOException broken = assertThrows(IOException.class, () -> csv("PAR1 and nothing more"));
        assertTrue(String.valueOf(broken.getMessage()).contains("expected a Parquet file"), broken.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-03,x-input-tokens,1,AmazonBedrock,\n",
                "\n2026-11-03,x-input-tokens,1,AmazonBedrock,\r\n\r\n"
            })
    void emptyLinesWindowsLineEndsAndAByteOrderMarkAreNoTrouble(String lines) throws IOException {
        assertEquals(List.of("2026-11-03 input 1 [x-input-tokens]"), csv("\ufeff" + HEADER + lines));
    }

    @Test
    void aLineThatIsCutIsAnErrorNotASmallerBill() {
        IOException cut = assertThrows(
                IOException.class, () -> csv(HEADER + "2026-11-03,x-input-tokens,1,AmazonBedrock,\n2026-11-03,x-inp"));
        assertTrue(String.valueOf(cut.getMessage()).contains("expected 5 cells"), cut.getMessage());
    }
}
