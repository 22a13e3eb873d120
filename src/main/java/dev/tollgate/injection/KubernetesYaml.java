package dev.tollgate.injection;

import java.util.Objects;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * YAML that means the same afterwards to every reader, be it of YAML 1.1, 1.2 or Kubernetes' own. A plain scalar that any of
 * them could take for something else than a string is kept as it is written; a string that looks like one is quoted.
 */
public final class KubernetesYaml {

    // SnakeYAML quotes plain scalars with a leading zero (0644), so they are written behind a mark, which is removed.
    private static final String MARK = "tollgate.dev.verbatim.";
    private static final Pattern LEADING_ZERO = Pattern.compile(Pattern.quote(MARK) + "(0[0-9_]+)");

    private static final int MAX_LENGTH = 256 * 1024 * 1024;
    private static final int MAX_ALIASES = 10_000;

    private KubernetesYaml() {}

    public static Yaml reader() {
        LoaderOptions in = new LoaderOptions();
        in.setAllowDuplicateKeys(false);
        // The user's own manifests: a whole cluster's, and what kustomize makes of anchors.
        in.setCodePointLimit(MAX_LENGTH);
        in.setMaxAliasesForCollections(MAX_ALIASES);
        DumperOptions none = new DumperOptions();
        return new Yaml(new Reading(in), new Representer(none), none, in, new Scalars());
    }

    /** One document, its first line {@code ---}. */
    public static String write(Object document) {
        return LEADING_ZERO.matcher(writer().dump(document)).replaceAll("$1");
    }

    private static Yaml writer() {
        DumperOptions out = new DumperOptions();
        out.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        out.setExplicitStart(true);
        out.setSplitLines(false);
        out.setIndicatorIndent(2);
        out.setIndentWithIndicator(true);
        LoaderOptions in = new LoaderOptions();
        return new Yaml(new SafeConstructor(in), new Writing(out), out, in, new Scalars());
    }

    private static final class Scalars extends Resolver {

        static final Tag VERBATIM = new Tag("tag:tollgate.dev,2026:verbatim");
        private static final Pattern DISPUTED = Pattern.compile(
                "[-+.]?[0-9].*|[-+]?\\.(?i:inf|nan)|(?i:y|n|yes|no|on|off|true|false|null)|[=~]", Pattern.DOTALL);

        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.MERGE, MERGE, "<");
            addImplicitResolver(Tag.NULL, NULL, "~nN\0");
            addImplicitResolver(Tag.NULL, EMPTY, null);
            addImplicitResolver(VERBATIM, DISPUTED, null);
        }
    }

    private static final class Reading extends SafeConstructor {

        Reading(LoaderOptions options) {
            super(options);
            yamlConstructors.put(Scalars.VERBATIM, new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    return new Verbatim(((ScalarNode) node).getValue());
                }
            });
        }
    }

    private static final class Writing extends Representer {

        Writing(DumperOptions options) {
            super(options);
            representers.put(Verbatim.class, data -> verbatim(data));
            representers.put(Boolean.class, data -> verbatim(data));
            multiRepresenters.put(Number.class, data -> verbatim(data));
            representers.put(String.class, data -> text((String) data));
        }

        private Node verbatim(Object data) {
            String text = Objects.toString(data);
            return LEADING_ZERO.matcher(MARK + text).matches()
                    ? representScalar(Tag.STR, MARK + text, ScalarStyle.PLAIN)
                    : representScalar(Scalars.VERBATIM, text, ScalarStyle.PLAIN);
        }

        private Node text(String text) {
            return representScalar(Tag.STR, text, text.contains("\n") ? ScalarStyle.LITERAL : ScalarStyle.PLAIN);
        }
    }
}
