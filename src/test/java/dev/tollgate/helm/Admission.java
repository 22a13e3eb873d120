package dev.tollgate.helm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an API server does with a pod, as far as the chart's two policies need it. */
public final class Admission {

    /** Lists that are merged by name; all others are atomic and may not be in an ApplyConfiguration. */
    private static final Set<String> BY_NAME = Set.of("containers", "initContainers", "env", "volumes");

    private final KubernetesCel cel;
    private final Map<String, Object> mutating;
    private final Map<String, Object> validating;

    public Admission(String manifests) {
        this(manifests, Map.of());
    }

    public Admission(String manifests, Map<String, String> namespaceLabels) {
        this.cel = new KubernetesCel(namespaceLabels);
        this.mutating =
                Chart.map(Chart.only(manifests, "MutatingAdmissionPolicy").get("spec"));
        this.validating =
                Chart.map(Chart.only(manifests, "ValidatingAdmissionPolicy").get("spec"));
    }

    /** The pod as the mutating policy leaves it. */
    public Map<String, Object> mutate(Map<String, Object> pod) {
        for (Map<String, Object> condition : Chart.maps(mutating.get("matchConditions"))) {
            if (!(boolean) cel.evaluate((String) condition.get("expression"), pod, Map.of())) {
                return pod;
            }
        }
        Map<String, Object> variables = variables(mutating, pod);
        Map<String, Object> mutated = pod;
        for (Map<String, Object> mutation : Chart.maps(mutating.get("mutations"))) {
            if (mutation.containsKey("jsonPatch")) {
                Object patch = cel.evaluate(expression(mutation, "jsonPatch"), mutated, variables);
                for (Map<String, Object> operation : Chart.maps(patch)) {
                    mutated = patch(mutated, operation);
                }
            } else {
                Object patch = cel.evaluate(expression(mutation, "applyConfiguration"), mutated, variables);
                mutated = merge(mutated, Chart.map(patch), "");
            }
        }
        return mutated;
    }

    /** What the validating policy has against a pod. */
    public List<String> problems(Map<String, Object> pod) {
        Map<String, Object> variables = variables(validating, pod);
        List<String> problems = new ArrayList<>();
        for (Map<String, Object> validation : Chart.maps(validating.get("validations"))) {
            if (!(boolean) cel.evaluate((String) validation.get("expression"), pod, variables)) {
                problems.add(String.valueOf(
                        validation.containsKey("message")
                                ? validation.get("message")
                                : cel.evaluate((String) validation.get("messageExpression"), pod, variables)));
            }
        }
        return problems;
    }

    private static String expression(Map<String, Object> mutation, String kind) {
        return (String) Chart.map(mutation.get(kind)).get("expression");
    }

    private Map<String, Object> variables(Map<String, Object> policy, Map<String, Object> pod) {
        Map<String, Object> variables = new LinkedHashMap<>();
        Chart.maps(policy.get("variables"))
                .forEach(v -> variables.put(
                        (String) v.get("name"), cel.evaluate((String) v.get("expression"), pod, variables)));
        return variables;
    }

    private static Map<String, Object> merge(Map<String, Object> live, Map<String, Object> patch, String path) {
        Map<String, Object> merged = new LinkedHashMap<>(live);
        patch.forEach((key, value) -> {
            Object known = merged.get(key);
            if (value instanceof Map<?, ?> && (known == null || known instanceof Map<?, ?>)) {
                merged.put(key, merge(known == null ? Map.of() : Chart.map(known), Chart.map(value), path + "." + key));
            } else if (value instanceof List<?>) {
                if (!BY_NAME.contains(key)) {
                    throw new IllegalArgumentException("may not mutate atomic arrays: " + path + "." + key);
                }
                if (known != null || !((List<?>) value).isEmpty()) {
                    merged.put(key, mergeList(known == null ? List.of() : Chart.maps(known), Chart.maps(value), path));
                }
            } else {
                merged.put(key, value);
            }
        });
        return merged;
    }

    private static List<Object> mergeList(
            List<Map<String, Object>> live, List<Map<String, Object>> patch, String path) {
        Map<Object, Object> byName = new LinkedHashMap<>();
        live.forEach(e -> byName.put(e.get("name"), e));
        patch.forEach(e ->
                byName.merge(e.get("name"), e, (known, more) -> merge(Chart.map(known), Chart.map(more), path + "[]")));
        return new ArrayList<>(byName.values());
    }

    /** RFC 6902's add and replace. */
    private static Map<String, Object> patch(Map<String, Object> document, Map<String, Object> operation) {
        Object value = operation.get("value");
        String[] steps = ((String) operation.get("path")).substring(1).split("/");
        Map<String, Object> copy = copy(document);
        Object parent = copy;
        for (int i = 0; i < steps.length - 1; i++) {
            parent = parent instanceof List<?> list
                    ? list.get(Integer.parseInt(steps[i]))
                    : Chart.map(parent).get(steps[i]);
        }
        String last = steps[steps.length - 1];
        if (parent instanceof List<?>) {
            @SuppressWarnings("unchecked")
            List<Object> list = (List<Object>) parent;
            if (operation.get("op").equals("replace")) {
                list.set(Integer.parseInt(last), value);
            } else {
                list.add(last.equals("-") ? list.size() : Integer.parseInt(last), value);
            }
        } else {
            Chart.map(parent).put(last, value);
        }
        return copy;
    }

    /** A deep copy that can be changed. */
    public static Map<String, Object> copy(Map<String, Object> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((k, v) -> copy.put(k, copyOf(v)));
        return copy;
    }

    private static Object copyOf(Object value) {
        if (value instanceof Map<?, ?>) {
            return copy(Chart.map(value));
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(v -> copy.add(copyOf(v)));
            return copy;
        }
        return value;
    }
}
