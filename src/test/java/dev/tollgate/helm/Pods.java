package dev.tollgate.helm;

import java.util.LinkedHashMap;
import java.util.Map;

/** Pods for the admission policies. */
public final class Pods {

    /** Pods that ask for a sidecar and have none, by what is special with them. */
    public static final Map<String, String> BY_NAME = byName();

    private Pods() {}

    private static Map<String, String> byName() {
        Map<String, String> pods = new LinkedHashMap<>();
        pods.put("plain", "spec: { containers: [{ name: app, image: 'app:1' }] }");
        pods.put(
                "two containers",
                "spec: { containers: [{ name: app, image: 'app:1', env: [{ name: A, value: b }] }, { name: web, image: 'web:1' }] }");
        pods.put(
                "init containers",
                "spec: { initContainers: [{ name: migrate, image: 'app:1' }, { name: agent, image: 'mesh:1', restartPolicy: Always }],"
                        + " containers: [{ name: app, image: 'app:1' }] }");
        pods.put(
                "volumes",
                "spec: { volumes: [{ name: data, emptyDir: {} }], containers: [{ name: app, image: 'app:1' }] }");
        pods.put(
                "own region",
                "spec: { containers: [{ name: app, image: 'app:1', env: [{ name: AWS_REGION, value: us-west-2 }] }] }");
        pods.put(
                "empty region",
                "spec: { containers: [{ name: app, image: 'app:1', env: [{ name: A, value: b }, { name: AWS_REGION }, { name: C, value: d }] }] }");
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
        pods.put(
                "own secret to pull",
                "spec: { imagePullSecrets: [{ name: mine }], securityContext: { runAsUser: 65532 }, containers: [{ name: app, image: 'app:1' }] }");
        pods.put("thirty containers", thirty());
        return pods;
    }

    private static String thirty() {
        StringBuilder pod = new StringBuilder("spec: { containers: [");
        for (int i = 0; i < 30; i++) {
            pod.append(i == 0 ? "" : ", ").append("{ name: app-").append(i).append(", image: 'app:1', env: [");
            for (int j = 0; j < 20; j++) {
                pod.append("{ name: A").append(j).append(", value: b },");
            }
            pod.append("] }");
        }
        return pod.append("] }").toString();
    }

    /** One of the pods above that asks for the sidecar. */
    public static Map<String, Object> of(String name) {
        return of(name, "enabled");
    }

    /** @param label null for none */
    public static Map<String, Object> of(String name, String label) {
        return yaml(BY_NAME.get(name), label);
    }

    /** @param label null for none */
    public static Map<String, Object> yaml(String yaml, String label) {
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
}
