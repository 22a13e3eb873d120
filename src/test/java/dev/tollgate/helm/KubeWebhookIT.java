package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Webhooks that change pods after the chart's policy, as meshes and secret injectors do, and one that does what AWS' pod
 * identity webhook does: it gives the pod's role to each container that {@code skip-containers} does not name.
 */
@Tag("kube")
@Timeout(180)
class KubeWebhookIT {

    private static final String SKIP = "eks.amazonaws.com/skip-containers";

    private static RealKube kube;
    private static PodWebhook mesh;
    private static PodWebhook identity;

    @BeforeAll
    @Timeout(240)
    static void install() {
        kube = RealKube.startOrSkip();
        kube.namespace("meshed");
        kube.helm("install tollgate " + Chart.ROOT
                        + " -n meshed --set ledger.memory=true --set guard.exemptContainers={late-proxy}")
                .ok();
        kube.awaitInjection("meshed");
        mesh = new PodWebhook(KubeWebhookIT::addsAContainer);
        identity = new PodWebhook(KubeWebhookIT::givesTheRole);
        kube.kubectlWith(identity.configuration("a-pod-identity", "meshed"), "apply", "-f", "-")
                .ok();
        kube.kubectlWith(mesh.configuration("mesh", "meshed"), "apply", "-f", "-")
                .ok();
        Ports.await("both webhooks to be called", () -> {
            String pod = kube.tryCreate("meshed", Pods.of("plain", null)).out();
            return pod.contains("\"mesh\"") && pod.contains("AWS_ROLE_ARN");
        });
    }

    @AfterAll
    static void stop() {
        if (kube != null) {
            kube.close();
        }
        for (PodWebhook webhook : new PodWebhook[] {mesh, identity}) {
            if (webhook != null) {
                webhook.close();
            }
        }
    }

    private static Stream<JsonObject> containers(JsonObject pod, String list) {
        return pod.getJsonObject("spec").getJsonArray(list, new JsonArray()).stream()
                .map(JsonObject.class::cast);
    }

    private static JsonArray addsAContainer(JsonObject pod) {
        boolean there =
                containers(pod, "containers").anyMatch(c -> c.getString("name").equals("mesh"));
        return there
                ? new JsonArray()
                : new JsonArray()
                        .add(new JsonObject()
                                .put("op", "add")
                                .put("path", "/spec/containers/-")
                                .put(
                                        "value",
                                        new JsonObject().put("name", "mesh").put("image", "mesh:1")));
    }

    /** The webhook of AWS reads the annotation as one line of CSV, and adds to containers that have no role yet. */
    private static JsonArray givesTheRole(JsonObject pod) {
        String annotation = pod.getJsonObject("metadata")
                .getJsonObject("annotations", new JsonObject())
                .getString(SKIP, "");
        List<String> skipped = Arrays.asList(annotation.split(","));
        JsonArray operations = new JsonArray();
        for (String list : List.of("containers", "initContainers")) {
            int i = 0;
            for (JsonObject container : containers(pod, list).toList()) {
                String path = "/spec/" + list + "/" + i++ + "/env";
                if (!skipped.contains(container.getString("name"))
                        && !container
                                .getJsonArray("env", new JsonArray())
                                .encode()
                                .contains("AWS_ROLE_ARN")) {
                    if (!container.containsKey("env")) {
                        operations.add(new JsonObject()
                                .put("op", "add")
                                .put("path", path)
                                .put("value", new JsonArray()));
                    }
                    operations.add(new JsonObject()
                            .put("op", "add")
                            .put("path", path + "/-")
                            .put(
                                    "value",
                                    new JsonObject().put("name", "AWS_ROLE_ARN").put("value", "role")));
                }
            }
        }
        return operations;
    }

    @Test
    void aContainerThatAWebhookAddsFindsBedrockAtTheSidecarAndHasNoRole() {
        Map<String, Object> pod = kube.created("meshed", Pods.of("init containers"));
        Map<String, Object> spec = Chart.map(pod.get("spec"));
        assertEquals("tollgate", Chart.maps(spec.get("initContainers")).get(0).get("name"), "the guard admitted it");
        Map<String, Object> annotations =
                Chart.map(Chart.map(pod.get("metadata")).get("annotations"));
        assertEquals("app,migrate,agent,mesh", annotations.get(SKIP));
        for (Map<String, Object> container : Chart.maps(spec.get("containers"))) {
            assertTrue(container.toString().contains("value=http://127.0.0.1:8787"), container.toString());
        }
        List<Object> withRole = Stream.of("initContainers", "containers")
                .flatMap(list -> Chart.maps(spec.get(list)).stream())
                .filter(c -> String.valueOf(c.get("env")).contains("AWS_ROLE_ARN"))
                .map(c -> c.get("name"))
                .toList();
        assertEquals(List.of("tollgate"), withRole);
    }
}
