package dev.tollgate.injection;

import dev.tollgate.injection.Outcome.State;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes the sidecar out of a pod with all that its injection added. Manifests that were injected before there was a record of
 * the additions lose what has the names and values of placeholders.
 */
public final class Removal {

    private static final Set<String> KEYS = Set.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");

    private final Map<String, Object> metadata;
    private final Map<String, Object> annotations;
    private final Map<String, Object> spec;
    private final Optional<Additions> additions;

    private Removal(Map<String, Object> pod) {
        this.metadata = YamlTree.map(pod, "metadata");
        this.annotations = YamlTree.map(metadata, "annotations");
        this.spec = YamlTree.map(pod, "spec");
        this.additions = Additions.of(annotations);
    }

    /** Takes the sidecar out of an object's pods, or out of those of a list's items. */
    public static List<Outcome> outOf(Map<String, Object> object) {
        return Injection.each(
                object,
                pod -> from(pod)
                        ? new Outcome(State.REMOVED, "uninjected")
                        : new Outcome(State.UNCHANGED, "left alone: it has no sidecar"));
    }

    /** @return whether the pod had a sidecar */
    static boolean from(Map<String, Object> pod) {
        Removal removal = new Removal(pod);
        boolean had = removal.spec.get("initContainers") != null
                && YamlTree.list(removal.spec, "initContainers")
                        .removeIf(c -> Injection.NAME.equals(YamlTree.text(YamlTree.cast(c), "name")));
        if (had) {
            removal.apply();
        }
        YamlTree.dropIfEmpty(removal.metadata, "annotations");
        YamlTree.dropIfEmpty(pod, "metadata");
        return had;
    }

    private void apply() {
        Stream.of("containers", "initContainers")
                .flatMap(key -> YamlTree.maps(spec, key).stream())
                .forEach(this::environment);
        removeNamed("volumes", "volume", "tollgate-");
        removeNamed("imagePullSecrets", "pull", "\0");
        YamlTree.dropIfEmpty(spec, "initContainers");
        skipped();
        annotations.keySet().removeIf(name -> additions
                .map(a -> a.has("annotation", name))
                .orElse(name.equals("tollgate.dev/config")));
        annotations.remove(Additions.ANNOTATION);
        if (additions.map(a -> a.has("label")).orElse(true)) {
            YamlTree.map(metadata, "labels").remove(Injection.LABEL);
            YamlTree.dropIfEmpty(metadata, "labels");
        }
    }

    private void environment(Map<String, Object> container) {
        if (container.get("env") == null) {
            return;
        }
        List<Object> env = YamlTree.list(container, "env");
        boolean placeholders = KEYS.stream().allMatch(key -> YamlTree.named(env, key)
                .filter(e -> YamlTree.text(e, "value").equals(Injection.NAME))
                .isPresent());
        String name = YamlTree.text(container, "name");
        env.removeIf(e -> additions
                .map(a -> a.has("env", name, YamlTree.text(YamlTree.cast(e), "name")))
                .orElse(looksAdded(YamlTree.cast(e), placeholders)));
        YamlTree.dropIfEmpty(container, "env");
    }

    private static boolean looksAdded(Map<String, Object> variable, boolean placeholders) {
        String name = YamlTree.text(variable, "name");
        String value = YamlTree.text(variable, "value");
        return name.equals(Injection.ENDPOINT) && value.startsWith("http://127.0.0.1:")
                || placeholders && (KEYS.contains(name) || Description.isRegion(variable));
    }

    private void removeNamed(String key, String kind, String prefix) {
        if (spec.get(key) != null) {
            YamlTree.list(spec, key).removeIf(e -> {
                String name = YamlTree.text(YamlTree.cast(e), "name");
                return additions.map(a -> a.has(kind, name)).orElse(name.startsWith(prefix));
            });
            YamlTree.dropIfEmpty(spec, key);
        }
    }

    private void skipped() {
        Set<String> containers = Stream.of("containers", "initContainers")
                .flatMap(key -> YamlTree.maps(spec, key).stream())
                .map(c -> YamlTree.text(c, "name"))
                .collect(Collectors.toSet());
        String left = Stream.of(YamlTree.text(annotations, Injection.SKIP).split(","))
                .filter(name -> !additions.map(a -> a.has("skip", name)).orElse(containers.contains(name)))
                .collect(Collectors.joining(","));
        if (left.isEmpty()) {
            annotations.remove(Injection.SKIP);
        } else {
            annotations.put(Injection.SKIP, left);
        }
    }
}
