package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.admissionregistration.v1alpha1.MutatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1alpha1.MutatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
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
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart renders, read as strictly as an API server would. */
class ChartTest {

    private static final Map<String, Class<?>> KINDS = Map.ofEntries(
            Map.entry("ConfigMap", ConfigMap.class),
            Map.entry("Secret", Secret.class),
            Map.entry("ServiceAccount", ServiceAccount.class),
            Map.entry("Role", Role.class),
            Map.entry("RoleBinding", RoleBinding.class),
            Map.entry("Deployment", Deployment.class),
            Map.entry("StatefulSet", StatefulSet.class),
            Map.entry("Service", Service.class),
            Map.entry("Pod", Pod.class),
            Map.entry("CronJob", CronJob.class),
            Map.entry("PersistentVolumeClaim", PersistentVolumeClaim.class),
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
        for (String values :
                new String[] {null, "full", "external-secret", "existing", "quickstart", "memory", "etl"}) {
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
                Map<String, Object> metadata = Chart.map(object.get("metadata"));
                assertEquals("tollgate", Chart.map(metadata.get("labels")).get("app.kubernetes.io/name"));
                if (manifests.contains("team: platform")) {
                    assertEquals("platform", Chart.map(metadata.get("labels")).get("team"), "commonLabels");
                    assertEquals(
                            "platform", Chart.map(metadata.get("annotations")).get("example.com/owner"));
                    assertTrue(((String) metadata.get("name")).startsWith("gate"), "fullnameOverride");
                }
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
                            case "StatefulSet" ->
                                Chart.typed(object, StatefulSet.class)
                                        .getSpec()
                                        .getTemplate()
                                        .getSpec();
                            case "CronJob" ->
                                Chart.typed(object, CronJob.class)
                                        .getSpec()
                                        .getJobTemplate()
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
            Map<String, Object> injection = Chart.injection(manifests);
            Container sidecar = Chart.typed(Chart.map(injection.get("sidecar")), Container.class);
            restricted(sidecar, null);
            assertEquals(Boolean.TRUE, sidecar.getSecurityContext().getReadOnlyRootFilesystem());
            for (var probe :
                    List.of(sidecar.getStartupProbe(), sidecar.getReadinessProbe(), sidecar.getLivenessProbe())) {
                assertEquals(9000, probe.getHttpGet().getPort().getIntVal());
            }
            for (Map<String, Object> volume : Chart.maps(injection.get("volumes"))) {
                Volume typed = Chart.typed(volume, Volume.class);
                assertTrue(typed.getEmptyDir() == null || typed.getEmptyDir().getSizeLimit() != null);
            }
        }
        assertEquals(5, pods, "the CloudWatch agent, and the quickstart's Valkey and the ETL on two clusters each");
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
                .withKubeVersion(Chart.NEW)
                .withValuesFile(Chart.ROOT.resolve("ci/default-values.yaml"))
                .set("doctor.serviceAccountName", "web")
                .call();
        Pod pod = Chart.typed(Chart.object(manifests, "Pod", "tollgate-doctor"), Pod.class);
        restricted(pod.getSpec());
        assertEquals(List.of("doctor"), pod.getSpec().getContainers().get(0).getArgs());
        assertEquals("web", pod.getSpec().getServiceAccountName());
    }

    private static void restricted(PodSpec spec) {
        spec.getContainers().forEach(c -> restricted(c, spec));
        spec.getInitContainers().forEach(c -> restricted(c, spec));
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

    @Test
    void clusterWideObjectsComeWithThePolicyOnlyAndBindOneNamespace() {
        assertFalse(Chart.render(Chart.OLD, null).contains("AdmissionPolicy\n"));
        assertFalse(Chart.render(Chart.NEW, null, "injection.mode=none").contains("AdmissionPolicy\n"));
        String manifests = Chart.render(Chart.NEW, null);
        for (String kind : NAMESPACED_ONLY) {
            Chart.object(manifests, kind, "tollgate.team-a");
            Map<String, Object> binding = Chart.object(manifests, kind + "Binding", "tollgate.team-a");
            assertEquals(
                    Map.of("matchLabels", Map.of("kubernetes.io/metadata.name", "team-a")),
                    Chart.map(Chart.map(binding.get("spec")).get("matchResources"))
                            .get("namespaceSelector"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "external-secret", "existing", "quickstart", "memory", "etl"})
    void rendersAsItDidBefore(String values) throws IOException {
        String kubeVersion = Set.of("full", "quickstart").contains(values) ? Chart.NEW : Chart.OLD;
        Golden.check(
                Path.of("src/test/resources/helm/golden", values + ".yaml"),
                Chart.render(kubeVersion, values, "dashboards.enabled=false", "prometheusRule.enabled=false"));
    }
}
