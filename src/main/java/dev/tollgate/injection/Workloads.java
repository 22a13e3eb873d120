package dev.tollgate.injection;

import java.util.Map;
import java.util.Set;

/** Which objects have pods, and where. */
final class Workloads {

    private static final Set<String> GROUPS = Set.of("", "v1", "apps/v1", "batch/v1");
    private static final Set<String> WITH_TEMPLATE =
            Set.of("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job");

    private Workloads() {}

    /** What an object has for injection. */
    sealed interface Found {

        /** @param pod metadata and spec of the pods, part of the object */
        record Pod(Map<String, Object> pod) implements Found {}

        /** @param why the object's pods, if it has any, are not touched */
        record Nothing(String why) implements Found {}
    }

    static Found find(Map<String, Object> object) {
        String kind = YamlTree.text(object, "kind");
        String version = YamlTree.text(object, "apiVersion");
        if (GROUPS.contains(version)) {
            if (kind.equals("Pod")) {
                return new Found.Pod(object);
            }
            if (kind.equals("CronJob")) {
                Map<String, Object> job = YamlTree.map(YamlTree.map(object, "spec"), "jobTemplate");
                return new Found.Pod(YamlTree.map(YamlTree.map(job, "spec"), "template"));
            }
            if (WITH_TEMPLATE.contains(kind)) {
                return new Found.Pod(YamlTree.map(YamlTree.map(object, "spec"), "template"));
            }
        }
        return new Found.Nothing(
                hasTemplate(object)
                        ? "its kind is " + kind + " of " + version
                                + ", whose pods are not known here; label them tollgate.dev/inject: enabled on Kubernetes 1.36, or"
                                + " inject what it makes"
                        : "it has no pods");
    }

    private static boolean hasTemplate(Map<String, Object> object) {
        return object.get("spec") instanceof Map<?, ?> spec
                && spec.get("template") instanceof Map<?, ?> template
                && template.get("spec") instanceof Map<?, ?> pod
                && pod.containsKey("containers");
    }
}
