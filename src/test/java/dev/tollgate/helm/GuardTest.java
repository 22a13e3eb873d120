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
        for (String name : List.of(
                "TOLLGATE_LEDGER",
                "tollgate.ledger",
                "_PROD_TOLLGATE_LEDGER",
                "%prod.tollgate.ledger",
                "QUARKUS_REDIS_HOSTS",
                "SMALLRYE_CONFIG_LOCATIONS",
                "JAVA_TOOL_OPTIONS",
                "JDK_JAVA_OPTIONS",
                "LD_PRELOAD")) {
            all.add(new Bypass(
                    "a variable " + name,
                    "have no TOLLGATE_ variables that the chart does not set",
                    p -> env(sidecar(p)).add(variable(name, "memory"))));
        }
        all.add(new Bypass("a second policy file", "must have the chart's ledger, policy", p -> env(sidecar(p))
                .add(variable("TOLLGATE_POLICY_FILE", "/tmp/policy.yaml"))));
        all.add(new Bypass(
                "another org",
                "must have the chart's ledger, policy",
                p -> set(sidecar(p), "TOLLGATE_LEDGER_ORG", "mine")));
        all.add(new Bypass("no org", "must have the chart's ledger, policy", p -> env(sidecar(p))
                .removeIf(e -> e.get("name").equals("TOLLGATE_LEDGER_ORG"))));
        all.add(new Bypass(
                "more trust",
                "must have the chart's ledger, policy",
                p -> set(sidecar(p), "TOLLGATE_IDENTITY_TRUST", "request")));
        all.add(new Bypass(
                "another Redis",
                "TOLLGATE_REDIS_URL from key url of Secret",
                p -> set(sidecar(p), "TOLLGATE_REDIS_URL", "redis://mine:6379")));
        all.add(new Bypass("a second Redis", "TOLLGATE_REDIS_URL from key url of Secret", p -> env(sidecar(p))
                .add(variable("TOLLGATE_REDIS_URL", "redis://mine:6379"))));
        for (String path : List.of(
                "/",
                "/etc",
                "/etc/tollgate/",
                "/etc/tollgate/policy/policy.yaml",
                "/etc/./tollgate/policy",
                "/etc//tollgate/policy",
                "/var/../etc/tollgate",
                "etc/tollgate",
                "/tollgate",
                "/config",
                "/.env",
                "/app/quarkus",
                "/usr/lib/x86_64-linux-gnu")) {
            all.add(new Bypass("a mount over " + path, "nothing mounted over its policy", p -> mounts(p)
                    .add(mount("tollgate-tmp", path))));
        }
        all.add(new Bypass("a part of the policy volume", "nothing mounted over its policy", p -> mounts(p).stream()
                .filter(m -> m.get("mountPath").equals("/etc/tollgate/policy"))
                .forEach(m -> m.put("subPath", "mine"))));
        all.add(new Bypass("no policy mounted", "must read the policy of ConfigMap", p -> mounts(p)
                .removeIf(m -> m.get("mountPath").equals("/etc/tollgate/policy"))));
        all.add(new Bypass(
                "another file of the policy",
                "must read the policy of ConfigMap",
                p -> Chart.maps(spec(p).get("volumes")).stream()
                        .filter(v -> v.get("name").equals("tollgate-policy"))
                        .forEach(v -> Chart.map(v.get("configMap"))
                                .put("items", List.of(Map.of("key", "mine", "path", "policy.yaml"))))));
        all.add(new Bypass("another working directory", "remove its command, its workingDir", p -> sidecar(p)
                .put("workingDir", "/mine")));
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            all.add(new Bypass("a program as " + probe, "probes that execute something", p -> sidecar(p)
                    .put(probe, new LinkedHashMap<>(Map.of("exec", Map.of("command", List.of("/tollgate")))))));
        }
        for (int port : List.of(8787, 9000)) {
            all.add(new Bypass(
                    "the sidecar's port " + port, "these containers declare one of them: app;", p -> app(p).put(
                                    "ports", List.of(Map.of("containerPort", port)))));
        }
        all.add(new Bypass("the sidecar's port name", "these containers declare one of them: app;", p -> app(p).put(
                        "ports", List.of(Map.of("containerPort", 80, "name", "tollgate")))));
        all.add(new Bypass(
                "another policy file",
                "must have the chart's ledger, policy",
                p -> set(sidecar(p), "TOLLGATE_POLICY_FILE", "/tmp/policy.yaml")));
        all.add(new Bypass(
                "another policy", "must read the policy of ConfigMap", p -> Chart.maps(spec(p).get("volumes")).stream()
                        .filter(v -> v.get("name").equals("tollgate-policy"))
                        .forEach(v -> v.put("configMap", new LinkedHashMap<>(Map.of("name", "mine"))))));
        all.add(new Bypass(
                "another endpoint",
                "every container must find Bedrock at the sidecar, and these do not: app",
                p -> set(
                        app(p),
                        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
                        "https://bedrock-runtime.us-east-1.amazonaws.com")));
        all.add(new Bypass(
                "a second endpoint",
                "every container must find Bedrock at the sidecar, and these do not: app",
                p -> env(app(p))
                        .add(variable(
                                "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
                                "https://bedrock-runtime.us-east-1.amazonaws.com"))));
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

    private static void set(Map<String, Object> container, String name, String value) {
        env(container).replaceAll(e -> e.get("name").equals(name) ? variable(name, value) : e);
    }

    private static List<Map<String, Object>> mounts(Map<String, Object> pod) {
        return Chart.maps(sidecar(pod).get("volumeMounts"));
    }

    private static Map<String, Object> mount(String name, String path) {
        return new LinkedHashMap<>(Map.of("name", name, "mountPath", path));
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
    void pricesAreTheChartsToo() {
        Admission csv = new Admission(Chart.render(Chart.NEW, null, "prices.csv=model"));
        Map<String, Object> pod = Admission.copy(csv.mutate(Pods.of("plain")));
        assertEquals(List.of(), csv.problems(pod));
        Chart.maps(spec(pod).get("volumes")).stream()
                .filter(v -> v.get("name").equals("tollgate-prices"))
                .forEach(v -> Chart.map(v.get("configMap")).put("name", "mine"));
        assertTrue(csv.problems(pod).get(0).contains("the prices of ConfigMap"), csv.problems(pod)::toString);
        Map<String, Object> builtIn = Admission.copy(csv.mutate(Pods.of("plain")));
        env(sidecar(builtIn)).removeIf(e -> e.get("name").equals("TOLLGATE_PRICES_FILE"));
        assertTrue(csv.problems(builtIn).get(0).contains("once each"), csv.problems(builtIn)::toString);
    }

    @Test
    void whatOtherWebhooksAddIsNoBypass() {
        Map<String, Object> pod = Admission.copy(DEFAULT.mutate(Pods.of("plain")));
        env(sidecar(pod)).add(variable("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/app"));
        env(sidecar(pod)).add(variable("OTEL_SERVICE_NAME", "app"));
        env(sidecar(pod)).add(variable("KUBERNETES_SERVICE_HOST", "10.0.0.1"));
        mounts(pod).add(mount("token", "/var/run/secrets/eks.amazonaws.com/serviceaccount"));
        mounts(pod).add(mount("certificates", "/etc/ssl/certs"));
        mounts(pod).add(mount("agent", "/tollgate-agent"));
        assertEquals(List.of(), DEFAULT.problems(pod));
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
