package dev.tollgate.cli;

import dev.tollgate.report.Input;
import dev.tollgate.report.Inputs;
import dev.tollgate.report.Notes;
import dev.tollgate.report.Notification;
import dev.tollgate.report.Report;
import dev.tollgate.report.ReportFormat;
import dev.tollgate.report.ReportQuery;
import dev.tollgate.report.ReportRun;
import dev.tollgate.report.View;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tollgate report daily | monthly | tenants | models | top}: who spent what, from logs and usage records. */
final class ReportCommand implements Callable<Integer> {

    private static final int UNREADABLE = 3;

    private final View view;
    private final CommandSpec spec;

    private ReportCommand(View view) {
        this.view = view;
        this.spec = Main.command(this, view.description());
    }

    static CommandSpec spec() {
        CommandSpec report = Main.command(
                () -> {
                    System.err.println(
                            "expected a view: tollgate report daily | monthly | tenants | models | top PATH...");
                    return 2;
                },
                "Who spent what: from model invocation logs and usage records.");
        for (View view : View.values()) {
            report.addSubcommand(view.label(), new ReportCommand(view).view());
        }
        return report;
    }

    private CommandSpec view() {
        ReportOptions.addPaths(spec);
        ReportOptions.addFilters(spec);
        ReportOptions.addReading(spec);
        ReportOptions.addFailed(spec);
        ReportOptions.option(spec, "--group-by", "KEY,...", "Keys instead of the view's own; also metadata keys.");
        ReportOptions.option(spec, "--limit", "N", "Rows of top; 20 if not given.");
        ReportOptions.option(spec, "--format", "FORMAT", "table, json, csv, html or focus.");
        ReportOptions.option(spec, "--out", "FILE", "Writes there; stdout if not given.");
        ReportOptions.option(spec, "--notify", "URL", "Posts the total as JSON there.");
        return spec;
    }

    @Override
    public Integer call() {
        ReportOptions options = ReportOptions.of(spec);
        String name = options.text("--format").orElse("table");
        ReportFormat format = ReportFormat.of(name)
                .orElseThrow(() -> options.wrong("--format", "table, json, csv, html or focus", name));
        List<String> groupBy =
                options.text("--group-by").map(ReportOptions::names).orElse(view.groupBy());
        if (groupBy.isEmpty()) {
            throw options.wrong("--group-by", "keys such as tenant,model", "none");
        }
        int limit = limit(options);
        ReportQuery query = options.query(format.keys(groupBy), format.maxGroups());
        Optional<String> failed = options.text("--failed");
        try {
            List<Input> inputs = Inputs.find(options.paths(), Stores.s3());
            Output output = Output.of(options.text("--out"), inputs);
            Report report =
                    new ReportRun(query, failed.map(Path::of), Screen.progress(), InstantSource.system()).run(inputs);
            Report shown = view == View.TOP && format.limited() ? report.top(limit) : report;
            boolean colours = Terminal.hasColours(System.getenv()) && !output.isFile();
            output.write(
                    out -> format.writer(Main.number(), Screen.width(), colours).write(shown, out));
            Notes.of(report, failed).forEach(System.err::println);
            options.text("--notify").ifPresent(url -> Notification.post(url, report));
            return report.unreadableLines() > 0 ? UNREADABLE : 0;
        } catch (IOException | java.io.UncheckedIOException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    private static int limit(ReportOptions options) {
        String text = options.text("--limit").orElse("20");
        if (!text.matches("[1-9][0-9]{0,8}")) {
            throw options.wrong("--limit", "a number from 1", text);
        }
        return Integer.parseInt(text);
    }
}
