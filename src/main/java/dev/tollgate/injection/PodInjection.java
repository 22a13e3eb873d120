package dev.tollgate.injection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One injection into one pod that has no sidecar. */
final class PodInjection {

    private final Description description;
    private final Map<String, Object> annotations;
    private final Map<String, Object> labels;
    private final Map<String, Object> spec;
    private final Additions additions = new Additions();

    PodInjection(Description description, Map<String, Object> pod) {
        this.description = description;
        Map<String, Object> metadata = YamlTree.map(pod, "metadata");
        this.labels = YamlTree.map(metadata, "labels");
        this.annotations = YamlTree.map(metadata, "annotations");
        this.spec = YamlTree.map(pod, "spec");
    }

    void apply() {
        if (labels.put(Injection.LABEL, "enabled") == null) {
            additions.add("label");
        }
        description.annotations().forEach((name, value) -> {
            if (annotations.putIfAbsent(name, value) == null) {
                additions.add("annotation", name);
            }
        });
        boolean dummy = !annotations
                .getOrDefault(Injection.CREDENTIALS, description.credentials())
                .equals("keep");
        List<Object> init = YamlTree.list(spec, "initContainers");
        List<Object> applications = new ArrayList<>(YamlTree.list(spec, "containers"));
        applications.addAll(init);
        if (dummy) {
            keepRole(applications);
        }
        applications.forEach(c -> environment(YamlTree.cast(c), dummy));
        init.add(0, YamlTree.copy(description.sidecar()));
        addNamed("volumes", "volume", description.volumes());
        if (!description.imagePullSecrets().isEmpty()) {
            addNamed("imagePullSecrets", "pull", description.imagePullSecrets());
        }
        additions.record(annotations);
    }

    /** The pod's AWS role is the sidecar's alone: EKS' webhook skips the containers that this annotation names. */
    private void keepRole(List<Object> applications) {
        String known = YamlTree.text(annotations, Injection.SKIP);
        List<String> skipped = new ArrayList<>(known.isEmpty() ? List.of() : List.of(known.split(",")));
        for (Object container : applications) {
            String name = YamlTree.text(YamlTree.cast(container), "name");
            if (!skipped.contains(name)) {
                skipped.add(name);
                additions.add("skip", name);
            }
        }
        annotations.put(Injection.SKIP, String.join(",", skipped));
    }

    private void addNamed(String key, String kind, List<Map<String, Object>> elements) {
        List<Object> list = YamlTree.list(spec, key);
        for (Map<String, Object> element : elements) {
            String name = YamlTree.text(element, "name");
            if (YamlTree.named(list, name).isEmpty()) {
                list.add(YamlTree.copy(element));
                additions.add(kind, name);
            }
        }
    }

    private void environment(Map<String, Object> container, boolean dummy) {
        List<Object> env = YamlTree.list(container, "env");
        List<Map<String, Object>> own = env.stream().map(YamlTree::cast).toList();
        String name = YamlTree.text(container, "name");
        if (YamlTree.named(env, Injection.ENDPOINT).isEmpty()) {
            Map<String, Object> endpoint = new LinkedHashMap<>();
            endpoint.put("name", Injection.ENDPOINT);
            endpoint.put("value", description.endpoint());
            add(env, name, endpoint);
        }
        for (Map<String, Object> placeholder : description.placeholders()) {
            if (dummy && own.stream().noneMatch(o -> isOfItsKind(o, placeholder))) {
                add(env, name, YamlTree.copy(placeholder));
            }
        }
    }

    /** Keys are one kind, the names of the region another; a container that has one of a kind keeps what it has. */
    private boolean isOfItsKind(Map<String, Object> own, Map<String, Object> placeholder) {
        boolean known = description.placeholders().stream()
                .anyMatch(p -> YamlTree.text(p, "name").equals(YamlTree.text(own, "name")));
        boolean set =
                own.get("valueFrom") != null || !YamlTree.text(own, "value").isEmpty();
        return known && set && Description.isRegion(own) == Description.isRegion(placeholder);
    }

    /** Adds a variable, in the place of an empty one of the same name. */
    private void add(List<Object> env, String container, Map<String, Object> variable) {
        String name = YamlTree.text(variable, "name");
        additions.add("env", container, name);
        YamlTree.named(env, name)
                .ifPresentOrElse(empty -> env.set(env.indexOf(empty), variable), () -> env.add(variable));
    }
}
