package dev.tollgate.cli;

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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;
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
            for (Object object : reader().loadAll(in)) {
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
        writer().dumpAll(objects.iterator(), out);
        out.flush();
        return 0;
    }

    private static Injection injection(@Nullable String file) throws IOException {
        try (Reader in = file == null ? bundled() : open(file)) {
            return new Injection(mapping(reader().load(in)));
        }
    }

    private static Reader bundled() throws IOException {
        InputStream in = InjectCommand.class.getResourceAsStream("injection.yaml");
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

    /** Reads YAML as Kubernetes does: no dates, and only true and false are booleans. */
    static Yaml reader() {
        LoaderOptions in = new LoaderOptions();
        in.setAllowDuplicateKeys(false);
        DumperOptions none = new DumperOptions();
        return new Yaml(new SafeConstructor(in), new Representer(none), none, in, new KubernetesScalars());
    }

    /** Writes YAML that every reader reads the same: quotes what older ones take for a boolean or a date. */
    static Yaml writer() {
        DumperOptions out = new DumperOptions();
        out.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        out.setExplicitStart(true);
        out.setSplitLines(false);
        out.setIndicatorIndent(2);
        out.setIndentWithIndicator(true);
        return new Yaml(new SafeConstructor(new LoaderOptions()), new Representer(out), out);
    }

    private static final class KubernetesScalars extends Resolver {

        private static final Pattern BOOLEAN = Pattern.compile("true|True|TRUE|false|False|FALSE");

        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.BOOL, BOOLEAN, "tTfF");
            addImplicitResolver(Tag.INT, INT, "-+0123456789");
            addImplicitResolver(Tag.FLOAT, FLOAT, "-+0123456789.");
            addImplicitResolver(Tag.NULL, NULL, "~nN\0");
            addImplicitResolver(Tag.NULL, EMPTY, null);
        }
    }
}
