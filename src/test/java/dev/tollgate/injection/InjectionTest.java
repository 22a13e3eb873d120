package dev.tollgate.injection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.helm.Admission;
import dev.tollgate.helm.AdmissionTest;
import dev.tollgate.helm.Chart;
import dev.tollgate.helm.ChartTest;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tollgate inject} does to a manifest what the admission policy does to its pods. */
class InjectionTest {

    private static final String MANIFESTS = Chart.render(Chart.NEW, "full");
    private static final Admission ADMISSION = new Admission(MANIFESTS);

    private static Injection injection() {
        return new Injection(ChartTest.injection(MANIFESTS));
    }

    static Stream<String> names() {
        return AdmissionTest.PODS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void isThePolicysEqual(String name) {
        Map<String, Object> pod = AdmissionTest.pod(AdmissionTest.PODS.get(name), "enabled");
        Map<String, Object> byPolicy = ADMISSION.mutate(pod);
        Map<String, Object> byCommand = Admission.copy(pod);
        List<Injection.Outcome> outcomes = injection().into(byCommand);
        assertEquals(List.of(new Injection.Outcome(false, "pod \"it\" injected")), outcomes);
        assertEquals(byPolicy, byCommand);
        assertEquals(List.of(), ADMISSION.problems(byCommand));
    }

    private static Map<String, Object> workload(String kind, Map<String, Object> pod) {
        Map<String, Object> template = Admission.copy(pod);
        template.keySet().removeAll(List.of("apiVersion", "kind"));
        Map<String, Object> workload = new LinkedHashMap<>();
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
    @ValueSource(strings = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"})
    void everyWorkloadsPodsAreInjected(String kind) {
        Map<String, Object> pod = AdmissionTest.pod(AdmissionTest.PODS.get("init containers"), null);
        Map<String, Object> workload = workload(kind, pod);
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("kind", "List");
        list.put("items", new ArrayList<>(List.of(workload)));
        assertEquals(
                kind.toLowerCase() + " \"it\" injected",
                injection().into(list).get(0).text());
        assertEquals("left alone: it has the sidecar", text(injection().into(workload)));
        Map<String, Object> asked = AdmissionTest.pod(AdmissionTest.PODS.get("init containers"), "enabled");
        Map<String, Object> expected = ADMISSION.mutate(asked);
        Object spec = Chart.map(workload.get("spec"));
        if (kind.equals("CronJob")) {
            spec = Chart.map(Chart.map(Chart.map(spec).get("jobTemplate")).get("spec"));
        }
        Map<String, Object> template = Chart.map(Chart.map(spec).get("template"));
        assertEquals(expected.get("spec"), template.get("spec"));
        assertEquals(expected.get("metadata"), template.get("metadata"));
    }

    private static String text(List<Injection.Outcome> outcomes) {
        return outcomes.get(0).text().replaceFirst("^\\S+ \"it\" ", "");
    }

    @Test
    void otherObjectsAndThoseThatOptOutStayAsTheyAre() {
        Map<String, Object> service = Map.of("kind", "Service", "metadata", Map.of("name", "it"));
        assertEquals(List.of(), injection().into(service));
        Map<String, Object> pod = AdmissionTest.pod(AdmissionTest.PODS.get("plain"), "disabled");
        Map<String, Object> before = Admission.copy(pod);
        assertEquals("left alone: its label says disabled", text(injection().into(pod)));
        assertEquals(before, pod);
    }

    @Test
    void whatCannotBeInjectedIsRefusedByName() {
        Map<String, Object> host = AdmissionTest.pod(
                "spec: { hostNetwork: true, containers: [{ name: app, image: 'app:1' }] }", "enabled");
        assertTrue(injection().into(host).get(0).refused());
        Map<String, Object> wrong = AdmissionTest.pod(AdmissionTest.PODS.get("plain"), "yes");
        assertTrue(text(injection().into(wrong))
                .contains("expected label tollgate.dev/inject enabled or disabled, found yes"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new Injection(Map.of("sidecar", Map.of())))
                .getMessage()
                .contains("expected `volumes`"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> injection()
                        .into(AdmissionTest.pod("spec: { containers: none }", "enabled")))
                .getMessage()
                .contains("expected a list at `containers`, found none"));
    }

    @Test
    void scalarsComeOutAsKubernetesReadsThem() {
        String yaml =
                "---\na: \"yes\"\nb: \"1\"\nc: 2024-01-01T00:00:00Z\nd: 0644\ne: true\nf: 'on'\ng: null\nh: |\n  two\n  lines\n";
        StringWriter out = new StringWriter();
        KubernetesYaml.writer().dumpAll(KubernetesYaml.reader().loadAll(yaml).iterator(), out);
        Map<String, Object> again = Chart.map(Chart.yaml().load(out.toString()));
        assertEquals("yes", again.get("a"));
        assertEquals("1", again.get("b"));
        assertEquals("2024-01-01T00:00:00Z", again.get("c"));
        assertEquals(0644, again.get("d"));
        assertEquals(true, again.get("e"));
        assertEquals("on", again.get("f"));
        assertEquals(null, again.get("g"));
        assertEquals("two\nlines\n", again.get("h"));
    }
}
