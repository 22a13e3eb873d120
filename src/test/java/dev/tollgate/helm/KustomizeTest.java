package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kustomize base and component are what the chart renders. */
class KustomizeTest {

    @Test
    void kustomizeHasWhatTheChartRendersByDefault() throws IOException {
        String manifests = Chart.render(Chart.NEW, null, "injection.mode=none", "dashboards.enabled=false");
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

        Map<String, Object> injection = Chart.injection(manifests);
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
        Map<String, Object> placeholders =
                Chart.map(Chart.map(Chart.yaml().load(Files.readString(Path.of("k8s/component/placeholders.yaml"))))
                        .get("template"));
        List<Map<String, Object>> variables =
                Chart.maps(Chart.maps(Chart.map(placeholders.get("spec")).get("containers"))
                        .get(0)
                        .get("env"));
        assertEquals(injection.get("endpoint"), variables.get(0).get("value"));
        String kustomization = Files.readString(Path.of("k8s/component/kustomization.yaml"));
        for (Map<String, Object> placeholder : Chart.maps(injection.get("placeholders"))) {
            Map<String, Object> source = variables.get(placeholder.containsKey("value") ? 1 : 2);
            assertEquals(placeholder.get("value"), source.get("value"));
            assertEquals(placeholder.get("valueFrom"), source.get("valueFrom"));
            assertTrue(kustomization.contains("[name=" + placeholder.get("name") + "]"));
        }
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
        assertFalse(built.contains("tollgate-placeholders"), "what holds the values is not applied");
        Deployment other = Chart.typed(Chart.object(built, "Deployment", "other"), Deployment.class);
        assertEquals(
                1, other.getSpec().getTemplate().getSpec().getInitContainers().size());
    }
}
