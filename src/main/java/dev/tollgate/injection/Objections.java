package dev.tollgate.injection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the chart's guard has against a pod whatever is injected; said before the manifest is written. */
final class Objections {

    private final Description description;

    Objections(Description description) {
        this.description = description;
    }

    /** The first objection, empty if there is none. */
    String to(Map<String, Object> pod, Object label) {
        if (!label.equals("enabled")) {
            return "expected label " + Injection.LABEL + " enabled or disabled, found " + label;
        }
        Map<String, Object> spec = YamlTree.map(pod, "spec");
        if (YamlTree.isTrue(spec, "hostNetwork")) {
            return "in the host's network the sidecar would be open to the node; remove hostNetwork";
        }
        if (YamlTree.isTrue(spec, "shareProcessNamespace") || YamlTree.isTrue(spec, "hostPID")) {
            return "applications that see the sidecar's processes can read its credentials; remove shareProcessNamespace and"
                    + " hostPID";
        }
        Object metadata = pod.get("metadata");
        Object annotations = metadata == null ? null : YamlTree.cast(metadata).get("annotations");
        if (annotations != null) {
            Object credentials = YamlTree.cast(annotations).getOrDefault(Injection.CREDENTIALS, "dummy");
            if (!List.of("dummy", "keep").contains(credentials)) {
                return "annotation " + Injection.CREDENTIALS + ": expected dummy or keep, found " + credentials;
            }
            String skipped = YamlTree.text(YamlTree.cast(annotations), Injection.SKIP);
            if (List.of(skipped.split(",")).contains(Injection.NAME)) {
                return "annotation " + Injection.SKIP + " names tollgate, which then has no AWS role; remove it";
            }
        }
        List<Map<String, Object>> containers = new ArrayList<>(YamlTree.maps(spec, "containers"));
        containers.addAll(YamlTree.maps(spec, "initContainers"));
        containers.removeIf(c -> Injection.NAME.equals(YamlTree.text(c, "name")));
        return containers.stream()
                .map(c -> container(spec, c))
                .filter(o -> !o.isEmpty())
                .findFirst()
                .orElse("");
    }

    private String container(Map<String, Object> spec, Map<String, Object> container) {
        String name = YamlTree.text(container, "name");
        String user = description.user();
        String own = runAsUser(container);
        if (!user.isEmpty() && user.equals(own.isEmpty() ? runAsUser(spec) : own)) {
            return "user " + user + " is the sidecar's; give container " + name + " another runAsUser";
        }
        for (Map<String, Object> port : YamlTree.maps(container, "ports")) {
            String number = YamlTree.text(port, "containerPort");
            if (description.ports().contains(number)) {
                return "port " + number + " is the sidecar's; give container " + name
                        + " another, or the chart other ports.data and ports.management";
            }
            if (Injection.NAME.equals(YamlTree.text(port, "name"))) {
                return "the port name " + Injection.NAME + " is the sidecar's; give that of container " + name
                        + " another";
            }
        }
        return "";
    }

    private static String runAsUser(Map<String, Object> owner) {
        Object security = owner.get("securityContext");
        return security == null ? "" : YamlTree.text(YamlTree.cast(security), "runAsUser");
    }
}
