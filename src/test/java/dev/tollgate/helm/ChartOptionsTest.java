package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import dev.tollgate.policy.Policy;
import dev.tollgate.policy.PolicyReader;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What values change, and which are refused. */
class ChartOptionsTest {

    @Test
    void theRenderedPolicyIsOneThatTollgateReads() {
        Map<String, Object> config = Chart.object(Chart.render(Chart.OLD, null), "ConfigMap", "tollgate-policy");
        Policy policy = PolicyReader.read((String) Chart.map(config.get("data")).get("policy.yaml"), 0);
        assertEquals(3, policy.limits().size());
    }

    @Test
    void theChartTakesWhatAPolicyFileTakes() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode file = mapper.readTree(Path.of("src/main/resources/dev/tollgate/policy/policy.schema.json")
                .toFile());
        JsonNode values =
                mapper.readTree(Chart.ROOT.resolve("values.schema.json").toFile());
        ObjectNode policy = values.at("/properties/policy/properties").deepCopy();
        policy.remove("existingConfigMap");
        // A value has a default: 0 for none.
        ((ObjectNode) policy.get("revision")).put("minimum", 1);
        assertEquals(file.get("properties"), policy);
        assertEquals(file.get("$defs"), values.get("$defs"));

        String manifests = Chart.render(
                Chart.OLD,
                null,
                "policy.revision=7",
                "policy.default-max-tokens.*nova*=512",
                "policy.profiles[0].name=team a",
                "policy.profiles[0].model=amazon.nova-lite-v1:0");
        Policy read = PolicyReader.read(
                (String) Chart.map(Chart.object(manifests, "ConfigMap", "tollgate-policy")
                                .get("data"))
                        .get("policy.yaml"),
                0);
        assertTrue(read.version() > 0, "the revision");
        assertEquals(512, read.defaultMaxTokens().get(0).tokens());
        assertEquals("team a", read.declaredProfiles().get(0).name());
    }

    /** Pods whose Secret has another key than the chart reads do not start. */
    @Test
    void theReadmesSecretHasTheKeyThatTheChartReads() throws IOException {
        String key = (String)
                Chart.map(Chart.map(Chart.map(Chart.yaml().load(Files.readString(Chart.ROOT.resolve("values.yaml"))))
                                        .get("redis"))
                                .get("existingSecret"))
                        .get("key");
        for (Path readme : List.of(Path.of("README.md"), Chart.ROOT.resolve("README.md"))) {
            assertTrue(
                    Files.readString(readme)
                            .contains("secret generic team-redis --from-env-file=redis.env  # " + key + "=rediss://"),
                    readme.toString());
        }
    }

    @Test
    void aChangedPolicyChangesTheChecksums() {
        String before = Chart.render(Chart.OLD, null);
        String after = Chart.render(Chart.OLD, null, "policy.aliases.nova=us.amazon.nova-lite-v1:0");
        assertFalse(checksum(before).equals(checksum(after)));
        assertFalse(Chart.injection(before)
                .get("annotations")
                .equals(Chart.injection(after).get("annotations")));
    }

    private static Object checksum(String manifests) {
        Map<String, Object> config = Chart.object(manifests, "ConfigMap", "tollgate-policy");
        return Chart.map(Chart.map(config.get("metadata")).get("annotations")).get("tollgate.dev/checksum");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redis.url= | no ledger is chosen: expected one of redis.existingSecret.name",
                "redis.quickstart.enabled=true | several ledgers are chosen (redis.url, redis.quickstart.enabled)",
                "ledger.memory=true | several ledgers are chosen (redis.url, ledger.memory)",
                "aws.region= | aws.region is empty: expected the region of Bedrock",
                "settings.TOLLGATE_UPSTREAM_BEARER_TOKEN=abc | settings.TOLLGATE_UPSTREAM_BEARER_TOKEN is a value: expected a reference to a Secret",
                "extraEnv[0].name=AWS_BEARER_TOKEN_BEDROCK,extraEnv[0].value=abc | extraEnv AWS_BEARER_TOKEN_BEDROCK is a value",
                "settings.TOLLGATE_NOTIFY_WEBHOOK=https://x | settings.TOLLGATE_NOTIFY_WEBHOOK is a value",
                "image.variant=fast | image/variant",
                "runAsUser=0 | runAsUser",
                "image.tag=latest | image/tag",
                "injection.mode=always | injection/mode",
                "injection.mode=policy | expected Kubernetes 1.36 or newer, found v1.29.0",
                "guard.enabled=true | expected Kubernetes 1.30 or newer, found v1.29.0",
                "redis.url=localhost:6379 | redis/url",
                "redis.url=,redis.externalSecret.enabled=true | expected redis.externalSecret.storeName and redis.externalSecret.remoteKey too",
                "aws.endpoint=https://host/bedrock/v2 | aws/endpoint",
                "ports.data=80 | ports/data",
                "ports.data=9000 | expected two ports",
                "resources.limits.memory=lots | resources/limits/memory",
                "settings.FOO=bar | invalid propertyName 'FOO'",
                "cloudwatch.form=yes | cloudwatch/form",
                "cloudwatch.intervalSeconds=600 | cloudwatch/intervalSeconds",
                "settings.TOLLGATE_PORT=7777 | TOLLGATE_PORT of settings: the chart sets it itself; expected the value ports.data",
                "settings.AWS_REGION=eu-west-2 | AWS_REGION of settings: the chart sets it itself; expected the value aws.region",
                "extraEnv[0].name=TOLLGATE_LEDGER_ORG,extraEnv[0].value=b | TOLLGATE_LEDGER_ORG of extraEnv: the chart sets it itself; expected the value ledger.org",
                "extraEnv[0].name=A,extraEnv[0].value=b,extraEnv[1].name=A,extraEnv[1].value=c | A of extraEnv: expected each name once",
                "policy.limits[0].name=a,policy.limits[0].buget.usd=5 | buget",
                "policy.limits[0].name=a,policy.limits[0].budget.usd=5 | policy/limits/0",
                "policy.limits[0].name=a | policy/limits/0",
                "policy.tennants.a.environment=b | tennants",
                "policy.revision=-1 | policy/revision",
                "imagee.tag=1 | imagee"
            })
    void badValuesAreRefusedByName(String set, String message) {
        RuntimeException refused =
                assertThrows(RuntimeException.class, () -> Chart.render(Chart.OLD, null, set.split(",")));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }

    @Test
    void registriesHaveAPortAndRegionsLongNames() {
        String manifests = Chart.render(
                Chart.NEW,
                null,
                "cloudwatch.form=deployment",
                "aws.region=eusc-de-east-1",
                "cloudwatch.image=reg.local:5000/amazon/cloudwatch-agent:1.3");
        assertTrue(manifests.contains("reg.local:5000/amazon/cloudwatch-agent:1.3"));
        assertTrue(manifests.contains("eusc-de-east-1"));
    }

    @Test
    void theCloudWatchAgentNeedsARegionAndHasIt() {
        RuntimeException refused =
                assertThrows(RuntimeException.class, () -> Chart.render(Chart.NEW, null, "cloudwatch.form=deployment"));
        assertTrue(refused.getMessage().contains("expected cloudwatch.region or aws.region"), refused.getMessage());
        for (String form : List.of("deployment", "localhost")) {
            String manifests = Chart.render(
                    Chart.NEW, null, "cloudwatch.form=" + form, "cloudwatch.region=eu-west-2", "aws.region=eu-west-1");
            String agent = (String) Chart.map(Chart.object(manifests, "ConfigMap", "tollgate-cloudwatch")
                            .get("data"))
                    .get("cwagentconfig.json");
            assertEquals(
                    "eu-west-2", new JsonObject(agent).getJsonObject("agent").getString("region"));
        }
    }

    /** The add-on's chart takes `agents` as one list: who names one agent must name the add-on's own too. */
    @Test
    void theAddOnKeepsItsOwnAgentAndAccount() {
        String manifests = Chart.render(Chart.NEW, "external-secret");
        String values = (String) Chart.map(Chart.object(manifests, "ConfigMap", "tollgate-cloudwatch-addon")
                        .get("data"))
                .get("values.yaml");
        List<Map<String, Object>> agents =
                Chart.maps(Chart.map(Chart.yaml().load(values)).get("agents"));
        assertEquals(Map.of("name", "cloudwatch-agent"), agents.get(0));
        assertEquals("tollgate-team-a", agents.get(1).get("name"));
        assertFalse(values.contains("serviceAccount"), "nobody would make another one");
        assertEquals(
                Map.of("region", "eu-west-1"),
                Chart.map(agents.get(1).get("config")).get("agent"));
    }

    @Test
    void theVariantOfTheImageDecidesItsResources() {
        Container jvm = Chart.typed(
                Chart.map(Chart.injection(Chart.render(Chart.NEW, "quickstart")).get("sidecar")), Container.class);
        assertEquals("tollgate/tollgate:0.1.0-jvm", jvm.getImage());
        // Measured: 132 MiB idle, 149 MiB with 200 streams; see performance.md.
        assertEquals("160Mi", jvm.getResources().getRequests().get("memory").toString());
        assertEquals("256Mi", jvm.getResources().getLimits().get("memory").toString());
        Container sized = Chart.typed(
                Chart.map(Chart.injection(Chart.render(Chart.NEW, null, "resources.limits.memory=64Mi"))
                        .get("sidecar")),
                Container.class);
        assertEquals("64Mi", sized.getResources().getLimits().get("memory").toString());
    }

    @Test
    void nothingSecretIsInAPolicyOrAConfigMap() {
        String manifests = Chart.render(Chart.NEW, "full", "redis.url=rediss://:hunter2@redis.example.com");
        for (Map<String, Object> object : Chart.objects(manifests)) {
            assertEquals(object.get("kind").equals("Secret"), object.toString().contains("hunter2"), object.toString());
        }
        Map<String, Object> sidecar = Chart.map(Chart.injection(manifests).get("sidecar"));
        assertTrue(sidecar.toString().contains("secretKeyRef={key=api-key, name=bedrock}"), sidecar.toString());
        assertTrue(sidecar.toString().contains("secretRef={name=sidecar"), sidecar.toString());
    }

    @Test
    void twoReleasesShareNoNameInTheClusterAndNoDashboard() {
        Set<String> names = new HashSet<>();
        for (String[] release : new String[][] {{"a", "b-c"}, {"a-b", "c"}, {"a", "b"}, {"a", "c"}}) {
            String manifests = new Helm(Chart.ROOT)
                    .template()
                    .withName(release[0])
                    .withNamespace(release[1])
                    .withKubeVersion(Chart.NEW)
                    .withValuesFile(Chart.ROOT.resolve("ci/default-values.yaml"))
                    .call();
            String policy = (String)
                    Chart.map(Chart.only(manifests, "MutatingAdmissionPolicy").get("metadata"))
                            .get("name");
            assertTrue(names.add(policy), policy);
            for (Map<String, Object> object : Chart.objects(manifests)) {
                if (object.get("kind").equals("ConfigMap") && object.toString().contains("grafana_dashboard")) {
                    Chart.map(object.get("data")).forEach((file, json) -> {
                        assertTrue(names.add(file), file);
                        assertTrue(names.add(new JsonObject((String) json).getString("uid")), "uid of " + file);
                        assertTrue(
                                new JsonObject((String) json).getString("title").contains(release[1] + ": "));
                    });
                }
            }
        }
        String rules =
                Chart.only(Chart.render(Chart.NEW, "full"), "PrometheusRule").toString();
        assertTrue(rules.contains("namespace=\"team-a\"") && !rules.contains("namespace=~"), "its own namespace only");
    }

    @Test
    void theNetworkPolicyIsAChoiceAndCanKeepADefaultDeny() {
        assertFalse(Chart.render(Chart.NEW, null).contains("NetworkPolicy"));
        NetworkPolicy open =
                Chart.typed(Chart.only(Chart.render(Chart.NEW, "full"), "NetworkPolicy"), NetworkPolicy.class);
        assertEquals(2, open.getSpec().getIngress().size());
        NetworkPolicy closed = Chart.typed(
                Chart.only(Chart.render(Chart.NEW, "full", "networkPolicy.openOtherPorts=false"), "NetworkPolicy"),
                NetworkPolicy.class);
        assertEquals(1, closed.getSpec().getIngress().size());
        assertEquals(1, closed.getSpec().getIngress().get(0).getPorts().size());
    }

    @Test
    void theUsageFileHasAVolumeThatHoldsItsRotation() {
        Map<String, Object> injection = Chart.injection(Chart.render(Chart.NEW, "full"));
        Volume volume = Chart.typed(
                Chart.maps(injection.get("volumes")).stream()
                        .filter(v -> v.get("name").equals("tollgate-usage"))
                        .findFirst()
                        .orElseThrow(),
                Volume.class);
        // One file of 100 MB that is written and five old ones, see application.properties.
        assertTrue(volume.getEmptyDir().getSizeLimit().getNumericalAmount().longValue() > 600_000_000);
        assertTrue(injection.toString().contains("TOLLGATE_USAGE_FILE, value=/var/log/tollgate/usage.jsonl"));
        assertTrue(injection.toString().contains("mountPath=/var/log/tollgate"));
    }

    @Test
    void anOldClusterIsRefused() {
        RuntimeException refused = assertThrows(RuntimeException.class, () -> Chart.render("1.28.0", null));
        assertTrue(refused.getMessage().contains(">=1.29.0"), refused.getMessage());
    }
}
