package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The CronJob that makes Parquet of a bucket. */
class EtlChartTest {

    private static CronJob job(String... sets) {
        return Chart.typed(
                Chart.object(Chart.render(Chart.NEW, "etl", sets), "CronJob", "tollgate-etl"), CronJob.class);
    }

    private static PodSpec pod(CronJob job) {
        return job.getSpec().getJobTemplate().getSpec().getTemplate().getSpec();
    }

    @Test
    void isNotThereUnlessItIsWanted() {
        assertFalse(Chart.render(Chart.NEW, null).contains("CronJob"));
    }

    @Test
    void neverRunsTwiceAtOnceAndEndsInTime() {
        CronJob job = job();
        assertEquals("30 2 * * *", job.getSpec().getSchedule());
        assertEquals("Etc/UTC", job.getSpec().getTimeZone());
        assertEquals("Forbid", job.getSpec().getConcurrencyPolicy());
        assertEquals(21600L, job.getSpec().getJobTemplate().getSpec().getActiveDeadlineSeconds());
        assertEquals("Never", pod(job).getRestartPolicy());
    }

    @Test
    void readsByTheJvmImageAndUploadsWithoutDeleting() {
        PodSpec pod = pod(job());
        Container tables = pod.getInitContainers().get(0);
        assertEquals("tollgate/tollgate:0.1.0-jvm", tables.getImage());
        assertEquals("/jre/bin/java", tables.getCommand().get(0));
        assertEquals(
                List.of(
                        "s3://bedrock-logs/AWSLogs/111122223333/BedrockModelInvocationLogs/eu-west-1/",
                        "s3://usage-records/team-a/"),
                tables.getArgs().subList(6, 8));
        Container upload = pod.getContainers().get(0);
        assertEquals(
                List.of(
                        "s3",
                        "sync",
                        "--no-progress",
                        "--exclude",
                        "_inputs/*",
                        "/tables/out",
                        "s3://reports/tollgate"),
                upload.getArgs());
        assertTrue(upload.getVolumeMounts().get(0).getReadOnly());
        String digest = "sha256:" + "0123456789abcdef".repeat(4);
        assertEquals(
                "tollgate/tollgate@" + digest,
                pod(job("image.jvmDigest=" + digest, "image.tag=1.2.3"))
                        .getInitContainers()
                        .get(0)
                        .getImage());
        assertEquals(
                "tollgate/tollgate:1.2.3-jvm",
                pod(job("image.variant=jvm", "image.tag=1.2.3-jvm"))
                        .getInitContainers()
                        .get(0)
                        .getImage());
    }

    @Test
    void hasARoleOfItsOwnOrAnAccountThatIsThere() {
        ServiceAccount account = Chart.typed(
                Chart.object(Chart.render(Chart.NEW, "etl"), "ServiceAccount", "tollgate-etl"), ServiceAccount.class);
        assertEquals(
                "arn:aws:iam::111122223333:role/tollgate-etl",
                account.getMetadata().getAnnotations().get("eks.amazonaws.com/role-arn"));
        assertEquals("tollgate-etl", pod(job()).getServiceAccountName());
        String existing = Chart.render(Chart.NEW, "etl", "etl.serviceAccountName=reports");
        assertFalse(existing.contains("kind: ServiceAccount"));
        assertEquals("reports", pod(job("etl.serviceAccountName=reports")).getServiceAccountName());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "etl.output= | expected etl.inputs, a list of s3:// prefixes, and etl.output",
                "etl.output=/mnt | etl/output",
                "etl.inputs[0]=logs/ | etl/inputs",
                "etl.schedule=nightly | etl/schedule",
                "etl.uploadImage=amazon/aws-cli:latest | etl/uploadImage",
                "otlp.endpoint=collector:4318 | otlp/endpoint",
                "settings.TOLLGATE_OTLP_HEADERS=key=1 | settings.TOLLGATE_OTLP_HEADERS is a value",
            })
    void badValuesAreRefusedByName(String set, String message) {
        RuntimeException refused = assertThrows(RuntimeException.class, () -> Chart.render(Chart.NEW, "etl", set));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }

    @Test
    void theDocumentedIamPolicyAllowsWhatTheJobDoesAndNoMore() throws IOException {
        String docs = Files.readString(Path.of("src/docs/operations.md"));
        String section = docs.substring(docs.indexOf("## Parquet every night"));
        JsonObject policy =
                new JsonObject(section.substring(section.indexOf("    {"), section.indexOf("\n    }\n") + 6));
        Set<String> actions = new HashSet<>();
        for (Object statement : policy.getJsonArray("Statement")) {
            JsonArray all = ((JsonObject) statement).getJsonArray("Action");
            all.forEach(a -> actions.add((String) a));
            assertFalse(((JsonObject) statement).getJsonArray("Resource").contains("*"));
        }
        assertEquals(Set.of("s3:ListBucket", "s3:GetObject", "s3:PutObject"), actions);
    }

    @Test
    void theSidecarExportsWhereTheChartSays() {
        Container sidecar = Chart.typed(
                Chart.map(Chart.injection(Chart.render(Chart.NEW, "etl")).get("sidecar")), Container.class);
        assertTrue(sidecar.getEnv().stream()
                .anyMatch(e -> e.getName().equals("TOLLGATE_OTLP_ENDPOINT")
                        && e.getValue().equals("http://collector.observability:4318")));
        assertTrue(sidecar.getEnv().stream()
                .anyMatch(e -> e.getName().equals("OTEL_RESOURCE_ATTRIBUTES")
                        && e.getValue().equals("k8s.namespace.name=team-a")));
    }
}
