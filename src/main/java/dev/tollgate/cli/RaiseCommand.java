package dev.tollgate.cli;

import dev.tollgate.policy.BudgetOverride;
import dev.tollgate.policy.Limit;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyEdit;
import dev.tollgate.policy.PolicyException;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.policy.PolicyTable;
import dev.tollgate.policy.Weight;
import dev.tollgate.sidecar.StartCheck;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/**
 * {@code tollgate budgets raise LIMIT --usd 800 --until 2026-12-01}: writes a budget's {@code override} into the policy file
 * and leaves an audit line. The sidecars take it with their next look at the file.
 */
final class RaiseCommand implements Callable<Integer> {

    private static final int MAX_TEXT = 500;

    private final CommandSpec spec = Main.command(this, "Raises a budget until a time, in the policy file.");
    private final ReportOptions options = ReportOptions.of(spec);

    /** The requested amount, and the one in force. */
    private record Raise(Limit limit, Limit.Budget budget, BudgetOverride override, Instant now) {
        String was() {
            return PolicyTable.amount(budget.weight(), budget.amountAt(now));
        }

        String becomes() {
            return PolicyTable.amount(budget.weight(), override.amount());
        }
    }

    CommandSpec spec() {
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("LIMIT")
                .type(String.class)
                .required(true)
                .description("Name of the budget in the policy file.")
                .build());
        for (Weight weight : Weight.values()) {
            String unit = weight == Weight.USD ? "US dollars" : weight.label();
            ReportOptions.option(
                    spec,
                    option(weight),
                    "AMOUNT",
                    "What a budget in " + unit + " allows a period until then, in all.");
        }
        ReportOptions.option(
                spec,
                "--until",
                "TIME",
                "When it ends: a time or a day, of the budget's time zone if it has no offset.");
        ReportOptions.option(spec, "--policy", "FILE", "Default: tollgate.policy.file.");
        ReportOptions.option(
                spec, "--by", "NAME", "Who raises it, for the audit line; the system's user if not given.");
        ReportOptions.option(spec, "--reason", "TEXT", "Why, for the audit line.");
        ReportOptions.option(
                spec, "--audit", "FILE", "Gets the audit line; the policy file's name with .audit.jsonl if not given.");
        spec.addOption(OptionSpec.builder("--print")
                .type(boolean.class)
                .defaultValue("false")
                .description("Prints the change as a patch and writes nothing.")
                .build());
        return spec;
    }

    private static String option(Weight weight) {
        return "--" + weight.label();
    }

    @Override
    public Integer call() {
        Path path = Path.of(options.text("--policy")
                .or(() -> StartCheck.values().getOptionalValue("tollgate.policy.file", String.class))
                .orElseThrow(() -> options.wrong("--policy", "the policy file that the sidecars use", "none")));
        String by = line("--by").orElseGet(() -> System.getProperty("user.name", "unknown"));
        Optional<String> reason = line("--reason");
        try {
            PolicyFile file = PolicyFile.read(path);
            Raise raise = raise(path, PolicyReader.read(file.text(), 0));
            Optional<String> changed = PolicyEdit.override(file.text(), raise.limit.name(), raise.override);
            if (changed.isEmpty()) {
                System.err.println("expected a budget that can be changed in place, found one that shares its text with"
                        + " another; add to it by hand: override: "
                        + PolicyEdit.entry(raise.budget.weight(), raise.override));
                return 1;
            }
            boolean prints = spec.findOption("--print").getValue();
            if (prints || !file.editable()) {
                file.patch(changed.get()).forEach(System.out::println);
                if (!prints) {
                    System.err.println("expected a policy file that can be written, found " + path
                            + ", which is read-only or comes from a ConfigMap; nothing is raised until the change above"
                            + " is made at its source");
                }
                return prints ? 0 : 1;
            }
            write(file, changed.get(), path, raise, by, reason);
            return 0;
        } catch (PolicyException e) {
            throw new ParameterException(spec.commandLine(), path + " has mistakes:\n" + e.getMessage(), e);
        } catch (IOException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    private Raise raise(Path path, Policy policy) {
        String name = spec.positionalParameters().get(0).getValue();
        Limit limit = policy.limits().stream()
                .filter(l -> l.name().equals(name))
                .findFirst()
                .orElseThrow(() -> options.wrong("LIMIT", "a budget of " + path + ": " + budgets(policy), name));
        if (!(limit.quantity() instanceof Limit.Budget budget)) {
            throw options.wrong("LIMIT", "a budget; rates and concurrency have no period: " + budgets(policy), name);
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        return new Raise(limit, budget, new BudgetOverride(amount(budget, now), until(budget, now)), now);
    }

    private static String budgets(Policy policy) {
        return policy.limits().stream()
                .filter(limit -> limit.quantity() instanceof Limit.Budget)
                .map(Limit::name)
                .limit(20)
                .collect(Collectors.joining(", "));
    }

    private long amount(Limit.Budget budget, Instant now) {
        String own = option(budget.weight());
        Arrays.stream(Weight.values())
                .map(RaiseCommand::option)
                .filter(other -> !other.equals(own) && options.text(other).isPresent())
                .findFirst()
                .ifPresent(other -> {
                    throw options.wrong("the amount", own + ", the budget's own unit", other);
                });
        String text = options.text(own).orElse("");
        return BudgetOverride.amount(text, budget.weight())
                .filter(amount -> amount > budget.amountAt(now))
                .orElseThrow(() -> options.wrong(
                        own,
                        "an amount above the " + PolicyTable.amount(budget.weight(), budget.amountAt(now))
                                + " in force, not added to it",
                        text));
    }

    private Instant until(Limit.Budget budget, Instant now) {
        String text = options.text("--until").orElse("");
        return BudgetOverride.until(text, budget.zone())
                .filter(now::isBefore)
                .orElseThrow(() -> options.wrong(
                        "--until",
                        "a time to come, such as 2026-12-01T00:00Z, or 2026-12-01 in the budget's zone",
                        text));
    }

    /** One line of printable text. */
    private Optional<String> line(String option) {
        Optional<String> text = options.text(option);
        if (text.isPresent() && (text.get().length() > MAX_TEXT || text.get().matches("(?s).*\\p{Cntrl}.*|\\s*"))) {
            throw options.wrong(
                    option,
                    "1 to " + MAX_TEXT + " printable characters",
                    text.get().replaceAll("\\p{Cntrl}", "?"));
        }
        return text;
    }

    private static void append(FileChannel out, String line, boolean file) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(line);
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
        if (file) {
            out.force(true);
        }
    }

    private static void takeBack(FileChannel out, long length, IOException cause) {
        try {
            out.truncate(length);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** The audit line is written first, and taken back if the policy cannot be: nothing is raised that leaves no trace. */
    private void write(PolicyFile file, String changed, Path path, Raise raise, String by, Optional<String> reason)
            throws IOException {
        Path audit = Path.of(options.text("--audit").orElse(path + ".audit.jsonl"));
        try (FileChannel out = FileChannel.open(
                audit, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            JsonObject line = new JsonObject()
                    .put("time", raise.now.toString())
                    .put("by", by)
                    .put("policy", path.toString())
                    .put("limit", raise.limit.name())
                    .put("from", raise.was())
                    .put("to", raise.becomes())
                    .put("until", raise.override.until().toString());
            reason.ifPresent(why -> line.put("reason", why));
            long before = out.size();
            try {
                append(out, line.encode() + '\n', Files.isRegularFile(audit));
            } catch (IOException e) {
                takeBack(out, before, e);
                throw new IOException(
                        "expected to write " + audit + ", found " + e.getMessage() + "; nothing is raised", e);
            }
            try {
                file.write(changed);
            } catch (IOException e) {
                takeBack(out, before, e);
                throw e;
            }
        } catch (FileSystemException e) {
            throw new IOException("expected to write " + audit + ", found " + e.getMessage(), e);
        }
        System.out.println(
                raise.now + " " + by + " raised budget " + raise.limit.name() + " from " + raise.was() + " to "
                        + raise.becomes() + " until " + raise.override.until()
                        + reason.map(why -> ": " + why).orElse(""));
    }
}
