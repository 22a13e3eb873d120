package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the guard refuses, and that it names the reason. */
public class GuardTest {

    private static final Admission FULL = new Admission(Chart.render(Chart.NEW, "full"));
    private static final Admission DEFAULT = new Admission(Chart.render(Chart.NEW, null));

    /** A change that makes a pod that goes round the sidecar, and what the guard must say. */
    public record Bypass(String name, String message, Consumer<Map<String, Object>> change) {

        @Override
        public String toString() {
            return name;
        }
    }

    public static List<Bypass> bypasses() {
        List<Bypass> all = new ArrayList<>();
        all.add(new Bypass("another image", "not the sidecar tollgate of image tollgate/tollgate", p -> sidecar(p)
                .put("image", "evil/tollgate:0.1.0")));
        all.add(new Bypass("a sidecar that ends", "not the sidecar", p -> sidecar(p)
                .keySet()
                .removeAll(List.of("restartPolicy", "startupProbe", "readinessProbe", "livenessProbe"))));
        all.add(new Bypass("another command", "must run what its image runs", p -> sidecar(p)
                .put("command", new ArrayList<>(List.of("/bin/sleep")))));
        all.add(new Bypass("other arguments", "must run what its image runs", p -> sidecar(p)
                .put("args", new ArrayList<>(List.of("demo")))));
        all.add(new Bypass(
                "another ledger", "have no TOLLGATE_ variables that the chart does not set", p -> env(sidecar(p))
                        .add(variable("TOLLGATE_LEDGER", "memory"))));
        all.add(new Bypass("another policy file", "must read the policy of ConfigMap", p -> env(sidecar(p)).stream()
                .filter(e -> e.get("name").equals("TOLLGATE_POLICY_FILE"))
                .forEach(e -> e.put("value", "/tmp/policy.yaml"))));
        all.add(new Bypass(
                "another policy", "must read the policy of ConfigMap", p -> Chart.maps(spec(p).get("volumes")).stream()
                        .filter(v -> v.get("name").equals("tollgate-policy"))
                        .forEach(v -> v.put("configMap", new LinkedHashMap<>(Map.of("name", "mine"))))));
        all.add(new Bypass(
                "another endpoint",
                "every container must find Bedrock at the sidecar, and these do not: app",
                p -> env(app(p)).stream()
                        .filter(e -> e.get("name").equals("AWS_ENDPOINT_URL_BEDROCK_RUNTIME"))
                        .forEach(e -> e.put("value", "https://bedrock-runtime.us-east-1.amazonaws.com"))));
        all.add(new Bypass(
                "the role for the application", "skip-containers must name app, without spaces", p -> annotations(p)
                        .put("eks.amazonaws.com/skip-containers", " app,other")));
        all.add(new Bypass("no role for the sidecar", "names tollgate, which then has no AWS role", p -> annotations(p)
                .put("eks.amazonaws.com/skip-containers", "app,tollgate")));
        all.add(new Bypass("its credentials kept", "allow it with guard.keepCredentials=true", p -> annotations(p)
                .put("tollgate.dev/credentials", "keep")));
        all.add(new Bypass("credentials of another name", "expected dummy or keep, found Keep", p -> annotations(p)
                .put("tollgate.dev/credentials", "Keep")));
        all.add(new Bypass(
                "the host's network", "open the sidecar to the whole node", p -> spec(p).put("hostNetwork", true)));
        all.add(new Bypass(
                "shared processes", "remove shareProcessNamespace", p -> spec(p).put("shareProcessNamespace", true)));
        all.add(new Bypass(
                "the host's processes", "remove shareProcessNamespace and hostPID", p -> spec(p).put("hostPID", true)));
        all.add(new Bypass("the sidecar's user", "user 8787 is the sidecar's", p -> app(p).put(
                        "securityContext", new LinkedHashMap<>(Map.of("runAsUser", 8787)))));
        all.add(new Bypass("the sidecar's user for the pod", "user 8787 is the sidecar's", p -> spec(p).put(
                        "securityContext", new LinkedHashMap<>(Map.of("runAsUser", 8787)))));
        return all;
    }

    private static Map<String, Object> spec(Map<String, Object> pod) {
        return Chart.map(pod.get("spec"));
    }

    private static Map<String, Object> annotations(Map<String, Object> pod) {
        return Chart.map(Chart.map(pod.get("metadata")).get("annotations"));
    }

    private static Map<String, Object> sidecar(Map<String, Object> pod) {
        return Chart.maps(spec(pod).get("initContainers")).get(0);
    }

    private static Map<String, Object> app(Map<String, Object> pod) {
        return Chart.maps(spec(pod).get("containers")).get(0);
    }

    private static List<Map<String, Object>> env(Map<String, Object> container) {
        return Chart.maps(container.get("env"));
    }

    private static Map<String, Object> variable(String name, String value) {
        return new LinkedHashMap<>(Map.of("name", name, "value", value));
    }

    @ParameterizedTest
    @MethodSource("bypasses")
    void whatGoesRoundTheSidecarIsRefused(Bypass bypass) {
        Map<String, Object> pod = Admission.copy(DEFAULT.mutate(Pods.of("plain")));
        assertEquals(List.of(), DEFAULT.problems(pod));
        bypass.change().accept(pod);
        List<String> problems = DEFAULT.problems(pod);
        assertTrue(problems.stream().anyMatch(p -> p.contains(bypass.message())), problems.toString());
    }

    @Test
    void itSaysThatItsPolicyMayBeAMomentAway() {
        String problem = DEFAULT.problems(Pods.of("plain")).get(0);
        assertTrue(problem.contains("needs about a second until its policy is in force"), problem);
    }

    @Test
    void labelsAreCheckedAndMayBeRequired() {
        assertTrue(FULL.problems(Pods.of("plain", null)).get(0).contains("give the pod the label"));
        assertEquals(
                List.of("label tollgate.dev/inject: expected enabled or disabled, found yes"),
                FULL.problems(Pods.of("plain", "yes")));
    }

    @Test
    void exemptContainersNeedNothing() {
        Map<String, Object> pod = Admission.copy(FULL.mutate(Pods.of("plain")));
        Chart.maps(spec(pod).get("containers"))
                .add(new LinkedHashMap<>(Map.of("name", "mesh-proxy", "image", "mesh:1")));
        assertEquals(List.of(), FULL.problems(pod));
        assertEquals(2, DEFAULT.problems(rename(pod)).size(), "endpoint and role");
    }

    private static Map<String, Object> rename(Map<String, Object> full) {
        Map<String, Object> pod = Admission.copy(DEFAULT.mutate(Pods.of("plain")));
        spec(pod).put("containers", spec(full).get("containers"));
        return pod;
    }

    @Test
    void keptCredentialsCanBeAllowed() {
        assertEquals(List.of(), FULL.problems(FULL.mutate(Pods.of("keeps its credentials"))));
        Admission keep = new Admission(Chart.render(Chart.NEW, null, "injection.credentials=keep"));
        assertEquals(List.of(), keep.problems(keep.mutate(Pods.of("plain"))));
    }
}
