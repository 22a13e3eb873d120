package dev.tollgate.cli;

import dev.tollgate.bedrock.ModelNames;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.policy.Names;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyException;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.policy.PolicyText;
import dev.tollgate.pricing.PriceBook;
import dev.tollgate.sidecar.Slices;
import dev.tollgate.sidecar.StartCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code tollgate models}: names of models, their identifiers in this region, prices and bounds. */
final class ModelsCommand implements Callable<Integer> {

    private final CommandSpec spec = Main.command(
            this, "Lists the names that models can be called by, with identifier, prices, context and maximum output.");

    CommandSpec spec() {
        return spec.addPositional(PositionalParamSpec.builder()
                        .paramLabel("TEXT")
                        .type(String.class)
                        .arity("0..1")
                        .description("Only names and identifiers that contain it.")
                        .build())
                .addOption(OptionSpec.builder("--json")
                        .type(boolean.class)
                        .defaultValue("false")
                        .description("As JSON: prices in micro-USD for a million tokens, or for one unit.")
                        .build());
    }

    @Override
    public Integer call() {
        List<String> problems = StartCheck.files(StartCheck.values());
        if (!problems.isEmpty()) {
            problems.forEach(System.err::println);
            return 1;
        }
        Slices slices = Slices.read();
        try {
            Policy policy = policy(slices.policy().file());
            PriceBook prices = slices.prices();
            Optional<String> region = slices.region();
            ModelNames builtIn = slices.modelNames(prices, region);
            Names names = new Names(() -> policy, builtIn, ProfileModels.NONE);
            List<NamedModel> models = NamedModel.all(names, prices, LocalDate.now(Clock.systemUTC())).stream()
                    .filter(model -> model.contains(given()))
                    .toList();
            if (models.isEmpty()) {
                String near = String.join(", ", names.near(given()));
                System.err.println("expected a part of a name or identifier, found \"" + given() + '"'
                        + (near.isEmpty() ? "" : "; near it: " + near));
                return 1;
            }
            boolean json = spec.findOption("--json").getValue();
            System.out.print(
                    json
                            ? ModelsJson.of(models, Main.number(), prices.version(), region)
                            : ModelsTable.of(models, prices.version(), region, Screen.width()));
            return 0;
        } catch (IOException e) {
            System.err.println(e.getMessage());
        } catch (PolicyException e) {
            System.err.println(e.getMessage());
        }
        return 1;
    }

    private String given() {
        return Optional.<String>ofNullable(spec.positionalParameters().get(0).getValue())
                .orElse("");
    }

    private static Policy policy(Optional<Path> file) throws IOException {
        return file.isPresent() ? PolicyReader.read(PolicyText.read(file.get()), 0) : Policy.NONE;
    }
}
