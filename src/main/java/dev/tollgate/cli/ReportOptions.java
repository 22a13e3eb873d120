package dev.tollgate.cli;

import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyException;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.policy.PolicyText;
import dev.tollgate.pricing.PriceBook;
import dev.tollgate.report.ReportQuery;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Options that the commands over records share, and what they mean. A wrong value is reported with exit code 2. */
final class ReportOptions {

    private final CommandSpec spec;

    private ReportOptions(CommandSpec spec) {
        this.spec = spec;
    }

    static ReportOptions of(CommandSpec spec) {
        return new ReportOptions(spec);
    }

    static CommandSpec addPaths(CommandSpec spec) {
        return spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("PATH")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1..*")
                .required(true)
                .description(
                        "Invocation logs, usage records: files, folders, gz, zst, s3://bucket/prefix, - for stdin.")
                .build());
    }

    static void addReading(CommandSpec spec) {
        option(spec, "--prices", "FILE", "Price book; the bundled one if not given.");
        option(spec, "--policy", "FILE", "Policy file that names aliases and application inference profiles.");
        list(spec, "--key", "NAME=METADATAKEY,...", "Metadata keys of older logs, such as tenant=TenantID.");
    }

    static void addFailed(CommandSpec spec) {
        option(spec, "--failed", "DIR", "Keeps lines that cannot be read, with file, line and reason.");
    }

    static void addFilters(CommandSpec spec) {
        option(spec, "--since", "TIME", "First day or instant that counts.");
        option(spec, "--until", "TIME", "First day or instant that does not.");
        list(spec, "--tenant", "GLOB", "Only these tenants.");
        list(spec, "--model", "GLOB", "Only these models.");
        list(spec, "--cost-center", "GLOB", "Only these cost centers.");
        option(spec, "--time-zone", "ZONE", "Of days and months; UTC if not given.");
    }

    static void option(CommandSpec spec, String name, String label, String description) {
        spec.addOption(OptionSpec.builder(name)
                .paramLabel(label)
                .type(String.class)
                .description(description)
                .build());
    }

    static void list(CommandSpec spec, String name, String label, String description) {
        spec.addOption(OptionSpec.builder(name)
                .paramLabel(label)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(description)
                .build());
    }

    List<String> paths() {
        List<String> paths = spec.positionalParameters().get(0).getValue();
        return paths;
    }

    Optional<String> text(String name) {
        @Nullable String value = spec.findOption(name).getValue();
        return Optional.ofNullable(value);
    }

    List<String> texts(String name) {
        @Nullable List<String> values = spec.findOption(name).getValue();
        return values == null ? List.of() : values;
    }

    ReportQuery query(List<String> groupBy, int maxGroups) {
        ZoneId zone = zone();
        long since = text("--since").map(t -> millis("--since", t, zone)).orElse(Long.MIN_VALUE / 2);
        long until = text("--until").map(t -> millis("--until", t, zone)).orElse(Long.MAX_VALUE / 2);
        if (until <= since) {
            throw wrong("--until", "later than --since", text("--until").orElse(""));
        }
        return new ReportQuery(
                groupBy,
                since,
                until,
                texts("--tenant"),
                texts("--model"),
                texts("--cost-center"),
                renamed(),
                zone,
                prices(),
                policy(),
                maxGroups);
    }

    ZoneId zone() {
        String zone = text("--time-zone").orElse("UTC");
        try {
            return ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw wrong("--time-zone", "a zone such as UTC or Europe/Vienna", zone);
        }
    }

    private long millis(String option, String text, ZoneId zone) {
        try {
            return text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay(zone).toInstant().toEpochMilli()
                    : Instant.parse(text).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw wrong(option, "a day such as 2026-11-03 or an instant such as 2026-11-03T12:00:00Z", text);
        }
    }

    /** {@code tenant=TenantID,tenantId}; picocli has not split at the comma. */
    Map<String, List<String>> renamed() {
        Map<String, List<String>> renamed = new LinkedHashMap<>();
        for (String entry : texts("--key")) {
            int equals = entry.indexOf('=');
            if (equals < 1 || equals == entry.length() - 1) {
                throw wrong("--key", "NAME=METADATAKEY,... such as tenant=TenantID", entry);
            }
            renamed.computeIfAbsent(entry.substring(0, equals), k -> new ArrayList<>())
                    .addAll(names(entry.substring(equals + 1)));
        }
        return renamed;
    }

    static List<String> names(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(n -> !n.isEmpty())
                .toList();
    }

    PriceBook prices() {
        try {
            return text("--prices").map(f -> PriceBook.read(Path.of(f))).orElseGet(PriceBook::bundled);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    Policy policy() {
        return text("--policy").map(this::policy).orElse(Policy.NONE);
    }

    Policy policy(String file) {
        try {
            return PolicyReader.read(PolicyText.read(Path.of(file)), 0);
        } catch (IOException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        } catch (PolicyException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), file + " has mistakes:\n" + e.getMessage(), e);
        }
    }

    /** What exit code 3 means, of commands that keep no lines. */
    static Optional<String> unreadable(long lines) {
        return lines == 0
                ? Optional.empty()
                : Optional.of(lines
                        + " lines could not be read; `tollgate report daily --failed DIR PATH...` keeps them with"
                        + " file, line and reason");
    }

    CommandLine.ParameterException wrong(String option, String expected, String found) {
        return new CommandLine.ParameterException(
                spec.commandLine(), "expected " + option + " to be " + expected + ", found \"" + found + "\"");
    }
}
