package dev.tollgate.injection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.helm.Admission;
import dev.tollgate.helm.Chart;
import dev.tollgate.helm.Pods;
import dev.tollgate.injection.Outcome.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tollgate inject} does to a manifest what the admission policy does to its pods. */
class InjectionTest {

    private static final String FULL = Chart.render(Chart.NEW, "full");
    private static final String DEFAULT = Chart.render(Chart.NEW, null);

    private static Injection injection() {
        return new Injection(Chart.injection(FULL));
    }

    static Stream<String> names() {
        return Pods.BY_NAME.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void isThePolicysEqualButForTheRecordOfItself(String name) {
        for (String manifests : List.of(FULL, DEFAULT)) {
            Admission admission = new Admission(manifests);
            Map<String, Object> pod = Pods.of(name);
            Map<String, Object> byCommand = Admission.copy(pod);
            List<Outcome> outcomes = new Injection(Chart.injection(manifests)).into(byCommand);
            assertEquals(List.of(new Outcome(State.INJECTED, "pod \"it\" injected")), outcomes);
            Chart.map(Chart.map(byCommand.get("metadata")).get("annotations")).remove("tollgate.dev/injected");
            assertEquals(admission.mutate(pod), byCommand);
        }
    }

    private static Map<String, Object> workload(String kind, Map<String, Object> pod) {
        Map<String, Object> template = Admission.copy(pod);
        template.keySet().removeAll(List.of("apiVersion", "kind"));
        Map<String, Object> workload = new LinkedHashMap<>();
        workload.put("apiVersion", kind.endsWith("Job") ? "batch/v1" : kind.startsWith("Repl") ? "v1" : "apps/v1");
        workload.put("kind", kind);
        workload.put("metadata", new LinkedHashMap<>(Map.of("name", "it")));
        Map<String, Object> spec = new LinkedHashMap<>(Map.of("template", template));
        workload.put(
                "spec",
                kind.equals("CronJob")
                        ? new LinkedHashMap<>(Map.of("jobTemplate", new LinkedHashMap<>(Map.of("spec", spec))))
                        : spec);
        return workload;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob"
            })
    void everyKindWithPodsIsInjected(String kind) {
        Map<String, Object> workload = workload(kind, Pods.of("init containers", null));
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("kind", "List");
        list.put("items", new ArrayList<>(List.of(workload)));
        assertEquals(
                kind.toLowerCase() + " \"it\" injected",
                injection().into(list).get(0).text());
        assertEquals("is up to date", text(injection().into(workload)));
        Map<String, Object> expected = Pods.of("init containers");
        injection().into(expected);
        Object spec = Chart.map(workload.get("spec"));
        if (kind.equals("CronJob")) {
            spec = Chart.map(Chart.map(Chart.map(spec).get("jobTemplate")).get("spec"));
        }
        assertEquals(
                expected.get("spec"), Chart.map(Chart.map(spec).get("template")).get("spec"));
    }

    private static String text(List<Outcome> outcomes) {
        return outcomes.get(0).text().replaceFirst("^\\S+ \"it\" ", "");
    }

    @ParameterizedTest
    @CsvSource({
        "v1, Service, it has no pods",
        "argoproj.io/v1alpha1, Rollout, its kind is Rollout of argoproj.io/v1alpha1",
        "serving.knative.dev/v1, Service, its kind is Service of serving.knative.dev/v1",
        "batch.volcano.sh/v1alpha1, Job, its kind is Job of batch.volcano.sh/v1alpha1"
    })
    void otherKindsStayAsTheyAreAndAreSaidToBeSkipped(String version, String kind, String why) {
        Map<String, Object> object = kind.equals("Service") && version.equals("v1")
                ? new LinkedHashMap<>(Map.of("metadata", Map.of("name", "it")))
                : workload(kind, Pods.of("plain"));
        object.put("apiVersion", version);
        object.put("kind", kind);
        Map<String, Object> before = Admission.copy(object);
        Outcome outcome = injection().into(object).get(0);
        assertEquals(State.SKIPPED, outcome.state());
        assertTrue(outcome.text().startsWith(kind.toLowerCase() + " \"it\" skipped: " + why), outcome.text());
        assertEquals(before, object);
    }

    /** Readers disagree about such keys, and they are written as they are. */
    @Test
    void keysThatAreNoTextToSomeStay() {
        Map<String, Object> pod = KubernetesYaml.reader().load("""
                apiVersion: v1
                kind: Pod
                metadata: { name: p, labels: { y: "1", 012: "2", tollgate.dev/inject: enabled } }
                spec: { containers: [{ name: app, image: x }] }
                """);
        assertEquals(State.INJECTED, injection().into(pod).get(0).state());
        String written = KubernetesYaml.write(pod);
        assertTrue(written.contains("\n    y: '1'\n    012: '2'\n"), written);
        assertEquals(State.UNCHANGED, injection().into(pod).get(0).state(), "again");
    }

    @Test
    void itemsOfATypedListHaveItsKind() {
        Map<String, Object> list = KubernetesYaml.reader().load("""
                apiVersion: apps/v1
                kind: DeploymentList
                items:
                  - metadata: { name: d }
                    spec: { template: { metadata: { labels: { tollgate.dev/inject: enabled } }, spec: { containers: [{ name: app }] } } }
                """);
        Outcome outcome = injection().into(list).get(0);
        assertEquals(State.INJECTED, outcome.state(), outcome.text());
        assertTrue(outcome.text().startsWith("deployment \"d\""), outcome.text());
    }

    @Test
    void podsThatOptOutStayAsTheyAre() {
        Map<String, Object> pod = Pods.of("plain", "disabled");
        Map<String, Object> before = Admission.copy(pod);
        assertEquals("left alone: its label says disabled", text(injection().into(pod)));
        assertEquals(before, pod);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spec: { hostNetwork: true, containers: [{ name: app }] } | remove hostNetwork",
                "spec: { hostPID: true, containers: [{ name: app }] } | remove shareProcessNamespace and hostPID",
                "spec: { shareProcessNamespace: true, containers: [{ name: app }] } | can read its credentials",
                "spec: { containers: [{ name: app, securityContext: { runAsUser: 8787 } }] } | user 8787 is the sidecar's",
                "spec: { securityContext: { runAsUser: 8787 }, containers: [{ name: app }] } | give container app another runAsUser",
                "spec: { containers: [{ name: app, ports: [{ containerPort: 8787 }] }] } | port 8787 is the sidecar's; give container app another",
                "spec: { containers: [{ name: app }], initContainers: [{ name: two, ports: [{ containerPort: 9000 }] }] } | port 9000 is the sidecar's; give container two",
                "spec: { containers: [{ name: app, ports: [{ containerPort: 80, name: tollgate }] }] } | the port name tollgate is the sidecar's",
                "{ metadata: { annotations: { tollgate.dev/credentials: Keep } }, spec: { containers: [{ name: app }] } } | expected dummy or keep, found Keep",
                "{ metadata: { annotations: { eks.amazonaws.com/skip-containers: 'app,tollgate' } }, spec: { containers: [{ name: app }] } } | names tollgate, which then has no AWS role"
            })
    void whatTheGuardWouldRefuseIsRefusedByName(String yaml, String message) {
        Outcome outcome = injection().into(Pods.yaml(yaml, "enabled")).get(0);
        assertEquals(State.REFUSED, outcome.state());
        assertTrue(outcome.text().contains(message), outcome.text());
    }

    @Test
    void badInputIsRefusedByName() {
        assertTrue(text(injection().into(Pods.of("plain", "yes")))
                .contains("expected label tollgate.dev/inject enabled or disabled, found yes"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new Injection(Map.of("sidecar", Map.of())))
                .getMessage()
                .contains("expected `volumes`"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> injection()
                        .into(Pods.yaml("spec: { containers: none }", "enabled")))
                .getMessage()
                .contains("expected a list at `containers`, found none"));
    }

    @Test
    void aRegionOfTheCommandTakesThePlaceOfTheNodes() {
        Map<String, Object> pod = Pods.of("plain");
        Injection.inRegion(Chart.injection(DEFAULT), "eu-west-3").into(pod);
        assertEquals(
                3, pod.toString().split("value=eu-west-3", -1).length - 1, "sidecar, AWS_REGION, AWS_DEFAULT_REGION");
        assertTrue(!pod.toString().contains("topology.kubernetes.io/region"));
    }
}
