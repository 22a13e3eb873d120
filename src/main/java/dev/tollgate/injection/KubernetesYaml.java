package dev.tollgate.injection;

import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** YAML as Kubernetes reads it, written so that older readers agree. */
public final class KubernetesYaml {

    private KubernetesYaml() {}

    /** Reads YAML as Kubernetes does: no dates, and only true and false are booleans. */
    public static Yaml reader() {
        LoaderOptions in = new LoaderOptions();
        in.setAllowDuplicateKeys(false);
        DumperOptions none = new DumperOptions();
        return new Yaml(new SafeConstructor(in), new Representer(none), none, in, new KubernetesScalars());
    }

    /** Writes YAML that every reader reads the same: quotes what older ones take for a boolean or a date. */
    public static Yaml writer() {
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
