package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The admission policies' CEL, over pods of every kind. */
public class AdmissionTest {

    private static final String MANIFESTS = Chart.render(Chart.NEW, "full");
    private static final Admission ADMISSION = new Admission(MANIFESTS);

    /** Pods that ask for a sidecar and have none, by what is special with them. */
    public static final Map<String, String> PODS = pods();

    private static Map<String, String> pods() {
        Map<String, String> pods = new LinkedHashMap<>();
        pods.put("plain", "spec: { containers: [{ name: app, image: 'app:1' }] }");
        pods.put(
                "two containers",
                "spec: { containers: [{ name: app, image: 'app:1', env: [{ name: A, value: b }] }, { name: web, image: 'web:1' }] }");
        pods.put(
                "init containers",
                "spec: { initContainers: [{ name: migrate, image: 'app:1' }, { name: mesh, image: 'mesh:1', restartPolicy: Always }],"
                        + " containers: [{ name: app, image: 'app:1' }] }");
        pods.put(
                "volumes",
                "spec: { volumes: [{ name: data, emptyDir: {} }], containers: [{ name: app, image: 'app:1' }] }");
        pods.put(
                "own region",
                "spec: { containers: [{ name: app, image: 'app:1', env: [{ name: AWS_REGION, value: us-west-2 }] }] }");
        pods.put(
                "own keys",
                "spec: { containers: [{ name: app, image: 'app:1', env: [{ name: AWS_ACCESS_KEY_ID, valueFrom:"
                        + " { secretKeyRef: { name: keys, key: id } } }] }] }");
        pods.put(
                "own annotations",
                "metadata: { annotations: { tollgate.dev/tenant: globex, eks.amazonaws.com/skip-containers: mesh } }\n"
                        + "spec: { containers: [{ name: app, image: 'app:1' }] }");
        pods.put(
                "keeps its credentials",
                "metadata: { annotations: { tollgate.dev/credentials: keep } }\n"
                        + "spec: { containers: [{ name: app, image: 'app:1' }] }");
        pods.put(
                "a job's",
                "metadata: { labels: { job-name: nightly } }\nspec: { restartPolicy: Never, containers: [{ name: app, image: 'app:1' }] }");
        pods.put(
                "own endpoint, the same",
                "spec: { containers: [{ name: app, image: 'app:1', env: [{ name: AWS_ENDPOINT_URL_BEDROCK_RUNTIME, value:"
                        + " 'http://127.0.0.1:8787' }] }] }");
        return pods;
    }

    public static Map<String, Object> pod(String yaml, String label) {
        Map<String, Object> pod = Admission.copy(Chart.map(Chart.yaml().load(yaml)));
        pod.put("apiVersion", "v1");
        pod.put("kind", "Pod");
        Map<String, Object> metadata = Chart.map(pod.computeIfAbsent("metadata", k -> new LinkedHashMap<>()));
        metadata.put("name", "it");
        if (label != null) {
            Chart.map(metadata.computeIfAbsent("labels", k -> new LinkedHashMap<>()))
                    .put("tollgate.dev/inject", label);
        }
        return pod;
    }

    static Stream<String> names() {
        return PODS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void podsThatAskGetTheSidecarAndPassTheGuard(String name) {
        Map<String, Object> pod = pod(PODS.get(name), "enabled");
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
        return Chart.typed(ADMISSION.mutate(pod(PODS.get(name), "enabled")), Pod.class);
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
    void theRoleIsTheSidecarsAlone() {
        assertEquals(
                "app,migrate,mesh",
                injected("init containers").getMetadata().getAnnotations().get("eks.amazonaws.com/skip-containers"));
        assertEquals(
                "mesh,app",
                injected("own annotations").getMetadata().getAnnotations().get("eks.amazonaws.com/skip-containers"));
        Pod keeps = injected("keeps its credentials");
        assertFalse(keeps.getMetadata().getAnnotations().containsKey("eks.amazonaws.com/skip-containers"));
        assertEquals(null, env(keeps.getSpec().getContainers().get(0), "AWS_ACCESS_KEY_ID"));
    }

    @Test
    void podsThatDoNotAskAreLeftAlone() {
        for (String label : new String[] {null, "disabled"}) {
            Map<String, Object> pod = pod(PODS.get("plain"), label);
            assertEquals(pod, ADMISSION.mutate(pod));
        }
        Admission lenient = new Admission(Chart.render(Chart.NEW, null));
        assertEquals(List.of(), lenient.problems(pod(PODS.get("plain"), null)));
        assertEquals(List.of(), lenient.problems(pod(PODS.get("plain"), "disabled")));
    }

    @Test
    void theGuardTellsWhatIsWrong() {
        Map<String, Object> good = ADMISSION.mutate(pod(PODS.get("plain"), "enabled"));

        assertTrue(
                ADMISSION.problems(pod(PODS.get("plain"), null)).get(0).contains("give the pod the label"),
                "guard.everyPod");
        assertEquals(
                List.of("label tollgate.dev/inject: expected enabled or disabled, found yes"),
                ADMISSION.problems(pod(PODS.get("plain"), "yes")));

        Map<String, Object> elsewhere = pod(
                "spec: { containers: [{ name: app, image: 'app:1', env: [{ name: AWS_ENDPOINT_URL_BEDROCK_RUNTIME, value:"
                        + " 'https://bedrock-runtime.us-east-1.amazonaws.com' }] }] }",
                "enabled");
        assertTrue(
                ADMISSION.problems(ADMISSION.mutate(elsewhere)).get(0).startsWith("every container must find Bedrock"));

        Map<String, Object> host = Admission.copy(good);
        Chart.map(host.get("spec")).put("hostNetwork", true);
        assertTrue(ADMISSION.problems(host).get(0).contains("remove hostNetwork"));

        Map<String, Object> other = Admission.copy(good);
        Chart.maps(Chart.map(other.get("spec")).get("initContainers")).get(0).put("image", "evil/tollgate:0.1.0");
        assertTrue(ADMISSION.problems(other).get(0).contains("not the sidecar tollgate of image tollgate/tollgate"));

        Map<String, Object> endsFirst = Admission.copy(good);
        Chart.maps(Chart.map(endsFirst.get("spec")).get("initContainers"))
                .get(0)
                .remove("restartPolicy");
        assertEquals(1, ADMISSION.problems(endsFirst).size());
    }

    @Test
    void wrongFieldsAreFoundWhenCompiled() {
        KubernetesCel cel = new KubernetesCel();
        assertThrows(
                IllegalArgumentException.class,
                () -> cel.evaluate("Object{spec: Object.spec{containerz: []}}", Map.of(), Map.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> cel.evaluate(
                        "Object.spec.initContainers.securityContext{runAsUser: \"root\"}", Map.of(), Map.of()));
    }
}
