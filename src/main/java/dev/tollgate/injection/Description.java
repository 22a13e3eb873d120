package dev.tollgate.injection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is added to a pod, as the chart's template of the sidecar has it: the ConfigMap {@code <release>-injection}.
 *
 * @param placeholders variables of the applications beside the endpoint, as a container's {@code env} has them
 * @param credentials {@code dummy} or {@code keep}
 */
record Description(
        Map<String, Object> sidecar,
        List<Map<String, Object>> volumes,
        Map<String, Object> annotations,
        List<Map<String, Object>> placeholders,
        String endpoint,
        String credentials,
        List<Map<String, Object>> imagePullSecrets) {

    private static final String REGION = "AWS_REGION";
    private static final List<String> PORTS = List.of("TOLLGATE_PORT", "TOLLGATE_MANAGEMENT_PORT");

    /** @throws IllegalArgumentException if a part is missing */
    static Description of(Map<String, Object> parts) {
        for (String part : List.of("sidecar", "volumes", "annotations", "placeholders", "endpoint", "credentials")) {
            if (!parts.containsKey(part)) {
                throw new IllegalArgumentException("expected `" + part
                        + "` in the injection, found none; take it from the ConfigMap <release>-injection");
            }
        }
        return new Description(
                YamlTree.map(parts, "sidecar"),
                YamlTree.maps(parts, "volumes"),
                YamlTree.map(parts, "annotations"),
                YamlTree.maps(parts, "placeholders"),
                YamlTree.text(parts, "endpoint"),
                YamlTree.text(parts, "credentials"),
                YamlTree.maps(parts, "imagePullSecrets"));
    }

    /** The same for one region, for clusters that do not copy the node's region to its pods. */
    static void fixRegion(Map<String, Object> parts, String region) {
        List<Map<String, Object>> variables = new ArrayList<>(YamlTree.maps(YamlTree.map(parts, "sidecar"), "env"));
        variables.addAll(YamlTree.maps(parts, "placeholders"));
        for (Map<String, Object> variable : variables) {
            if (isRegion(variable)) {
                variable.remove("valueFrom");
                variable.put("value", region);
            }
        }
    }

    static boolean isRegion(Map<String, Object> variable) {
        String name = YamlTree.text(variable, "name");
        return name.equals(REGION) || name.equals("AWS_DEFAULT_REGION");
    }

    /** The ports of the pod that the sidecar listens on. */
    List<String> ports() {
        return YamlTree.maps(sidecar, "env").stream()
                .filter(v -> PORTS.contains(YamlTree.text(v, "name")))
                .map(v -> YamlTree.text(v, "value"))
                .toList();
    }

    String user() {
        Object security = sidecar.get("securityContext");
        return security == null ? "" : YamlTree.text(YamlTree.cast(security), "runAsUser");
    }
}
