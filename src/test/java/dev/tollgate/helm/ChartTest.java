package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyReader;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.admissionregistration.v1alpha1.MutatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1alpha1.MutatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart renders, read as strictly as an API server would. */
public class ChartTest {

    private static final Map<String, Class<?>> KINDS = Map.ofEntries(
            Map.entry("ConfigMap", ConfigMap.class),
            Map.entry("Secret", Secret.class),
            Map.entry("ServiceAccount", ServiceAccount.class),
            Map.entry("Role", Role.class),
            Map.entry("RoleBinding", RoleBinding.class),
            Map.entry("Deployment", Deployment.class),
            Map.entry("Pod", Pod.class),
            Map.entry("NetworkPolicy", NetworkPolicy.class),
            // v1 of Kubernetes 1.36 has the fields of v1alpha1, whose types there are.
            Map.entry("MutatingAdmissionPolicy", MutatingAdmissionPolicy.class),
            Map.entry("MutatingAdmissionPolicyBinding", MutatingAdmissionPolicyBinding.class),
            Map.entry("ValidatingAdmissionPolicy", ValidatingAdmissionPolicy.class),
            Map.entry("ValidatingAdmissionPolicyBinding", ValidatingAdmissionPolicyBinding.class));
    private static final Map<String, Set<String>> CUSTOM_KINDS = Map.of(
            "PodMonitor", Set.of("selector", "podMetricsEndpoints"),
            "PrometheusRule", Set.of("groups"),
            "ExternalSecret", Set.of("refreshInterval", "secretStoreRef", "target", "data"));
    private static final List<String> NAMESPACED_ONLY = List.of("MutatingAdmissionPolicy", "ValidatingAdmissionPolicy");

    private static List<String> renderings() {
        List<String> all = new ArrayList<>();
        for (String values : new String[] {null, "full", "external-secret", "existing"}) {
            all.add(Chart.render(Chart.NEW, values));
            if (!"full".equals(values)) {
                all.add(Chart.render(Chart.OLD, values));
            }
        }
        return all;
    }

    @Test
    void isLinted() {
        LintResult lint = new Helm(Chart.ROOT).lint().strict().call();
        assertFalse(lint.isFailed(), String.join("\n", lint.getMessages()));
    }

    @Test
    void everyObjectHasOnlyFieldsThatKubernetesKnows() {
        for (String manifests : renderings()) {
            for (Map<String, Object> object : Chart.objects(manifests)) {
                String kind = (String) object.get("kind");
                if (CUSTOM_KINDS.containsKey(kind)) {
                    assertEquals(
                            CUSTOM_KINDS.get(kind),
                            Chart.map(object.get("spec")).keySet());
                } else {
                    assertNotNull(KINDS.get(kind), kind);
                    Chart.typed(object, KINDS.get(kind));
                }
                assertEquals(
                        "tollgate",
                        Chart.map(Chart.map(object.get("metadata")).get("labels"))
                                .get("app.kubernetes.io/name"));
            }
        }
    }

    @Test
    void podsAreRestrictedBoundedAndPinned() {
        int pods = 0;
        for (String manifests : renderings()) {
            for (Map<String, Object> object : Chart.objects(manifests)) {
                PodSpec spec =
                        switch ((String) object.get("kind")) {
                            case "Deployment" ->
                                Chart.typed(object, Deployment.class)
                                        .getSpec()
                                        .getTemplate()
                                        .getSpec();
                            case "Pod" -> Chart.typed(object, Pod.class).getSpec();
                            default -> null;
                        };
                if (spec != null) {
                    pods++;
                    restricted(spec);
                }
            }
            Map<String, Object> injection = injection(manifests);
            Container sidecar = Chart.typed(Chart.map(injection.get("sidecar")), Container.class);
            restricted(sidecar, null);
            assertEquals(Boolean.TRUE, sidecar.getSecurityContext().getReadOnlyRootFilesystem());
            for (var probe :
                    List.of(sidecar.getStartupProbe(), sidecar.getReadinessProbe(), sidecar.getLivenessProbe())) {
                assertEquals(9000, probe.getHttpGet().getPort().getIntVal());
            }
            for (Map<String, Object> volume : Chart.maps(injection.get("volumes"))) {
                Volume typed = Chart.typed(volume, Volume.class);
                assertTrue(typed.getEmptyDir() == null
                        || "Memory".equals(typed.getEmptyDir().getMedium()));
            }
        }
        assertEquals(1, pods, "the CloudWatch agent");
    }

    /** The engine leaves hooks out of what it renders; here the test pod is none. */
    @Test
    void theTestPodIsRestrictedToo(@TempDir Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(Chart.ROOT)) {
            for (Path file : files.toList()) {
                Path copy = folder.resolve(Chart.ROOT.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.writeString(copy, Files.readString(file).replace("helm.sh/hook", "not-a-hook"));
                }
            }
        }
        String manifests = new Helm(folder)
                .template()
                .withName("tollgate")
                .withNamespace("team-a")
                .withKubeVersion(Chart.OLD)
                .call();
        Pod pod = Chart.typed(Chart.object(manifests, "Pod", "tollgate-doctor"), Pod.class);
        restricted(pod.getSpec());
        assertEquals(List.of("doctor"), pod.getSpec().getContainers().get(0).getArgs());
    }

    private static void restricted(PodSpec spec) {
        spec.getContainers().forEach(c -> restricted(c, spec));
        assertTrue(spec.getHostNetwork() == null && spec.getHostPID() == null && spec.getHostIPC() == null);
        spec.getVolumes().forEach(v -> assertEquals(null, v.getHostPath()));
    }

    private static void restricted(Container container, PodSpec spec) {
        var security = container.getSecurityContext();
        assertEquals(Boolean.FALSE, security.getAllowPrivilegeEscalation());
        assertEquals(List.of("ALL"), security.getCapabilities().getDrop());
        boolean byPod = spec != null && spec.getSecurityContext() != null;
        assertTrue(byPod || security.getRunAsNonRoot());
        assertTrue((byPod ? spec.getSecurityContext().getRunAsUser() : security.getRunAsUser()) > 0);
        assertEquals(
                "RuntimeDefault",
                (byPod ? spec.getSecurityContext().getSeccompProfile() : security.getSeccompProfile()).getType());
        assertTrue(container.getResources().getRequests().keySet().containsAll(Set.of("cpu", "memory")));
        assertTrue(container.getResources().getLimits().containsKey("memory"));
        assertTrue(container.getImage().matches(".+(:[^:]*[0-9][^:]*|@sha256:[0-9a-f]{64})"), container.getImage());
        assertFalse(container.getImage().endsWith(":latest"));
        container
                .getEnv()
                .forEach(e -> assertFalse(
                        e.getValue() != null && e.getValue().contains("redis://"),
                        "secrets come from a Secret: " + e.getName()));
    }

    public static Map<String, Object> injection(String manifests) {
        Map<String, Object> config = Chart.object(manifests, "ConfigMap", "tollgate-injection");
        return Chart.map(
                Chart.yaml().load((String) Chart.map(config.get("data")).get("injection.yaml")));
    }

    @Test
    void theRenderedPolicyIsOneThatTollgateReads() {
        Map<String, Object> config = Chart.object(Chart.render(Chart.OLD, null), "ConfigMap", "tollgate-policy");
        Policy policy = PolicyReader.read((String) Chart.map(config.get("data")).get("policy.yaml"), 0);
        assertEquals(3, policy.limits().size());
    }

    @Test
    void clusterWideObjectsComeWithThePolicyOnlyAndBindOneNamespace() {
        assertFalse(Chart.render(Chart.OLD, null).contains("AdmissionPolicy\n"));
        assertFalse(Chart.render(Chart.NEW, null, "injection.mode=none").contains("AdmissionPolicy\n"));
        String manifests = Chart.render(Chart.NEW, null);
        for (String kind : NAMESPACED_ONLY) {
            Chart.object(manifests, kind, "tollgate-team-a");
            Map<String, Object> binding = Chart.object(manifests, kind + "Binding", "tollgate-team-a");
            assertEquals(
                    Map.of("matchLabels", Map.of("kubernetes.io/metadata.name", "team-a")),
                    Chart.map(Chart.map(binding.get("spec")).get("matchResources"))
                            .get("namespaceSelector"));
        }
    }

    @Test
    void aChangedPolicyChangesTheChecksums() {
        String before = Chart.render(Chart.OLD, null);
        String after = Chart.render(Chart.OLD, null, "policy.aliases.nova=us.amazon.nova-lite-v1:0");
        assertFalse(checksum(before).equals(checksum(after)));
        assertFalse(injection(before).get("annotations").equals(injection(after).get("annotations")));
    }

    private static Object checksum(String manifests) {
        Map<String, Object> config = Chart.object(manifests, "ConfigMap", "tollgate-policy");
        return Chart.map(Chart.map(config.get("metadata")).get("annotations")).get("tollgate.dev/checksum");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "image.tag=latest | image/tag",
                "injection.mode=always | injection/mode",
                "injection.mode=policy | expected Kubernetes 1.36 or newer, found v1.29.0",
                "guard.enabled=true | expected Kubernetes 1.30 or newer, found v1.29.0",
                "redis.url=localhost:6379 | redis/url",
                "redis.externalSecret.enabled=true | expected redis.externalSecret.storeName and redis.externalSecret.remoteKey too",
                "ports.data=80 | ports/data",
                "ports.data=9000 | expected two ports",
                "resources.limits.memory=lots | resources/limits/memory",
                "settings.FOO=bar | invalid propertyName 'FOO'",
                "cloudwatch.form=yes | cloudwatch/form",
                "cloudwatch.intervalSeconds=600 | cloudwatch/intervalSeconds",
                "imagee.tag=1 | imagee"
            })
    void badValuesAreRefusedByName(String set, String message) {
        RuntimeException refused = assertThrows(RuntimeException.class, () -> Chart.render(Chart.OLD, null, set));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }

    @Test
    void anOldClusterIsRefused() {
        RuntimeException refused = assertThrows(RuntimeException.class, () -> Chart.render("1.28.0", null));
        assertTrue(refused.getMessage().contains(">=1.29.0"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "external-secret", "existing"})
    void rendersAsItDidBefore(String values) throws IOException {
        String kubeVersion = values.equals("full") ? Chart.NEW : Chart.OLD;
        Golden.check(
                Path.of("src/test/resources/helm/golden", values + ".yaml"),
                Chart.render(kubeVersion, values, "dashboards.enabled=false", "prometheusRule.enabled=false"));
    }

    @Test
    void kustomizeHasWhatTheChartRendersByDefault() throws IOException {
        String manifests = Chart.render(Chart.OLD, null);
        StringBuilder base =
                new StringBuilder("# Made from the chart's default rendering by ChartTest; do not edit.\n");
        for (Map<String, Object> object : Chart.objects(manifests)) {
            Map<String, Object> metadata = Chart.map(object.get("metadata"));
            if (metadata.containsKey("annotations")
                    && Chart.map(metadata.get("annotations")).containsKey("helm.sh/hook")) {
                continue;
            }
            Map<String, Object> labels = Chart.map(metadata.get("labels"));
            labels.remove("helm.sh/chart");
            labels.remove("app.kubernetes.io/managed-by");
            base.append("---\n").append(Golden.yaml(object));
        }
        Golden.check(Path.of("k8s/base/tollgate.yaml"), base.toString());

        Map<String, Object> injection = injection(manifests);
        Golden.check(
                Path.of("k8s/component/injection.yaml"),
                "# Made from the chart's default rendering by ChartTest; do not edit. In the executable for `tollgate inject`.\n"
                        + Golden.yaml(injection));
        Map<String, Object> pod = Map.of(
                "metadata",
                Map.of("labels", Map.of("tollgate.dev/inject", "enabled"), "annotations", injection.get("annotations")),
                "spec",
                Map.of("initContainers", List.of(injection.get("sidecar")), "volumes", injection.get("volumes")));
        Golden.check(
                Path.of("k8s/component/sidecar.yaml"),
                "# Made from the chart's default rendering by ChartTest; do not edit.\n"
                        + Golden.yaml(Map.of(
                                "apiVersion",
                                "apps/v1",
                                "kind",
                                "any",
                                "metadata",
                                Map.of("name", "any"),
                                "spec",
                                Map.of("template", pod))));
        String kustomization = Files.readString(Path.of("k8s/component/kustomization.yaml"));
        assertTrue(kustomization.contains("endpoint=" + injection.get("endpoint")));
        Chart.map(injection.get("placeholders"))
                .forEach((name, value) -> assertTrue(
                        kustomization.contains("[name=" + name + "]") && kustomization.contains("=" + value), name));
    }

    /** By kubectl, where it is at hand; the files' content is compared above in any case. */
    @Test
    void theComponentInjectsLabelledDeployments(@TempDir Path folder) throws Exception {
        boolean atHand = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(p -> Files.isExecutable(Path.of(p, "kubectl")));
        if (!atHand) {
            return;
        }
        try (Stream<Path> files = Files.list(Path.of("k8s/component"))) {
            Files.createDirectories(folder.resolve("component"));
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve("component").resolve(file.getFileName()));
            }
        }
        Files.writeString(
                folder.resolve("kustomization.yaml"), "resources: [deployments.yaml]\ncomponents: [component]\n");
        String spec =
                "spec: { selector: { matchLabels: { app: a } }, template: { metadata: { labels: { app: a } }, spec: {"
                        + " initContainers: [{ name: migrate, image: 'app:1' }], containers: [{ name: app, image: 'app:1' },"
                        + " { name: web, image: 'web:1', env: [{ name: A, value: b }] }] } } }\n";
        Files.writeString(
                folder.resolve("deployments.yaml"),
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, labels: { tollgate.dev/inject: enabled } }\n"
                        + spec
                        + "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: other }\n" + spec);
        Process kubectl = new ProcessBuilder("kubectl", "kustomize", folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String built = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, kubectl.waitFor());
        Deployment web = Chart.typed(Chart.object(built, "Deployment", "web"), Deployment.class);
        PodSpec pod = web.getSpec().getTemplate().getSpec();
        assertEquals("tollgate", pod.getInitContainers().get(0).getName());
        pod.getContainers()
                .forEach(c -> assertTrue(c.getEnv().stream()
                        .anyMatch(e -> e.getName().equals("AWS_ENDPOINT_URL_BEDROCK_RUNTIME")
                                && e.getValue().equals("http://127.0.0.1:8787"))));
        Deployment other = Chart.typed(Chart.object(built, "Deployment", "other"), Deployment.class);
        assertEquals(
                1, other.getSpec().getTemplate().getSpec().getInitContainers().size());
    }
}
