package dev.tollgate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.pricing.PriceBook;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Parquet, and the views of {@code src/main/athena} over it, run on DuckDB. */
class EtlTest {

    private static final Path ATHENA = Path.of("src/main/athena");
    private static final String NOON = "2026-11-03T12:00:00Z";
    private static final String NUMBERS =
            "calls, failed_calls, denied_calls, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,"
                    + " cache_write_1h_tokens, micro_usd";

    @TempDir
    Path folder;

    private Etl.Result etl(Path... inputs) throws IOException {
        return etl(
                "TenantID",
                Policy.NONE,
                PriceBook.bundled(),
                Stream.of(inputs).map(Path::toString).toArray(String[]::new));
    }

    private Etl.Result etl(String key, Policy policy, PriceBook prices, String... inputs) throws IOException {
        return new Etl(
                        folder.resolve("out"),
                        prices,
                        policy,
                        Map.of("tenant", List.of(key)),
                        new Progress(new PrintStream(System.err), false))
                .run(Inputs.find(List.of(inputs), address -> List.of()));
    }

    private long rows() throws SQLException {
        try (Connection database = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = database.createStatement();
                ResultSet count = statement.executeQuery(
                        "SELECT count(*) FROM read_parquet('" + folder.resolve("out/main") + "/**/*.parquet')")) {
            count.next();
            return count.getLong(1);
        }
    }

    @Test
    void anInputIsTheSameHoweverItIsSpelledAndMadeAgainWhenItsRowsWouldDiffer() throws Exception {
        Path log = Files.writeString(folder.resolve("a.jsonl"), """
                {"schemaType":"ModelInvocationLog","timestamp":"%s","requestId":"r","operation":"Converse",\
                "modelId":"amazon.nova-lite-v1:0","input":{"inputTokenCount":1000},"output":{"outputTokenCount":100}}
                """.formatted(NOON));
        PriceBook bundled = PriceBook.bundled();
        Policy named = PolicyReader.read("aliases: { nova: amazon.nova-lite-v1:0 }", 0);
        String text = Files.readString(Path.of("src/main/resources/dev/tollgate/pricing/prices.csv"));
        PriceBook other = PriceBook.read(Files.writeString(folder.resolve("prices.csv"), text + "# of ours\n"));
        assertEquals(1, etl("TenantID", Policy.NONE, bundled, log.toString()).files());
        assertEquals(
                1, etl("TenantID", Policy.NONE, bundled, folder + "/./a.jsonl").skipped());
        assertEquals(1, etl("Tenant", Policy.NONE, bundled, log.toString()).files(), "another key");
        assertEquals(1, etl("Tenant", named, bundled, log.toString()).files(), "another policy");
        assertEquals(1, etl("Tenant", named, other, log.toString()).files(), "other prices of the same version");
        assertEquals(1, etl("Tenant", named, other, log.toString()).skipped());
        assertEquals(1, rows());
    }

    /** A run that is killed leaves the table as it was. */
    @Test
    void whatAnInputMadeStaysUntilItsNewFilesAreWhole() throws Exception {
        Path log = Reports.file(folder, "a.jsonl", Reports.log("r1", NOON, "acme", 1, 1));
        assertEquals(1, etl(log).files());
        Files.writeString(
                log,
                Reports.log("r2", "2026-11-04T12:00:00Z", "acme", 1, 1) + "\n" + Reports.log("r3", NOON, "acme", 1, 1));
        Input input = Inputs.find(List.of(log.toString()), address -> List.of()).get(0);
        Path unfinished = EtlState.of(folder.resolve("out"), input, "").begin();
        Files.writeString(unfinished.resolve("left.csv"), "by a run that was killed");
        assertEquals(1, rows());
        assertEquals(1, etl(log).files());
        assertEquals(2, rows());
        assertFalse(Files.exists(unfinished));
        Files.writeString(log, Reports.log("r2", "2026-11-04T12:00:00Z", "acme", 1, 1));
        assertEquals(1, etl(log).files());
        assertEquals(1, rows(), "the row of the other day is gone");
        assertEquals(1, etl(log).skipped());
    }

    /** What a pipe brings is never known from before, and replaces nothing. */
    @Test
    void standardInputIsAddedEachTime() throws Exception {
        InputStream in = System.in;
        try {
            for (int i = 1; i <= 2; i++) {
                String record = """
                        {"schemaType":"ModelInvocationLog","timestamp":"%s","requestId":"r%d","operation":"Converse",\
                        "modelId":"amazon.nova-lite-v1:0","input":{"inputTokenCount":1000},"output":{"outputTokenCount":9}}
                        """.formatted(NOON, i);
                System.setIn(new ByteArrayInputStream(record.getBytes(StandardCharsets.UTF_8)));
                assertEquals(
                        1,
                        etl("TenantID", Policy.NONE, PriceBook.bundled(), "-").records());
            }
        } finally {
            System.setIn(in);
        }
        assertEquals(2, rows());
    }

    private Connection database() throws SQLException, IOException {
        Connection database = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = database.createStatement()) {
            for (String table : List.of("main", "metadata")) {
                statement.execute("CREATE SCHEMA IF NOT EXISTS tables");
                statement.execute("CREATE VIEW " + (table.equals("main") ? "tables.main" : table)
                        + " AS SELECT * FROM read_parquet('"
                        + folder.resolve("out").resolve(table)
                        + "/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)");
            }
            // "main" is also the name of DuckDB's own schema.
            String views =
                    Files.readString(ATHENA.resolve("4-views.sql")).replace(" FROM main m", " FROM tables.main m");
            for (String view : views.split(";\n")) {
                if (!view.isBlank()) {
                    statement.execute(view);
                }
            }
        }
        return database;
    }

    private Map<String, List<Long>> query(String keys) throws SQLException, IOException {
        String sums = Stream.of(NUMBERS.split(",\\s*"))
                .map(n -> "sum(" + n + ")::BIGINT")
                .reduce((a, b) -> a + ", " + b)
                .orElseThrow();
        Map<String, List<Long>> found = new TreeMap<>();
        try (Connection database = database();
                Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT concat_ws('|', " + keys + "), " + sums + " FROM spend GROUP BY " + keys)) {
            while (rows.next()) {
                List<Long> numbers = new ArrayList<>();
                for (int i = 2; i <= 10; i++) {
                    numbers.add(rows.getLong(i));
                }
                found.put(rows.getString(1), numbers);
            }
        }
        return found;
    }

    private static Map<String, List<Long>> sums(Report report) {
        Map<String, List<Long>> sums = new TreeMap<>();
        report.rows().forEach(r -> sums.put(String.join("|", r.key().values()), Reports.numbers(r.sums())));
        return sums;
    }

    @Test
    void viewsGiveTheNumbersOfTheReport() throws Exception {
        Path tree = folder.resolve("tree");
        LogTree.Made made =
                LogTree.write(tree, new LogTree.Shape(31, 160, 100, 60, 60, 90, LogTree.Packing.GZIP, true));
        Etl.Result result = etl(tree);
        assertEquals(made.brokenLines(), result.unreadableLines());
        for (String keys : List.of("tenant,model", "day,department", "account,region")) {
            Report report =
                    Reports.by(keys.split(",")).key("tenant", "TenantID").of(tree);
            Map<String, List<Long>> expected = sums(report);
            Map<String, List<Long>> found = query(keys);
            assertEquals(expected.keySet(), found.keySet());
            expected.forEach((key, numbers) -> assertEquals(numbers, found.get(key), key));
        }
    }

    @Test
    void runAgainItSkipsWhatIsUnchangedAndReplacesWhatChanged() throws Exception {
        Path in = folder.resolve("in");
        Reports.file(in, "a.jsonl", Reports.log("r1", NOON, "acme", 1000, 0), "broken");
        Path changing = Reports.file(in, "b.jsonl", Reports.log("r2", NOON, "acme", 1000, 0));
        assertEquals(new Etl.Result(2, 0, 2, 1), etl(in));
        assertEquals(new Etl.Result(0, 2, 0, 0), etl(in));
        List<Path> before = parquet();
        Files.writeString(
                changing,
                Reports.log("r2", NOON, "globex", 3000, 0) + "\n" + Reports.log("r3", NOON, "a b/c", 4, 0) + "\n");
        assertEquals(new Etl.Result(1, 1, 2, 0), etl(in));
        assertEquals(before.size() + 2, parquet().size(), "main and metadata of one tenant more");
        assertEquals(
                "{a b/c=[1, 0, 0, 4, 0, 0, 0, 0, 1], acme=[1, 0, 0, 1000, 0, 0, 0, 0, 250],"
                        + " globex=[1, 0, 0, 3000, 0, 0, 0, 0, 750]}",
                query("tenant").toString());
        Path late = Reports.file(in, "late.jsonl", Reports.log("r1", NOON, "acme", 1000, 0));
        assertEquals(new Etl.Result(1, 2, 1, 0), etl(in, late));
        assertEquals(1000, query("tenant").get("acme").get(3), "the same record in a late file counts once");
    }

    @Test
    void finishesWhatAnInterruptedRunBegan() throws Exception {
        Path in = folder.resolve("in");
        Reports.file(in, "a.jsonl", Reports.log("r1", NOON, "acme", 1000, 0));
        etl(in);
        Path mark;
        try (Stream<Path> marks = Files.list(folder.resolve("out/_inputs"))) {
            mark = marks.findFirst().orElseThrow();
        }
        Files.move(mark, mark.resolveSibling(mark.getFileName() + ".begun"));
        assertEquals(new Etl.Result(1, 0, 1, 0), etl(in));
        assertEquals(1000, query("tenant").get("acme").get(3));
        assertEquals(2, parquet().size());
    }

    @Test
    void keepsFailedLines() throws Exception {
        Path in = Reports.file(folder, "in/a.jsonl", "broken", Reports.log("r1", NOON, "acme", 1, 1));
        etl(in);
        String kept = Files.readString(folder.resolve("out/failed").resolve(FailedLines.fileName(in.toString())));
        assertTrue(kept.contains("\"line\":1"), kept);
    }

    @Test
    void namedQueriesRun() throws Exception {
        LogTree.write(folder.resolve("tree"), new LogTree.Shape(32, 100, 100, 60, 60, 90, LogTree.Packing.GZIP, true));
        etl(folder.resolve("tree"));
        try (Connection database = database();
                Statement statement = database.createStatement()) {
            for (String query :
                    Files.readString(ATHENA.resolve("5-queries.sql")).split(";\n")) {
                assertFalse(query.isBlank());
                statement.executeQuery(query).close();
            }
        }
    }

    private List<Path> parquet() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
            return files.filter(f -> f.toString().endsWith(".parquet")).toList();
        }
    }
}
