package dev.tollgate.cli;

import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyException;
import dev.tollgate.policy.PolicyLint;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.policy.PolicyTable;
import dev.tollgate.policy.PolicyText;
import dev.tollgate.pricing.PriceBook;
import dev.tollgate.sidecar.StartCheck;
import io.smallrye.config.SmallRyeConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code tollgate check policy.yaml}: explains a policy file, or lists its mistakes. */
final class CheckCommand implements Callable<Integer> {

    private static final int WARNED = 4;

    private final CommandSpec spec = Main.command(
            this,
            "Explains a policy file and warns of what is probably not meant; exit 1 and every mistake if it has any.");

    CommandSpec spec() {
        return spec.addPositional(PositionalParamSpec.builder()
                        .paramLabel("policy.yaml")
                        .type(Path.class)
                        .arity("0..1")
                        .description("Default: tollgate.policy.file.")
                        .build())
                .addOption(OptionSpec.builder("--strict")
                        .type(boolean.class)
                        .defaultValue("false")
                        .description("Exit with 4 if there are warnings.")
                        .build());
    }

    @Override
    public Integer call() {
        SmallRyeConfig config = StartCheck.values();
        @Nullable Path given = spec.positionalParameters().get(0).getValue();
        Optional<Path> file = Optional.ofNullable(given)
                .or(() -> config.getOptionalValue("tollgate.policy.file", String.class)
                        .map(Path::of));
        if (file.isEmpty()) {
            System.err.println("expected a policy file as argument or in tollgate.policy.file, found none");
            return 2;
        }
        try {
            Policy policy = PolicyReader.read(PolicyText.read(file.get()), 0);
            PriceBook prices = config.getOptionalValue("tollgate.prices.file", String.class)
                    .map(f -> PriceBook.read(Path.of(f)))
                    .orElseGet(PriceBook::bundled);
            System.out.print(PolicyTable.of(policy));
            return warn(
                    PolicyLint.of(policy, new PricedModels(prices, LocalDate.now(Clock.systemUTC())), Instant.now()),
                    System.out);
        } catch (IOException e) {
            System.err.println(e.getMessage());
        } catch (PolicyException e) {
            int count = e.problems().size();
            System.err.println(file.get() + " has " + count + (count == 1 ? " mistake:" : " mistakes:"));
            System.err.println(e.getMessage());
        } catch (IllegalArgumentException e) {
            System.err.println("tollgate.prices.file: " + e.getMessage());
        }
        return 1;
    }

    private int warn(List<String> warnings, PrintStream out) {
        if (!warnings.isEmpty()) {
            out.println();
            warnings.forEach(warning -> out.println("warning: " + warning));
        }
        boolean strict = spec.findOption("--strict").getValue();
        return strict && !warnings.isEmpty() ? WARNED : 0;
    }
}
