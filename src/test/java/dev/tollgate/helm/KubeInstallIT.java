package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Installing, upgrading and uninstalling the chart on a real API server. */
@Tag("kube")
@Timeout(180)
class KubeInstallIT {

    private static final String CHART = Chart.ROOT.toString();
    private static final Path CI = Chart.ROOT.resolve("ci");
    private static final String PREVIOUS = "src/test/resources/helm/previous-chart.tgz";

    private static RealKube kube;

    @BeforeAll
    @Timeout(240)
    static void start() {
        kube = RealKube.startOrSkip();
        kube.customKinds();
    }

    @AfterAll
    static void stop() {
        if (kube != null) {
            kube.close();
        }
    }

    static Stream<String> valuesFiles() throws IOException {
        try (Stream<Path> files = Files.list(CI)) {
            return files.map(f -> f.getFileName().toString().replace("-values.yaml", "")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void everyValuesFileIsAppliedStrictlyAndASecondTimeNothingChanges(String values) {
        String namespace = "apply-" + values;
        kube.namespace(namespace);
        // The account of `helm test` is the application's.
        kube.kubectl("create", "serviceaccount", "web", "-n", namespace).ok();
        String manifests = kube.helm("template tollgate " + CHART + " -n " + namespace + " -f "
                        + CI.resolve(values + "-values.yaml").toString())
                .ok();
        kube.kubectlWith(manifests, "apply", "--server-side", "--validate=strict", "-n", namespace, "-f", "-")
                .ok();
        RealKube.Result diff =
                kube.kubectlWith(manifests, "diff", "--server-side", "--force-conflicts", "-n", namespace, "-f", "-");
        assertEquals(0, diff.exit(), diff.out() + diff.err());

        // What Argo CD compares: the API server has added no default that the chart does not write.
        for (Map<String, Object> object : Chart.objects(manifests)) {
            String kind = (String) object.get("kind");
            if (kind.contains("AdmissionPolicy") || kind.equals("NetworkPolicy")) {
                String name = (String) Chart.map(object.get("metadata")).get("name");
                Map<String, Object> live = kube.get(kind, name, "-n", namespace);
                assertEquals(
                        Golden.yaml(Map.of("spec", object.get("spec"))),
                        Golden.yaml(Map.of("spec", live.get("spec"))),
                        kind);
            }
        }
    }

    @Test
    void aPackagedChartHasTheImagesOfItsReleaseByDigest(@TempDir Path folder) {
        String digest = "sha256:" + "0123456789abcdef".repeat(4);
        String jvm = "sha256:" + "fedcba9876543210".repeat(4);
        kube.script("helm/package", "1.2.3", "registry.example.com/team/tollgate", digest, jvm, folder.toString())
                .ok();
        String packaged = folder.resolve("tollgate-1.2.3.tgz") + " -n x --set ledger.memory=true";
        assertTrue(kube.helm("template t " + packaged)
                .ok()
                .contains("image: registry.example.com/team/tollgate@" + digest));
        assertTrue(
                kube.helm("template t --set image.variant=jvm " + packaged).ok().contains("tollgate@" + jvm));
        assertTrue(
                kube.helm("template t --set image.tag=1.2.4 " + packaged).ok().contains("tollgate:1.2.4"));
        assertTrue(kube.helm("show chart " + folder.resolve("tollgate-1.2.3.tgz"))
                .ok()
                .contains("appVersion: 1.2.3"));
        RealKube.Result refused = kube.script("helm/package", "1.2.3", "a/b", "latest", jvm, folder.toString());
        assertTrue(refused.exit() == 1 && refused.err().contains("expected a digest sha256:"), refused.err());
    }

    @Test
    void theKustomizeBaseAndComponentApply() {
        kube.namespace("kustomized");
        String base = kube.kubectl("kustomize", "k8s/base").ok();
        kube.kubectlWith(base, "apply", "--server-side", "--validate=strict", "-n", "kustomized", "-f", "-")
                .ok();
    }

    @Test
    void twoReleasesLiveBesideEachOther() {
        for (String[] release : new String[][] {{"a", "b-c"}, {"a-b", "c"}}) {
            kube.namespace(release[1]);
            kube.helm("install " + release[0] + " " + CHART + " -n " + release[1] + " --set ledger.memory=true --set "
                            + "identity.tenant=" + release[0])
                    .ok();
        }
        for (String[] release : new String[][] {{"a", "b-c"}, {"a-b", "c"}}) {
            kube.awaitInjection(release[1]);
            Map<String, Object> pod = kube.created(release[1], Pods.of("plain"));
            assertEquals(
                    release[0],
                    Chart.map(Chart.map(pod.get("metadata")).get("annotations")).get("tollgate.dev/tenant"));
            assertTrue(pod.toString().contains("name=" + release[0] + "-policy"), pod.toString());
        }
        kube.helm("uninstall a -n b-c").ok();
        kube.awaitNoInjection("b-c");
        assertTrue(kube.created("c", Pods.of("plain")).toString().contains("a-b-policy"), "the other one stays");
    }

    @Test
    void theAgentMayListPodsOfItsNamespaceAndNothingElse() {
        kube.namespace("agent");
        kube.helm("install tollgate " + CHART + " -n agent -f "
                        + CI.resolve("full-values.yaml").toString()
                        + " --set guard.enabled=false --set injection.mode=none")
                .ok();
        assertEquals("yes", mayI("list", "pods", "agent"));
        assertEquals("yes", mayI("watch", "pods", "agent"));
        assertEquals("no", mayI("list", "pods", "default"));
        assertEquals("no", mayI("get", "secrets", "agent"));
        assertEquals("no", mayI("create", "pods", "agent"));
    }

    private static String mayI(String verb, String resource, String namespace) {
        return kube.kubectl(
                        "auth",
                        "can-i",
                        verb,
                        resource,
                        "-n",
                        namespace,
                        "--as",
                        "system:serviceaccount:agent:gate-cloudwatch")
                .out()
                .strip();
    }

    @Test
    void anUpgradeFromThePreviousChartKeepsInjectingAndAdmitsWhatWasInjectedBefore() {
        kube.namespace("upgraded");
        kube.helm("install tollgate " + PREVIOUS
                        + " -n upgraded --set redis.url=redis://ledger:6379 --set aws.region=eu-west-1")
                .ok();
        kube.awaitInjection("upgraded");
        Map<String, Object> before = kube.created("upgraded", Pods.of("plain"));
        Chart.map(before.get("metadata")).keySet().retainAll(Set.of("name", "labels", "annotations"));

        kube.helm("upgrade tollgate " + CHART + " -n upgraded --reset-then-reuse-values --set identity.tenant=acme")
                .ok();
        Ports.await(
                "the new policy to inject",
                () -> kube.tryCreate("upgraded", Pods.of("plain")).out().contains("acme"));
        Map<String, Object> after = kube.created("upgraded", Pods.of("plain"));
        assertEquals(
                1,
                Chart.maps(Chart.map(after.get("spec")).get("initContainers")).size());
        assertEquals(
                0,
                kube.tryCreate("upgraded", before).exit(),
                kube.tryCreate("upgraded", before).err());
        assertEquals(
                List.of("tollgate.upgraded"),
                names("mutatingadmissionpolicies").stream()
                        .filter(n -> n.contains("upgraded"))
                        .toList());
    }

    private static List<String> names(String kind) {
        List<String> names = new ArrayList<>();
        Chart.maps(kube.get(kind).get("items"))
                .forEach(o -> names.add((String) Chart.map(o.get("metadata")).get("name")));
        return names;
    }

    @Test
    void uninstallingLeavesNothingButTheGuardIfThatIsWanted() {
        kube.namespace("gone");
        String full = CI.resolve("full-values.yaml").toString();
        kube.helm("install tollgate " + CHART + " -n gone -f " + full + " --set guard.keep=false")
                .ok();
        kube.awaitInjection("gone");
        kube.helm("uninstall tollgate -n gone").ok();
        assertEquals(List.of(), remaining("gone"));
        kube.awaitNoInjection("gone");

        kube.namespace("kept");
        kube.helm("install tollgate " + CHART + " -n kept -f " + full).ok();
        kube.awaitInjection("kept");
        kube.helm("uninstall tollgate -n kept").ok();
        assertEquals(
                List.of("ValidatingAdmissionPolicy gate.kept", "ValidatingAdmissionPolicyBinding gate.kept"),
                remaining("kept"));
        Ports.await(
                "the kept guard to refuse a pod that nobody injects any more",
                () -> kube.tryCreate("kept", Pods.of("plain")).err().contains("not the sidecar tollgate"));
    }

    /** Objects of a release that has been uninstalled. */
    private static List<String> remaining(String namespace) {
        String kinds = String.join(
                ",",
                kube.kubectl("api-resources", "--verbs=list,delete", "-o", "name")
                        .ok()
                        .lines()
                        .filter(kind -> !kind.startsWith("events") && !kind.startsWith("componentstatuses"))
                        .toList());
        List<String> names = new ArrayList<>();
        Ports.await("pods of controllers to end", () -> {
            names.clear();
            kube.kubectl(
                            "get",
                            kinds,
                            "-n",
                            namespace,
                            "-l",
                            "app.kubernetes.io/instance=tollgate",
                            "-o",
                            "jsonpath={range .items[*]}{.kind} {.metadata.name}{\"\\n\"}{end}")
                    .ok()
                    .lines()
                    .filter(l -> !l.contains("AdmissionPolicy") || l.endsWith("." + namespace))
                    .forEach(names::add);
            return names.stream().noneMatch(n -> n.startsWith("Pod ") || n.startsWith("ReplicaSet "));
        });
        return names;
    }
}
