package dev.tollgate.cli;

import dev.tollgate.injection.Injection;
import dev.tollgate.injection.KubernetesYaml;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.YAMLException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code tollgate inject -f deploy.yaml}: manifests in, manifests with the sidecar out, a line for each on stderr. */
final class InjectCommand implements Callable<Integer> {

    private final CommandSpec spec = Main.command(
            this, "Puts the sidecar into the workloads of a manifest, for clusters that do not inject it.");

    CommandSpec spec() {
        return spec.addOption(OptionSpec.builder("-f", "--file")
                        .paramLabel("FILE")
                        .type(String.class)
                        .defaultValue("-")
                        .description("Manifest, - for standard input.")
                        .build())
                .addOption(OptionSpec.builder("--injection")
                        .paramLabel("FILE")
                        .type(String.class)
                        .description(
                                "What the ConfigMap <release>-injection holds; the chart's defaults where it is not given.")
                        .build());
    }

    @Override
    public Integer call() throws IOException {
        String file = spec.findOption("--file").getValue();
        @Nullable String description = spec.findOption("--injection").getValue();
        List<Object> objects = new ArrayList<>();
        boolean refused = false;
        try (Reader in = open(file)) {
            for (Object object : KubernetesYaml.reader().loadAll(in)) {
                if (object != null) {
                    objects.add(object);
                }
            }
            for (Object object : objects) {
                // Read anew for each: two objects must not share a node.
                for (Injection.Outcome outcome : injection(description).into(mapping(object))) {
                    refused |= outcome.refused();
                    System.err.println(outcome.text());
                }
            }
        } catch (YAMLException | IllegalArgumentException e) {
            System.err.println("expected Kubernetes manifests in " + file + ": " + e.getMessage());
            return 1;
        } catch (IOException e) {
            System.err.println("expected a file that can be read, found " + e.getMessage());
            return 1;
        }
        if (refused) {
            return 1;
        }
        Writer out = new OutputStreamWriter(System.out, StandardCharsets.UTF_8);
        KubernetesYaml.writer().dumpAll(objects.iterator(), out);
        out.flush();
        return 0;
    }

    private static Injection injection(@Nullable String file) throws IOException {
        try (Reader in = file == null ? bundled() : open(file)) {
            return new Injection(mapping(KubernetesYaml.reader().load(in)));
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
