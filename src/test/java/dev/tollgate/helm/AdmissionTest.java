package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The mutating policy's CEL, over pods of every kind; {@link KubeAdmissionIT} shows the same on an API server. */
public class AdmissionTest {

    private static final String MANIFESTS = Chart.render(Chart.NEW, "full");
    private static final Admission ADMISSION = new Admission(MANIFESTS);
    private static final String REGION_OF_THE_NODE = "metadata.labels['topology.kubernetes.io/region']";

    static Stream<String> names() {
        return Pods.BY_NAME.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void podsThatAskGetTheSidecarAndPassTheGuard(String name) {
        Map<String, Object> pod = Pods.of(name);
        assertFalse(ADMISSION.problems(pod).isEmpty(), "without the sidecar the guard refuses it");
        Map<String, Object> injected = ADMISSION.mutate(pod);
        assertEquals(List.of(), ADMISSION.problems(injected));
        Pod typed = Chart.typed(injected, Pod.class);
        Container first = typed.getSpec().getInitContainers().get(0);
        assertEquals("tollgate", first.getName());
        assertEquals("Always", first.getRestartPolicy());
        assertEquals(
                List.of("ALL"), first.getSecurityContext().getCapabilities().getDrop());
        List<String> volumes =
                typed.getSpec().getVolumes().stream().map(v -> v.getName()).toList();
        first.getVolumeMounts().forEach(m -> assertTrue(volumes.contains(m.getName()), m.getName()));
        Stream.concat(
                        typed.getSpec().getContainers().stream(),
                        typed.getSpec().getInitContainers().stream().skip(1))
                .forEach(c -> assertEquals(
                        "http://127.0.0.1:8787",
                        env(c, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME").getValue()));
        assertEquals(injected, ADMISSION.mutate(injected), "asked again, nothing changes");
    }

    private static EnvVar env(Container container, String name) {
        return container.getEnv().stream()
                .filter(e -> e.getName().equals(name))
                .reduce((a, b) -> {
                    throw new AssertionError("twice: " + name);
                })
                .orElse(null);
    }

    private static Pod injected(String name) {
        return Chart.typed(ADMISSION.mutate(Pods.of(name)), Pod.class);
    }

    @Test
    void whatAPodHasStays() {
        Container region = injected("own region").getSpec().getContainers().get(0);
        assertEquals("us-west-2", env(region, "AWS_REGION").getValue());
        assertEquals(null, env(region, "AWS_DEFAULT_REGION"));
        assertEquals("tollgate", env(region, "AWS_ACCESS_KEY_ID").getValue());
        Container keys = injected("own keys").getSpec().getContainers().get(0);
        assertEquals(
                "keys",
                env(keys, "AWS_ACCESS_KEY_ID").getValueFrom().getSecretKeyRef().getName());
        assertEquals(null, env(keys, "AWS_SECRET_ACCESS_KEY"));
        Map<String, String> annotations =
                injected("own annotations").getMetadata().getAnnotations();
        assertEquals("globex", annotations.get("tollgate.dev/tenant"));
        assertEquals("shop", annotations.get("tollgate.dev/application"));
    }

    @Test
    void sidecarAndApplicationsHaveTheRegionOfTheNodeUnlessValuesNameOne() {
        Admission nodes = new Admission(Chart.render(Chart.NEW, null));
        for (String pod : List.of("plain", "empty region")) {
            Pod typed = Chart.typed(nodes.mutate(Pods.of(pod)), Pod.class);
            assertEquals(
                    REGION_OF_THE_NODE,
                    fieldPath(typed.getSpec().getInitContainers().get(0), "AWS_REGION"));
            Container app = typed.getSpec().getContainers().get(0);
            assertEquals(REGION_OF_THE_NODE, fieldPath(app, "AWS_REGION"), pod);
            assertEquals(REGION_OF_THE_NODE, fieldPath(app, "AWS_DEFAULT_REGION"), pod);
        }
        Pod named = injected("empty region");
        assertEquals(
                "eu-central-1",
                env(named.getSpec().getContainers().get(0), "AWS_REGION").getValue());
        assertEquals(
                "eu-central-1",
                env(named.getSpec().getInitContainers().get(0), "AWS_REGION").getValue());
    }

    private static String fieldPath(Container container, String name) {
        return env(container, name).getValueFrom().getFieldRef().getFieldPath();
    }

    @Test
    void theRoleIsTheSidecarsAlone() {
        assertEquals(
                "app,migrate,agent",
                injected("init containers").getMetadata().getAnnotations().get("eks.amazonaws.com/skip-containers"));
        assertEquals(
                "mesh,app",
                injected("own annotations").getMetadata().getAnnotations().get("eks.amazonaws.com/skip-containers"));
        Pod keeps = injected("keeps its credentials");
        assertFalse(keeps.getMetadata().getAnnotations().containsKey("eks.amazonaws.com/skip-containers"));
        assertEquals(null, env(keeps.getSpec().getContainers().get(0), "AWS_ACCESS_KEY_ID"));
    }

    @Test
    void aContainerThatAWebhookAddsLaterGetsEndpointAndSkipContainersToo() {
        Map<String, Object> pod = ADMISSION.mutate(Pods.of("plain"));
        Chart.maps(Chart.map(pod.get("spec")).get("containers")).add(Map.of("name", "mesh", "image", "mesh:1"));
        assertFalse(ADMISSION.problems(pod).isEmpty());
        Map<String, Object> again = ADMISSION.mutate(pod);
        assertEquals(List.of(), ADMISSION.problems(again));
        assertEquals(
                "app,mesh",
                Chart.typed(again, Pod.class).getMetadata().getAnnotations().get("eks.amazonaws.com/skip-containers"));
    }

    @Test
    void podsThatDoNotAskAreLeftAlone() {
        for (String label : new String[] {null, "disabled"}) {
            Map<String, Object> pod = Pods.of("plain", label);
            assertEquals(pod, ADMISSION.mutate(pod));
        }
        Admission lenient = new Admission(Chart.render(Chart.NEW, null));
        assertEquals(List.of(), lenient.problems(Pods.of("plain", null)));
        assertEquals(List.of(), lenient.problems(Pods.of("plain", "disabled")));
    }

    @Test
    void aLabelOfTheNamespaceAsksForAllItsPods() {
        Admission all = new Admission(Chart.render(Chart.NEW, null), Map.of("tollgate.dev/inject", "enabled"));
        Map<String, Object> injected = all.mutate(Pods.of("plain", null));
        assertEquals(all.mutate(Pods.of("plain")), injected);
        assertEquals(List.of(), all.problems(injected));
        assertTrue(all.problems(Pods.of("plain", null)).get(0).contains("not the sidecar"));
        Map<String, Object> out = Pods.of("plain", "disabled");
        assertEquals(out, all.mutate(out));
        assertEquals(List.of(), all.problems(out));
        Map<String, Object> host =
                Pods.yaml("spec: { hostNetwork: true, containers: [{ name: app, image: 'app:1' }] }", null);
        assertEquals(host, all.mutate(host), "it has not asked itself");
        assertEquals(List.of(), all.problems(host));
    }

    @Test
    void numbersInValuesMeanWhatPeopleMean() {
        Container sidecar = injected("plain").getSpec().getInitContainers().get(0);
        assertEquals("25000000", env(sidecar, "TOLLGATE_PROXY_MAX_BODY_BYTES").getValue());
        assertEquals("500", env(sidecar, "TOLLGATE_METRICS_MAX_TENANTS").getValue());
        assertEquals("0.1", sidecar.getResources().getRequests().get("cpu").toString());
        assertEquals("1", sidecar.getResources().getLimits().get("cpu").toString());
    }

    @Test
    void wrongFieldsAreFoundWhenCompiled() {
        KubernetesCel cel = new KubernetesCel(Map.of());
        assertThrows(
                IllegalArgumentException.class,
                () -> cel.evaluate("Object{spec: Object.spec{containerz: []}}", Map.of(), Map.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> cel.evaluate(
                        "Object.spec.initContainers.securityContext{runAsUser: \"root\"}", Map.of(), Map.of()));
    }
}
