package dev.tollgate.cli;

import dev.tollgate.injection.Injection;
import dev.tollgate.injection.KubernetesYaml;
import dev.tollgate.injection.LineDiff;
import dev.tollgate.injection.Outcome;
import dev.tollgate.injection.Removal;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.YAMLException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code tollgate inject -f deploy.yaml} and {@code uninject}: manifests in, manifests with or without the sidecar out, a line
 * for each object on stderr. Exit 1 if one is refused or, with {@code --check}, if one would change.
 */
final class InjectCommand implements Callable<Integer> {

    private final boolean remove;
    private final CommandSpec spec;

    /** @param remove takes the sidecar out again */
    InjectCommand(boolean remove) {
        this.remove = remove;
        this.spec = Main.command(
                this,
                remove
                        ? "Takes the sidecar out of the workloads of a manifest, with all that inject added."
                        : "Puts the sidecar into the workloads of a manifest, for clusters that do not inject it, or replaces an older one.");
    }

    CommandSpec spec() {
        spec.addOption(option("Manifest, - for standard input.", "-f", "--file")
                .defaultValue("-")
                .build());
        spec.addOption(flag("Writes no manifest; exits with 1 if one would change.", "--check"));
        spec.addOption(flag("Writes the lines that change instead of the manifest.", "--diff"));
        if (!remove) {
            spec.addOption(option(
                            "What the ConfigMap <release>-injection holds; the chart's defaults if it is not given.",
                            "--injection")
                    .build());
            spec.addOption(option(
                            "Region of Bedrock, instead of the node's; needed before Kubernetes 1.35 if the injection has none.",
                            "--region")
                    .build());
        }
        return spec;
    }

    private static OptionSpec.Builder option(String description, String... names) {
        return OptionSpec.builder(names[0], Arrays.copyOfRange(names, 1, names.length))
                .paramLabel(names[names.length - 1].substring(2).toUpperCase(Locale.ROOT))
                .type(String.class)
                .description(description);
    }

    private static OptionSpec flag(String description, String name) {
        return OptionSpec.builder(name)
                .type(Boolean.class)
                .defaultValue("false")
                .description(description)
                .build();
    }

    @Override
    public Integer call() throws IOException {
        String file = spec.findOption("--file").getValue();
        List<Object> objects = new ArrayList<>();
        List<Outcome> outcomes = new ArrayList<>();
        List<String> before = new ArrayList<>();
        try {
            Function<Map<String, Object>, List<Outcome>> change = change();
            try (Reader in = open(file)) {
                KubernetesYaml.reader().loadAll(in).forEach(object -> {
                    if (object != null) {
                        objects.add(object);
                    }
                });
            }
            for (Object object : objects) {
                before.add(KubernetesYaml.write(object));
                outcomes.addAll(change.apply(mapping(object)));
            }
        } catch (YAMLException | IllegalArgumentException e) {
            System.err.println("expected Kubernetes manifests in " + file + ": " + e.getMessage());
            return 1;
        } catch (IOException e) {
            System.err.println("expected a file that can be read, found " + e.getMessage());
            return 1;
        }
        outcomes.forEach(outcome -> System.err.println(outcome.text()));
        return report(before, objects.stream().map(KubernetesYaml::write).toList(), outcomes);
    }

    private int report(List<String> before, List<String> after, List<Outcome> outcomes) {
        if (outcomes.stream().anyMatch(o -> o.state() == Outcome.State.REFUSED)) {
            return 1;
        }
        boolean check = spec.findOption("--check").getValue();
        boolean diff = spec.findOption("--diff").getValue();
        PrintWriter out = new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));
        if (diff) {
            for (int i = 0; i < after.size(); i++) {
                LineDiff.of(before.get(i), after.get(i)).forEach(line -> out.print(line + "\n"));
            }
        } else if (!check) {
            after.forEach(out::print);
        }
        out.flush();
        return check && outcomes.stream().anyMatch(o -> o.state().isChange()) ? 1 : 0;
    }

    private Function<Map<String, Object>, List<Outcome>> change() throws IOException {
        if (remove) {
            return Removal::outOf;
        }
        @Nullable String description = spec.findOption("--injection").getValue();
        @Nullable String region = spec.findOption("--region").getValue();
        try (Reader in = description == null ? bundled() : open(description)) {
            Map<String, Object> parts = mapping(KubernetesYaml.reader().load(in));
            Injection injection = region == null ? new Injection(parts) : Injection.inRegion(parts, region);
            return injection::into;
        }
    }

    private static Reader bundled() throws IOException {
        InputStream in = Injection.class.getResourceAsStream("injection.yaml");
        if (in == null) {
            throw new IOException("no bundled injection.yaml");
        }
        return new InputStreamReader(in, StandardCharsets.UTF_8);
    }

    private static Reader open(String file) throws IOException {
        return file.equals("-")
                ? new InputStreamReader(System.in, StandardCharsets.UTF_8)
                : Files.newBufferedReader(Path.of(file));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> mapping(Object value) {
        if (!(value instanceof Map<?, ?>)) {
            throw new IllegalArgumentException("found " + value + " where a mapping was expected");
        }
        return (Map<String, Object>) value;
    }
}
