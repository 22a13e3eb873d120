package dev.tollgate.policy;

import dev.tollgate.policy.Policy.MaxTokens;
import dev.tollgate.policy.PolicyException.Problem;
import dev.tollgate.tenant.Caller;
import dev.tollgate.tenant.CallerResolver.TenantFacts;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads a policy file; reports every mistake with its line, what was expected and what was found. */
public final class PolicyReader {

    private static final Pattern REVISION = Pattern.compile("[1-9]\\d{0,8}");

    private final List<Problem> problems = new ArrayList<>();

    private PolicyReader() {}

    /**
     * Reads a policy; an empty file is one without limits.
     *
     * @param version as in {@link Policy#version()}
     * @throws PolicyException with every mistake
     */
    public static Policy read(String yaml, long version) {
        return new PolicyReader().policy(yaml, version);
    }

    private Policy policy(String yaml, long version) {
        Node root = parse(yaml);
        if (root == null) {
            return new Policy(Map.of(), Map.of(), Map.of(), List.of(), List.of(), List.of(), version);
        }
        YamlMap file = new YamlMap(root, "", problems);
        file.only(Set.of("revision", "tenants", "aliases", "profiles", "default-max-tokens", "limits"));
        Policy policy = new Policy(
                tenants(file),
                texts(file, "aliases"),
                file.isList("profiles") ? Map.of() : texts(file, "profiles"),
                declaredProfiles(file),
                defaultMaxTokens(file),
                limits(file),
                revision(file).orElse(version));
        if (!problems.isEmpty()) {
            throw new PolicyException(problems);
        }
        return policy;
    }

    /** True for a text without content: blank, comments only, {@code ---} or {@code null}. */
    static boolean isEmpty(String yaml) {
        return parse(yaml) == null;
    }

    /** Null for a file without content. */
    private static @Nullable Node parse(String yaml) {
        try {
            Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(yaml));
            return root == null || Tag.NULL.equals(root.getTag()) ? null : root;
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw notYaml(line, String.valueOf(e.getProblem()));
        } catch (YAMLException e) {
            // The text as a whole: a character that YAML does not allow, or too much nesting.
            throw notYaml(1, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    /** @param problem by the parser's words, such as "found unexpected end of stream" */
    private static PolicyException notYaml(int line, String problem) {
        String found =
                problem.startsWith("found ") ? problem.substring("found ".length()) : "a syntax error: " + problem;
        return new PolicyException(List.of(new Problem(line, "", "YAML", found)));
    }

    private static Map<String, TenantFacts> tenants(YamlMap file) {
        Map<String, TenantFacts> tenants = new LinkedHashMap<>();
        file.map("tenants").ifPresent(map -> map.keys().forEach(name -> {
            if (!Caller.legal(name)) {
                map.problem(name, "a tenant name of 1 to 128 printable characters", '"' + name + '"');
            }
            map.map(name).ifPresent(facts -> tenants.put(name, tenant(facts)));
        }));
        return tenants;
    }

    private static Optional<Long> revision(YamlMap file) {
        Optional<String> text = file.text("revision");
        if (text.isPresent() && !REVISION.matcher(text.get()).matches()) {
            file.problem("revision", "a whole number from 1 to 999999999", text.get());
            return Optional.empty();
        }
        return text.map(t -> Policy.ofRevision(Long.parseLong(t)));
    }

    private static TenantFacts tenant(YamlMap map) {
        map.only(Set.of("cost-center", "environment"));
        return new TenantFacts(map.text("cost-center"), map.text("environment"));
    }

    private static Map<String, String> texts(YamlMap file, String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        file.map(key).ifPresent(map -> map.keys()
                .forEach(name -> map.text(name).ifPresent(value -> texts.put(name, value))));
        return texts;
    }

    private static List<MaxTokens> defaultMaxTokens(YamlMap file) {
        List<MaxTokens> maxTokens = new ArrayList<>();
        file.map("default-max-tokens")
                .ifPresent(map -> map.keys().forEach(model -> Scalar.amount(map, model, Weight.TOKENS)
                        .ifPresent(tokens -> maxTokens.add(new MaxTokens(Glob.of(model), tokens)))));
        return maxTokens;
    }

    private static List<DeclaredProfile> declaredProfiles(YamlMap file) {
        ProfileReader reader = new ProfileReader();
        return file.isList("profiles")
                ? file.maps("profiles").stream()
                        .map(reader::read)
                        .flatMap(Optional::stream)
                        .toList()
                : List.of();
    }

    private static List<Limit> limits(YamlMap file) {
        LimitReader reader = new LimitReader();
        return file.maps("limits").stream()
                .map(reader::read)
                .flatMap(Optional::stream)
                .toList();
    }
}
