package dev.tollgate.cli;

import dev.tollgate.profiles.Application;
import dev.tollgate.sidecar.Slices;
import dev.tollgate.sidecar.StartCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options of {@code tollgate profiles}, and what they mean. */
final class ProfilesOptions {

    private static final int MAX_SECONDS = 3600;
    private static final String ALL = "all";

    private final CommandSpec spec;

    ProfilesOptions(CommandSpec spec) {
        this.spec = spec;
    }

    CommandSpec addCommon() {
        ReportOptions.option(spec, "--policy", "FILE", "Policy file; tollgate.policy.file if not given.");
        ReportOptions.option(spec, "--region", "REGION", "Region; the one that serve would call if not given.");
        flag("--own", "Leaves out undeclared profiles that Tollgate did not make.");
        flag("--cost-explorer", "Also shows what Cost Explorer says of the tags; each of its requests costs 0.01 USD.");
        ReportOptions.option(spec, "--since", "DAY", "First day of --cost-explorer; the month's first if not given.");
        ReportOptions.option(spec, "--until", "DAY", "First day that does not count; tomorrow if not given.");
        return spec;
    }

    /** Adds what changes something. */
    static CommandSpec addApply(CommandSpec spec) {
        ProfilesOptions options = new ProfilesOptions(spec);
        options.optional("--write", "FILE", "Writes the alias of each profile into the policy file, or into FILE.");
        options.optional("--prune", ALL, "Deletes undeclared profiles that Tollgate made; all: those of others too.");
        options.flag("--replace", "Deletes and creates profiles that run another model; their ARNs change.");
        options.flag("--activate", "Activates the tags as cost allocation tags, by Cost Explorer's API.");
        ReportOptions.option(spec, "--timeout", "SECONDS", "Longest wait for each profile; 120 if not given.");
        return spec;
    }

    private void flag(String name, String description) {
        spec.addOption(OptionSpec.builder(name)
                .type(boolean.class)
                .defaultValue("false")
                .description(description)
                .build());
    }

    private void optional(String name, String label, String description) {
        spec.addOption(OptionSpec.builder(name)
                .paramLabel(label)
                .type(String.class)
                .arity("0..1")
                .fallbackValue("")
                .description(description)
                .build());
    }

    private Optional<String> text(String name) {
        @Nullable OptionSpec option = spec.findOption(name);
        @Nullable String value = option == null ? null : option.getValue();
        return Optional.ofNullable(value);
    }

    private boolean is(String name) {
        @Nullable OptionSpec option = spec.findOption(name);
        return option != null && (Boolean) option.getValue();
    }

    boolean ownOnly() {
        return is("--own");
    }

    boolean costExplorer() {
        return is("--cost-explorer");
    }

    boolean activates() {
        return is("--activate");
    }

    /** Empty text for the policy file. */
    Optional<String> writes() {
        return text("--write");
    }

    Application.Choices choices() {
        boolean all = text("--prune").filter(ALL::equals).isPresent();
        return new Application.Choices(text("--prune").isPresent(), all, is("--replace"), timeout());
    }

    private Duration timeout() {
        String seconds = text("--timeout").orElse("120");
        if (!seconds.matches("[1-9]\\d{0,3}") || Integer.parseInt(seconds) > MAX_SECONDS) {
            throw wrong("--timeout", "seconds from 1 to " + MAX_SECONDS, seconds);
        }
        return Duration.ofSeconds(Integer.parseInt(seconds));
    }

    LocalDate since() {
        return day("--since", LocalDate.now(Clock.systemUTC()).withDayOfMonth(1));
    }

    LocalDate until() {
        return day("--until", LocalDate.now(Clock.systemUTC()).plusDays(1));
    }

    private LocalDate day(String option, LocalDate fallback) {
        try {
            return text(option).map(LocalDate::parse).orElse(fallback);
        } catch (DateTimeException e) {
            throw wrong(option, "a day such as 2026-11-01", text(option).orElse(""));
        }
    }

    /** The exit code if settings or options cannot be used; all options are read before anything is done. */
    Optional<Integer> problem() {
        if (text("--prune").filter(p -> !p.isEmpty() && !p.equals(ALL)).isPresent()) {
            throw wrong("--prune", "no value or all", text("--prune").orElse(""));
        }
        timeout();
        if (!since().isBefore(until())) {
            throw wrong("--until", "a day after " + since(), until().toString());
        }
        if (text("--region").filter(r -> !r.matches("[a-z0-9][a-z0-9-]{0,29}")).isPresent()) {
            throw wrong(
                    "--region", "a region such as us-east-1", text("--region").orElse(""));
        }
        List<String> problems = StartCheck.each(StartCheck.values());
        problems.forEach(System.err::println);
        if (!problems.isEmpty()) {
            return Optional.of(1);
        }
        if (region(Slices.read()).isEmpty()) {
            System.err.println("expected a region in --region, TOLLGATE_UPSTREAM_REGION or AWS_REGION, found none");
            return Optional.of(2);
        }
        return Optional.empty();
    }

    private Optional<String> region(Slices slices) {
        return text("--region").or(slices::region);
    }

    ProfilesContext context() throws IOException {
        Slices slices = Slices.read();
        Optional<Path> file = text("--policy").map(Path::of).or(slices.policy()::file);
        return ProfilesContext.of(slices, region(slices).orElseThrow(), file);
    }

    private CommandLine.ParameterException wrong(String option, String expected, String found) {
        return new CommandLine.ParameterException(
                spec.commandLine(), "expected " + option + " to be " + expected + ", found \"" + found + "\"");
    }
}
