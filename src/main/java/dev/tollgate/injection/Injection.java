package dev.tollgate.injection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is added to a pod, as the chart's template of the sidecar says it ({@code <release>-injection}), and how: just as the
 * chart's MutatingAdmissionPolicy does. Values, annotations and variables that a pod already has stay.
 */
public final class Injection {

    static final String LABEL = "tollgate.dev/inject";
    private static final String NAME = "tollgate";
    private static final String CREDENTIALS = "tollgate.dev/credentials";
    private static final String SKIP = "eks.amazonaws.com/skip-containers";
    private static final String ENDPOINT = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME";
    private static final Set<String> WITH_TEMPLATE =
            Set.of("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job");

    private final Map<String, Object> sidecar;
    private final List<Object> volumes;
    private final Map<String, Object> annotations;
    private final Map<String, Object> placeholders;
    private final String endpoint;
    private final String credentials;

    /** What became of one workload. */
    public record Outcome(boolean refused, String text) {}

    /** @throws IllegalArgumentException where a part is missing */
    public Injection(Map<String, Object> description) {
        for (String part : List.of("sidecar", "volumes", "annotations", "placeholders", "endpoint", "credentials")) {
            if (!description.containsKey(part)) {
                throw new IllegalArgumentException("expected `" + part
                        + "` in the injection, found none; take it from the ConfigMap <release>-injection");
            }
        }
        this.sidecar = map(description, "sidecar");
        this.volumes = list(description, "volumes");
        this.annotations = map(description, "annotations");
        this.placeholders = map(description, "placeholders");
        this.endpoint = String.valueOf(description.get("endpoint"));
        this.credentials = String.valueOf(description.get("credentials"));
    }

    /** Puts the sidecar into an object's pods; empty where it has none. */
    public List<Outcome> into(Map<String, Object> object) {
        String kind = String.valueOf(object.get("kind"));
        if (kind.endsWith("List") && object.get("items") instanceof List<?>) {
            List<Outcome> all = new ArrayList<>();
            list(object, "items").forEach(item -> all.addAll(into(cast(item))));
            return all;
        }
        return template(kind, object)
                .map(pod -> {
                    Outcome outcome = intoPod(pod);
                    Object name = map(object, "metadata").get("name");
                    return List.of(new Outcome(
                            outcome.refused, kind.toLowerCase(Locale.ROOT) + " \"" + name + "\" " + outcome.text));
                })
                .orElse(List.of());
    }

    private static Optional<Map<String, Object>> template(String kind, Map<String, Object> object) {
        if (kind.equals("Pod")) {
            return Optional.of(object);
        }
        if (kind.equals("CronJob")) {
            return Optional.of(map(map(map(map(object, "spec"), "jobTemplate"), "spec"), "template"));
        }
        return WITH_TEMPLATE.contains(kind) ? Optional.of(map(map(object, "spec"), "template")) : Optional.empty();
    }

    private Outcome intoPod(Map<String, Object> pod) {
        Map<String, Object> metadata = map(pod, "metadata");
        Map<String, Object> labels = map(metadata, "labels");
        Map<String, Object> spec = map(pod, "spec");
        Object label = labels.getOrDefault(LABEL, "enabled");
        if (label.equals("disabled")) {
            return new Outcome(false, "left alone: its label says disabled");
        }
        if (!label.equals("enabled")) {
            return new Outcome(true, "refused: expected label " + LABEL + " enabled or disabled, found " + label);
        }
        if (Boolean.TRUE.equals(spec.get("hostNetwork"))) {
            return new Outcome(
                    true, "refused: in the host's network the sidecar would be open to the node; remove hostNetwork");
        }
        List<Object> containers = list(spec, "containers");
        List<Object> init = list(spec, "initContainers");
        if (init.stream().anyMatch(c -> NAME.equals(cast(c).get("name")))) {
            return new Outcome(false, "left alone: it has the sidecar");
        }
        labels.put(LABEL, "enabled");
        Map<String, Object> own = map(metadata, "annotations");
        annotations.forEach(own::putIfAbsent);
        boolean dummy = own.getOrDefault(CREDENTIALS, credentials).equals("dummy");
        List<Object> applications = new ArrayList<>(containers);
        applications.addAll(init);
        if (dummy) {
            List<String> names = applications.stream()
                    .map(c -> String.valueOf(cast(c).get("name")))
                    .toList();
            String added = String.join(",", names);
            own.merge(SKIP, added, (known, more) -> known + "," + more);
        }
        applications.forEach(c -> environment(list(cast(c), "env"), dummy));
        init.add(0, sidecar);
        list(spec, "volumes").addAll(volumes);
        return new Outcome(false, "injected");
    }

    private void environment(List<Object> env, boolean dummy) {
        List<String> own =
                env.stream().map(e -> String.valueOf(cast(e).get("name"))).toList();
        if (!own.contains(ENDPOINT)) {
            env.add(variable(ENDPOINT, endpoint));
        }
        placeholders.forEach((name, value) -> {
            // Keys are one thing, the names of the region another; who has one of a kind keeps what he has.
            boolean has = own.stream()
                    .anyMatch(o -> placeholders.containsKey(o) && o.endsWith("REGION") == name.endsWith("REGION"));
            if (dummy && !has) {
                env.add(variable(name, value));
            }
        });
    }

    private static Map<String, Object> variable(String name, Object value) {
        Map<String, Object> variable = new LinkedHashMap<>();
        variable.put("name", name);
        variable.put("value", value);
        return variable;
    }

    private static Map<String, Object> map(Map<String, Object> parent, String key) {
        return cast(parent.compute(key, (k, v) -> v == null ? new LinkedHashMap<String, Object>() : v));
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Map<String, Object> parent, String key) {
        Object list = parent.compute(key, (k, v) -> v == null ? new ArrayList<>() : v);
        if (!(list instanceof List<?>)) {
            throw new IllegalArgumentException("expected a list at `" + key + "`, found " + list);
        }
        return (List<Object>) list;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> cast(Object value) {
        if (!(value instanceof Map<?, ?>)) {
            throw new IllegalArgumentException("expected a mapping, found " + value);
        }
        return (Map<String, Object>) value;
    }
}
