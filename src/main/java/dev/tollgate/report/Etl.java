package dev.tollgate.report;

import dev.tollgate.policy.Policy;
import dev.tollgate.pricing.PriceBook;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes Parquet of invocation logs and usage records, for engines that read more than one machine can: {@code main/} with
 * one row for each record, {@code metadata/} with one row for each entry of its request metadata, both by year, month, day
 * and tenant; {@code failed/} with what could not be read. Each input file has its own Parquet files: run again, an
 * unchanged file is skipped, and a changed one replaces what it made before. Records of one call, and records that came
 * twice, are joined by the views of {@code src/main/athena}.
 */
public final class Etl {

    /** What a run did. */
    public record Result(int files, int skipped, long records, long unreadableLines) {}

    private final Path out;
    private final PriceBook prices;
    private final Policy policy;
    private final Map<String, List<String>> renamed;
    private final Progress progress;

    /** @param out folder of the tables */
    public Etl(Path out, PriceBook prices, Policy policy, Map<String, List<String>> renamed, Progress progress) {
        this.out = out;
        this.prices = prices;
        this.policy = policy;
        this.renamed = Map.copyOf(renamed);
        this.progress = progress;
    }

    private String making() {
        return prices.version()
                + ' '
                + prices.checksum()
                + '\n'
                + new TreeMap<>(policy.aliases())
                + '\n'
                + new TreeMap<>(policy.profiles())
                + '\n'
                + new TreeMap<>(renamed);
    }

    /** @throws IOException if an input or the folder fails; what was finished before stays, and is skipped next time */
    public Result run(List<Input> inputs) throws IOException {
        FailedLines failed = new FailedLines(Optional.of(out.resolve("failed")));
        Dimensions dimensions = new Dimensions(EtlRows.KEYS, renamed);
        int done = 0;
        int skipped = 0;
        long records = 0;
        progress.start(inputs);
        try (Parquet parquet = new Parquet()) {
            for (Input input : inputs) {
                EtlState state = EtlState.of(out, input, making());
                if (state.unchanged()) {
                    skipped++;
                    continue;
                }
                Path folder = state.begin();
                try (EtlRows rows = new EtlRows(input.name(), dimensions, prices, policy)) {
                    new Reading(List.of(input), dimensions, failed, progress)
                            .readingWhole()
                            .run(() -> rows::add);
                    records += rows.finish();
                    parquet.write(rows, folder, state.name());
                    state.finish();
                } finally {
                    state.abandon();
                }
                done++;
            }
        } catch (SQLException e) {
            throw new IOException("expected DuckDB to write Parquet below " + out + ": " + e.getMessage(), e);
        } finally {
            failed.close();
            progress.end();
        }
        return new Result(done, skipped, records, failed.count());
    }
}
