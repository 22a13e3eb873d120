package dev.tollgate.cli;

import dev.tollgate.report.Inputs;
import dev.tollgate.report.Replay;
import dev.tollgate.report.ReplayReport;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tollgate replay --policy new.yaml [--against old.yaml] --usage PATH}. */
final class ReplayCommand implements Callable<Integer> {

    private static final int UNREADABLE = 3;

    private final CommandSpec spec =
            Main.command(this, "What a policy would have denied of the calls that were made, and what that had saved.");

    CommandSpec spec() {
        ReportOptions.list(spec, "--usage", "PATH", "Usage records and invocation logs.");
        ReportOptions.option(spec, "--against", "FILE", "Another policy, shown beside.");
        ReportOptions.option(spec, "--format", "FORMAT", "table or json.");
        ReportOptions.addReading(spec);
        return spec;
    }

    @Override
    public Integer call() {
        ReportOptions options = ReportOptions.of(spec);
        if (options.text("--policy").isEmpty()) {
            throw options.wrong("--policy", "a policy file", "none");
        }
        List<String> paths = options.texts("--usage");
        if (paths.isEmpty()) {
            throw options.wrong("--usage", "files or folders of usage records", "none");
        }
        String format = options.text("--format").orElse("table");
        if (!format.equals("table") && !format.equals("json")) {
            throw options.wrong("--format", "table or json", format);
        }
        var proposed = options.policy();
        var other = options.text("--against").map(options::policy);
        try {
            Replay replay = new Replay(options.prices(), options.renamed());
            long unreadable = replay.read(Inputs.find(paths, Stores.s3()), Screen.progress());
            Replay.Outcome outcome = replay.through(proposed);
            Optional<Replay.Outcome> against = other.map(replay::through);
            Output.standard().write(out -> {
                if (format.equals("json")) {
                    ReplayReport.json(outcome, against, out);
                } else {
                    ReplayReport.table(outcome, against, out);
                }
            });
            ReportOptions.unreadable(unreadable).ifPresent(System.err::println);
            return unreadable > 0 ? UNREADABLE : 0;
        } catch (IOException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }
}
