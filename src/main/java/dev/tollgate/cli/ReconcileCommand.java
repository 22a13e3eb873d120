package dev.tollgate.cli;

import dev.tollgate.policy.Policy;
import dev.tollgate.report.BillParquet;
import dev.tollgate.report.CostAndUsage;
import dev.tollgate.report.Input;
import dev.tollgate.report.Inputs;
import dev.tollgate.report.ReconcileReport;
import dev.tollgate.report.Reconciliation;
import dev.tollgate.report.Report;
import dev.tollgate.report.ReportQuery;
import dev.tollgate.report.ReportRun;
import io.quarkus.bootstrap.graal.ImageInfo;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tollgate reconcile --usage PATH --logs PATH [--cur PATH] [--threshold 1%]}. */
final class ReconcileCommand implements Callable<Integer> {

    private static final int UNREADABLE = 3;
    private static final int PASSED = 4;

    private final CommandSpec spec =
            Main.command(this, "Holds usage records against invocation logs, and both against AWS's bill.");

    CommandSpec spec() {
        ReportOptions.list(spec, "--usage", "PATH", "Tollgate's usage records.");
        ReportOptions.list(spec, "--logs", "PATH", "Model invocation logs.");
        ReportOptions.list(
                spec, "--cur", "FILE", "CUR 2.0 (Data Exports) files: CSV, plain or gzip; Parquet in the JVM form.");
        ReportOptions.option(
                spec, "--threshold", "PERCENT", "Exit 4 if tokens or money differ by more; 1%% if not given.");
        ReportOptions.option(spec, "--format", "FORMAT", "table or json.");
        ReportOptions.addReading(spec);
        return spec;
    }

    @Override
    public Integer call() {
        ReportOptions options = ReportOptions.of(spec);
        if (options.texts("--usage").isEmpty() || options.texts("--logs").isEmpty()) {
            throw options.wrong("--usage and --logs", "given both", "one at most");
        }
        String format = options.text("--format").orElse("table");
        if (!format.equals("table") && !format.equals("json")) {
            throw options.wrong("--format", "table or json", format);
        }
        long threshold = threshold(options);
        List<String> paths = new ArrayList<>(options.texts("--usage"));
        paths.addAll(options.texts("--logs"));
        try {
            some("--usage", options);
            some("--logs", options);
            List<Input> inputs = Inputs.find(paths, Stores.s3());
            Reconciliation.Result result = new Reconciliation(options.prices(), options.policy(), options.renamed())
                    .run(inputs, Screen.progress());
            List<CostAndUsage.Charge> charges = charges(options.texts("--cur"));
            ReconcileReport report =
                    new ReconcileReport(result, charges, charges.isEmpty() ? List.of() : byDay(options, inputs));
            Output.standard().write(out -> {
                if (format.equals("json")) {
                    report.json(out);
                } else {
                    report.table(out);
                }
            });
            return verdict(result, report, threshold);
        } catch (IOException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    private static int verdict(Reconciliation.Result result, ReconcileReport report, long threshold) {
        ReportOptions.unreadable(result.unreadableLines()).ifPresent(System.err::println);
        if (result.matched() + result.onlyInUsage() + result.onlyInLogs() == 0) {
            System.err.println("no record was found on either side: nothing is shown to agree");
        }
        if (Math.max(result.offMillionths(), report.billOffMillionths()) > threshold) {
            System.err.println("expected a difference of at most " + percent(threshold) + ", found "
                    + percent(result.offMillionths()) + " of the logs (" + result.missingTokens() + " tokens and "
                    + result.missingMicroUsd() + " micro-USD on one side only) and "
                    + percent(report.billOffMillionths()) + " of AWS's bill");
            return PASSED;
        }
        return result.unreadableLines() > 0 ? UNREADABLE : 0;
    }

    private static String percent(long millionths) {
        return BigDecimal.valueOf(millionths, 4).stripTrailingZeros().toPlainString() + '%';
    }

    /** A wrong prefix must not look like records that agree. */
    private static void some(String option, ReportOptions options) throws IOException {
        if (Inputs.find(options.texts(option), Stores.s3()).isEmpty()) {
            throw new IOException(
                    "expected files below " + option + ' ' + String.join(", ", options.texts(option)) + ", found none");
        }
    }

    /** In millionths. */
    private static long threshold(ReportOptions options) {
        String text = options.text("--threshold").orElse("1%");
        if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,4})?%")) {
            throw options.wrong("--threshold", "a percentage such as 0.5%", text);
        }
        return new BigDecimal(text.substring(0, text.length() - 1))
                .movePointRight(4)
                .longValueExact();
    }

    private static List<CostAndUsage.Charge> charges(List<String> files) throws IOException {
        // Known when the executable is built, so that nothing of java.sql gets into it.
        CostAndUsage bill =
                new CostAndUsage(ImageInfo.inImageRuntimeCode() ? ReconcileCommand::withoutDuckDb : new BillParquet());
        for (Input input : Inputs.find(files, Stores.s3())) {
            try (InputStream in = input.open()) {
                bill.read(input.name(), in);
            }
        }
        if (!files.isEmpty() && bill.charges().isEmpty()) {
            throw new IOException(
                    "expected lines of Amazon Bedrock in --cur " + String.join(", ", files) + ", found none");
        }
        return bill.charges();
    }

    private static void withoutDuckDb(String name, InputStream content, CostAndUsage bill) throws IOException {
        throw new IOException("expected CSV, found Parquet in " + name + ": the native executable does not hold DuckDB;"
                + " run reconcile by the JVM image or java -jar quarkus-run.jar reconcile");
    }

    private static List<Report.Row> byDay(ReportOptions options, List<Input> inputs) throws IOException {
        Policy policy = options.policy();
        ReportQuery query = new ReportQuery(
                List.of("day"),
                Long.MIN_VALUE / 2,
                Long.MAX_VALUE / 2,
                List.of(),
                List.of(),
                List.of(),
                options.renamed(),
                ZoneOffset.UTC,
                options.prices(),
                policy,
                0);
        return new ReportRun(query, Optional.empty(), Screen.progress(), InstantSource.system())
                .run(inputs)
                .rows();
    }
}
