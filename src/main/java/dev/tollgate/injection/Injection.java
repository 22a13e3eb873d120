package dev.tollgate.injection;

import dev.tollgate.injection.Outcome.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Adds the sidecar to the pods of an object, as the chart's MutatingAdmissionPolicy does: annotations and variables that a pod
 * already has stay. A sidecar that an earlier injection added is replaced, with all that came with it.
 */
public final class Injection {

    static final String LABEL = "tollgate.dev/inject";
    static final String NAME = "tollgate";
    static final String CREDENTIALS = "tollgate.dev/credentials";
    static final String SKIP = "eks.amazonaws.com/skip-containers";
    static final String ENDPOINT = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME";

    private final Description description;

    /**
     * @param parts what the ConfigMap {@code <release>-injection} holds
     * @throws IllegalArgumentException if a part is missing
     */
    public Injection(Map<String, Object> parts) {
        this.description = Description.of(parts);
    }

    /** The same for one region instead of the node's. */
    public static Injection inRegion(Map<String, Object> parts, String region) {
        Description.fixRegion(parts, region);
        return new Injection(parts);
    }

    /** Puts the sidecar into an object's pods, or into those of a list's items. */
    public List<Outcome> into(Map<String, Object> object) {
        return each(object, this::intoPod);
    }

    static List<Outcome> each(Map<String, Object> object, Function<Map<String, Object>, Outcome> change) {
        String kind = YamlTree.text(object, "kind");
        if (kind.endsWith("List") && object.get("items") instanceof List<?>) {
            List<Outcome> all = new ArrayList<>();
            String ofItems = kind.substring(0, kind.length() - "List".length());
            for (Map<String, Object> item : YamlTree.maps(object, "items")) {
                if (!ofItems.isEmpty() && item.get("kind") == null) {
                    item.put("apiVersion", YamlTree.text(object, "apiVersion"));
                    item.put("kind", ofItems);
                }
                all.addAll(each(item, change));
            }
            return all;
        }
        Workloads.Found found = Workloads.find(object);
        Outcome outcome = found instanceof Workloads.Found.Pod pod
                ? change.apply(pod.pod())
                : new Outcome(State.SKIPPED, "skipped: " + ((Workloads.Found.Nothing) found).why());
        Object metadata = object.get("metadata");
        String name = metadata instanceof Map<?, ?> ? YamlTree.text(YamlTree.cast(metadata), "name") : "";
        return List.of(outcome.about(kind.toLowerCase(Locale.ROOT) + " \"" + name + "\""));
    }

    private Outcome intoPod(Map<String, Object> pod) {
        Map<String, Object> metadata = YamlTree.map(pod, "metadata");
        Object label = YamlTree.map(metadata, "labels").getOrDefault(LABEL, "enabled");
        YamlTree.dropIfEmpty(metadata, "labels");
        if (label.equals("disabled")) {
            return new Outcome(State.UNCHANGED, "left alone: its label says disabled");
        }
        String objection = new Objections(description).to(pod, label);
        if (!objection.isEmpty()) {
            return new Outcome(State.REFUSED, "refused: " + objection);
        }
        Map<String, Object> before = YamlTree.copy(pod);
        boolean had = Removal.from(pod);
        new PodInjection(description, pod).apply();
        if (!had) {
            return new Outcome(State.INJECTED, "injected");
        }
        return before.equals(pod)
                ? new Outcome(State.UNCHANGED, "is up to date")
                : new Outcome(State.UPDATED, "updated");
    }
}
