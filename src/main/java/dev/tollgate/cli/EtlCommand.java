package dev.tollgate.cli;

import dev.tollgate.report.Etl;
import dev.tollgate.report.Inputs;
import io.quarkus.bootstrap.graal.ImageInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code tollgate etl --out DIR PATH...}: Parquet for Athena, Spark, DuckDB. */
final class EtlCommand implements Callable<Integer> {

    private static final int UNREADABLE = 3;
    private static final String ACCEPT_UNREADABLE = "--accept-unreadable";

    private final CommandSpec spec =
            Main.command(this, "Makes Parquet tables of logs and usage records (JVM form only).");

    CommandSpec spec() {
        ReportOptions.addPaths(spec);
        ReportOptions.addReading(spec);
        ReportOptions.option(spec, "--out", "DIR", "Folder of the tables: main/, metadata/, failed/.");
        spec.addOption(OptionSpec.builder(ACCEPT_UNREADABLE)
                .type(boolean.class)
                .initialValue(false)
                .description("Exit with 0 although lines could not be read; they are in failed/.")
                .build());
        return spec;
    }

    @Override
    public Integer call() {
        // Known when the executable is built, so that nothing of java.sql gets into it.
        if (ImageInfo.inImageRuntimeCode()) {
            System.err.println("etl needs DuckDB, which the native executable does not hold;"
                    + " run it by the JVM image or java -jar quarkus-run.jar etl");
            return 1;
        }
        ReportOptions options = ReportOptions.of(spec);
        Path out = options.text("--out").map(Path::of).orElseThrow(() -> options.wrong("--out", "a folder", "none"));
        try {
            Etl etl = new Etl(out, options.prices(), options.policy(), options.renamed(), Screen.progress());
            Etl.Result done = etl.run(Inputs.find(options.paths(), Stores.s3()));
            Output.standard()
                    .write(o -> o.write(done.records() + " records of " + done.files() + " files, " + done.skipped()
                            + " files unchanged, " + done.unreadableLines() + " lines unreadable\n"));
            boolean accepted = spec.findOption(ACCEPT_UNREADABLE).getValue();
            return done.unreadableLines() > 0 && !accepted ? UNREADABLE : 0;
        } catch (FileSystemException e) {
            System.err.println("expected to read and write " + e.getFile() + ", found " + Output.found(e));
            return 1;
        } catch (IOException | UncheckedIOException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }
}
