package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import dev.tollgate.injection.Injection;
import dev.tollgate.injection.KubernetesYaml;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a real API server does with pods under the chart's policies. */
@Tag("kube")
@Timeout(180)
class KubeAdmissionIT {

    private static final String CI = Chart.ROOT + "/ci/";

    private static RealKube kube;

    @BeforeAll
    @Timeout(240)
    static void install() {
        kube = RealKube.startOrSkip();
        kube.customKinds();
        for (String namespace : List.of("team-a", "full", "bare")) {
            kube.namespace(namespace);
        }
        kube.helm("install tollgate " + Chart.ROOT + " -n team-a -f " + CI + "default-values.yaml")
                .ok();
        kube.helm("install tollgate " + Chart.ROOT + " -n full -f " + CI + "full-values.yaml")
                .ok();
        kube.awaitInjection("team-a");
        kube.awaitInjection("full");
    }

    @AfterAll
    static void stop() {
        if (kube != null) {
            kube.close();
        }
    }

    static Stream<String> names() {
        return Pods.BY_NAME.keySet().stream();
    }

    /** Without the token volume, whose name is a new one each time. */
    private static Map<String, Object> pod(String name) {
        Map<String, Object> pod = Pods.of(name);
        Chart.map(pod.get("spec")).put("automountServiceAccountToken", false);
        return pod;
    }

    @ParameterizedTest
    @MethodSource("names")
    void thePolicyDoesWhatTollgateInjectDoes(String name) {
        for (String namespace : List.of("team-a", "full")) {
            if (namespace.equals("team-a") && name.equals("keeps its credentials")) {
                continue;
            }
            Map<String, Object> byPolicy = kube.created(namespace, pod(name));
            String injection = kube.kubectl(
                            "get", "-n", namespace, "configmap", "-o", "jsonpath={.items[*].data.injection\\.yaml}")
                    .ok();
            Map<String, Object> injected = pod(name);
            new Injection(Chart.map(Chart.yaml().load(injection))).into(injected);
            Map<String, Object> byCommand = kube.created("bare", injected);
            assertEquals(sorted(byCommand.get("spec")), sorted(byPolicy.get("spec")));
            Map<String, Object> annotations = annotations(byCommand);
            annotations.remove("tollgate.dev/injected");
            assertEquals(annotations, annotations(byPolicy));
            assertEquals(
                    sorted(Chart.map(byCommand.get("metadata")).get("labels")),
                    sorted(Chart.map(byPolicy.get("metadata")).get("labels")));

            // And the guard admits what the command made, and the policy has nothing to add.
            assertEquals(
                    sorted(byCommand.get("spec")),
                    sorted(kube.created(namespace, injected).get("spec")));
        }
    }

    private static String sorted(Object value) {
        return Golden.yaml(Map.of("value", value));
    }

    private static Map<String, Object> annotations(Map<String, Object> pod) {
        return new TreeMap<>(Chart.map(Chart.map(pod.get("metadata")).get("annotations")));
    }

    @Test
    void aContainerThatASecondApplyAddsIsFoundByThePolicyToo() {
        Map<String, Object> pod = kube.created("team-a", pod("plain"));
        Chart.map(pod.get("metadata")).keySet().retainAll(Set.of("name", "labels", "annotations"));
        pod.remove("status");
        Chart.maps(Chart.map(pod.get("spec")).get("containers"))
                .add(new LinkedHashMap<>(Map.of("name", "late", "image", "late:1")));
        Map<String, Object> again = kube.created("team-a", pod);
        assertEquals("app,late", annotations(again).get("eks.amazonaws.com/skip-containers"));
        String late = Chart.maps(Chart.map(again.get("spec")).get("containers"))
                .get(1)
                .toString();
        assertTrue(late.contains("value=http://127.0.0.1:8787"), late);
        assertEquals(
                1,
                Chart.maps(Chart.map(again.get("spec")).get("initContainers")).size());
    }

    @Test
    void podsThatOptOutOrDoNotAskStayAsTheyAre() {
        for (String label : new String[] {null, "disabled"}) {
            Map<String, Object> pod = Pods.of("plain", label);
            assertFalse(kube.created("team-a", pod).toString().contains("tollgate.dev/config"));
        }
        RealKube.Result refused = kube.tryCreate("full", Pods.of("plain", null));
        assertTrue(refused.err().contains("give the pod the label"), refused.err());
    }

    @Test
    void aLabelOfTheNamespaceIsEnough() {
        kube.namespace("opted-in");
        kube.kubectl("label", "namespace", "opted-in", "tollgate.dev/inject=enabled")
                .ok();
        kube.helm("install t " + Chart.ROOT + " -n opted-in -f " + CI + "memory-values.yaml")
                .ok();
        kube.awaitInjection("opted-in");
        Map<String, Object> pod = kube.created("opted-in", Pods.of("init containers", null));
        assertTrue(pod.toString().contains("tollgate.dev/inject=enabled"), "its metrics are found by the label");
        assertEquals("app,migrate,agent", annotations(pod).get("eks.amazonaws.com/skip-containers"));
        assertFalse(kube.created("opted-in", Pods.of("plain", "disabled"))
                .toString()
                .contains("tollgate.dev/config"));
    }

    @Test
    void deploymentsAndJobsMakeInjectedPods() {
        kube.kubectlWith("""
                        apiVersion: apps/v1
                        kind: Deployment
                        metadata: { name: web }
                        spec:
                          selector: { matchLabels: { app: web } }
                          template:
                            metadata: { labels: { app: web, tollgate.dev/inject: enabled } }
                            spec: { containers: [{ name: web, image: "web:1" }] }
                        ---
                        apiVersion: batch/v1
                        kind: CronJob
                        metadata: { name: nightly }
                        spec:
                          schedule: "0 3 * * *"
                          jobTemplate:
                            spec:
                              template:
                                metadata: { labels: { app: nightly, tollgate.dev/inject: enabled } }
                                spec: { restartPolicy: Never, containers: [{ name: job, image: "job:1" }] }
                        """, "apply", "-n", "team-a", "-f", "-").ok();
        kube.kubectl("create", "-n", "team-a", "job", "now", "--from=cronjob/nightly")
                .ok();
        for (String app : List.of("web", "nightly")) {
            Ports.await("a pod of " + app, () -> kube.kubectl(
                            "get", "pods", "-n", "team-a", "-l", "app=" + app, "-o", "name")
                    .ok()
                    .startsWith("pod/"));
            Map<String, Object> made = Chart.maps(
                            kube.get("pods", "-n", "team-a", "-l", "app=" + app).get("items"))
                    .get(0);
            assertEquals(
                    "tollgate",
                    Chart.maps(Chart.map(made.get("spec")).get("initContainers"))
                            .get(0)
                            .get("name"));
        }
    }

    static List<GuardTest.Bypass> bypasses() {
        return GuardTest.bypasses();
    }

    @ParameterizedTest
    @MethodSource("bypasses")
    void theGuardRefusesWhatGoesRoundTheSidecar(GuardTest.Bypass bypass) {
        Map<String, Object> pod = Pods.of("plain");
        new Injection(Chart.injection(Chart.render(Chart.NEW, null))).into(pod);
        assertEquals(0, kube.tryCreate("team-a", pod).exit(), "as it was injected");
        bypass.change().accept(pod);
        RealKube.Result refused = kube.tryCreate("team-a", pod);
        // The policy mends the annotation before the guard sees it.
        if (bypass.name().equals("the role for the application")) {
            assertTrue(refused.ok().contains("\" app,other,app\""), refused.out());
        } else {
            assertTrue(refused.exit() != 0 && refused.err().contains(bypass.message()), refused.out() + refused.err());
        }
    }

    /** Kubernetes' own reader of YAML takes y, 0o17 and 12:30 for something else than a string unless they are quoted. */
    @Test
    void whatTollgateInjectWritesIsWhatKubernetesReads() {
        Map<String, Object> data = new LinkedHashMap<>();
        for (String text :
                List.of("Y", "n", "on", "0o17", "017", "12:30", "1e3", "~", "null", "0x1F", "1_000", "=", ".5")) {
            data.put("key-" + data.size(), text);
        }
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("apiVersion", "v1");
        config.put("kind", "ConfigMap");
        config.put("metadata", Map.of("name", "disputed"));
        config.put("data", data);
        String yaml = KubernetesYaml.write(config);
        assertEquals(data, Chart.map(kube.createdFrom("bare", yaml).get("data")));
    }

    @Test
    void aPodOnANodeWithARegionGetsIt() {
        kube.kubectlWith("""
                        apiVersion: v1
                        kind: Node
                        metadata:
                          name: node-1
                          labels: { topology.kubernetes.io/region: eu-west-1, topology.kubernetes.io/zone: eu-west-1b }
                        """, "create", "-f", "-").ok();
        Map<String, Object> pod = Pods.of("plain");
        Chart.map(pod.get("metadata")).put("name", "bound");
        kube.kubectlWith(Golden.yaml(pod), "create", "-n", "team-a", "-f", "-").ok();
        kube.kubectlWith(
                        "{\"apiVersion\":\"v1\",\"kind\":\"Binding\",\"metadata\":{\"name\":\"bound\"},\"target\":{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"node-1\"}}",
                        "create",
                        "--raw",
                        "/api/v1/namespaces/team-a/pods/bound/binding",
                        "-f",
                        "-")
                .ok();
        Map<String, Object> bound = kube.get("pod", "-n", "team-a", "bound");
        Map<String, Object> labels = Chart.map(Chart.map(bound.get("metadata")).get("labels"));
        assertEquals("eu-west-1", labels.get("topology.kubernetes.io/region"));
        String region =
                "name=AWS_REGION, valueFrom={fieldRef={apiVersion=v1, fieldPath=metadata.labels['topology.kubernetes.io/region']}}";
        for (String list : List.of("initContainers", "containers")) {
            String container =
                    Chart.maps(Chart.map(bound.get("spec")).get(list)).get(0).toString();
            assertTrue(container.contains(region), container);
        }
    }
}
