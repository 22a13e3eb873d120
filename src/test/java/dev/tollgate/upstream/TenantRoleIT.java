package dev.tollgate.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.SimulatedSts;
import dev.tollgate.harness.SimulatedSts.Assumed;
import dev.tollgate.harness.SimulatedSts.Behaviour;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of tenants signed by sessions of one role with session tags, against an STS that checks each request. */
class TenantRoleIT {

    private static final String ROLE = "arn:aws:iam::111122223333:role/tollgate-tenant";
    private static final Vertx VERTX = Vertx.vertx();
    private static final AtomicReference<SimulatedSts> STS = new AtomicReference<>();
    private static Upstreams upstream;

    @BeforeAll
    static void start() {
        upstream = Upstreams.start((request, body) -> STS.get().problem(request, body));
    }

    @BeforeEach
    void freshSts() {
        STS.set(new SimulatedSts(VERTX));
    }

    @AfterAll
    static void stop() {
        upstream.close();
        Upstreams.await(VERTX.close());
    }

    private static Map<String, String> settings(String... more) {
        Map<String, String> settings = new HashMap<>(upstream.settings(
                "AWS_ENDPOINT_URL_STS",
                STS.get().url(),
                "TOLLGATE_IDENTITY_TRUST",
                "request",
                "TOLLGATE_IDENTITY_TENANTS",
                "*",
                "TOLLGATE_UPSTREAM_TENANT_ROLE",
                ROLE));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    private static HttpResponse<byte[]> call(SidecarProcess sidecar, String tenant, String... headers) {
        List<String> all = new ArrayList<>(List.of("X-Tollgate-Tenant", tenant));
        all.addAll(List.of(headers));
        return Http.post(sidecar, Http.NOVA + "converse", Http.converse(2), all.toArray(String[]::new));
    }

    private static String lastKey() {
        String authorization = upstream.simulator()
                .received()
                .get(upstream.simulator().received().size() - 1)
                .headers()
                .get("authorization");
        return authorization.replaceAll(".*Credential=([^/]+)/.*", "$1");
    }

    @Test
    void callsOfATenantAreSignedByASessionThatNamesItAndItsCostCenter() {
        String policy = Upstreams.policy("tenants: { acme: { cost-center: sales, environment: prod } }")
                .toString();
        try (SidecarProcess sidecar = SidecarProcess.serve(settings("TOLLGATE_POLICY_FILE", policy))) {
            for (String tenant : List.of("acme", "globex", "acme", "acme", "globex")) {
                HttpResponse<byte[]> answer = call(sidecar, tenant, "X-Tollgate-Application", "web");
                assertEquals(200, answer.statusCode(), new String(answer.body()) + sidecar.log());
                String name = tenant;
                assertEquals(
                        STS.get().assumed().stream()
                                .filter(a -> a.name().equals(name))
                                .map(Assumed::key)
                                .toList(),
                        List.of(lastKey()));
            }
            List<Assumed> assumed = STS.get().assumed();
            assertEquals(2, assumed.size());
            assertEquals(
                    new Assumed(
                            "acme",
                            ROLE,
                            Map.of(
                                    "tenantId",
                                    "acme",
                                    "costCenter",
                                    "sales",
                                    "applicationId",
                                    "web",
                                    "environment",
                                    "prod"),
                            3600,
                            assumed.get(0).key()),
                    assumed.get(0));
            assertEquals(
                    Map.of(
                            "tenantId",
                            "globex",
                            "costCenter",
                            "unassigned",
                            "applicationId",
                            "web",
                            "environment",
                            "unknown"),
                    assumed.get(1).tags());
            assertEquals(2, sidecar.metric("tollgate_tenant_role_total", "assumed"));
            assertFalse(
                    sidecar.log().contains("secret-of") || sidecar.log().contains("token-of"), "no secret in a log");
        }
    }

    @Test
    void firstCallsThatComeTogetherShareOneRequest() {
        STS.get().behave(tenant -> Behaviour.GOOD.after(300));
        ExecutorService callers = Executors.newFixedThreadPool(20);
        try (SidecarProcess sidecar = SidecarProcess.serve(settings())) {
            List<CompletableFuture<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                calls.add(CompletableFuture.supplyAsync(
                        () -> call(sidecar, "acme").statusCode(), callers));
            }
            calls.forEach(c -> assertEquals(200, c.join()));
            assertEquals(1, STS.get().asked());
        } finally {
            callers.shutdown();
        }
    }

    @Test
    void aTenantWhoseRoleIsDeniedGets503AndIsChargedNothingAndOthersAreServed() {
        STS.get().behave(tenant -> tenant.equals("acme") ? Behaviour.error(403, "AccessDenied") : Behaviour.GOOD);
        String policy = Upstreams.policy("limits: [ { name: day, budget: { usd: 1, per: day } } ]")
                .toString();
        try (SidecarProcess sidecar = SidecarProcess.serve(settings("TOLLGATE_POLICY_FILE", policy))) {
            for (int i = 0; i < 5; i++) {
                HttpResponse<byte[]> answer = call(sidecar, "acme");
                assertEquals(503, answer.statusCode());
                assertEquals(
                        "ServiceUnavailableException",
                        answer.headers().firstValue("x-amzn-ErrorType").orElse(""));
                assertEquals(
                        "Tollgate cannot sign for this tenant: tollgate.upstream.tenant-role could not be assumed"
                                + " (AccessDenied)",
                        new JsonObject(new String(answer.body())).getString("message"));
            }
            JsonObject limit = new JsonObject(sidecar.get("/tollgate/v1/limits").body())
                    .getJsonArray("limits")
                    .getJsonObject(0);
            assertEquals(0, limit.getLong("used") + limit.getLong("held"), limit.encode());
            assertEquals(200, call(sidecar, "globex").statusCode());
            assertEquals(1, sidecar.metric("tollgate_credentials_up"), "the pod's own are well");
            assertEquals(5, sidecar.metric("tollgate_tenant_role_total", "denied"));
            assertEquals(
                    1,
                    sidecar.log()
                            .lines()
                            .filter(l -> l.contains("cannot be assumed for tenant acme: AccessDenied"))
                            .count(),
                    "logged once");
            STS.get().behave(tenant -> Behaviour.GOOD);
            Ports.await(
                    Duration.ofSeconds(40),
                    "acme served again",
                    () -> call(sidecar, "acme").statusCode() == 200);
            Ports.await(
                    "the end in the log", () -> sidecar.log().contains("The role of tenant acme can be assumed again"));
        }
    }

    @Test
    void bySettingCallsWithoutASessionAreSignedAsThePod() {
        STS.get().behave(tenant -> Behaviour.error(403, "AccessDenied"));
        try (SidecarProcess sidecar = SidecarProcess.serve(settings("TOLLGATE_UPSTREAM_TENANT_ROLE_FAILURE", "pod"))) {
            for (int i = 0; i < 3; i++) {
                assertEquals(200, call(sidecar, "acme").statusCode());
                assertEquals("AKIDEXAMPLE", lastKey());
            }
            assertEquals(3, sidecar.metric("tollgate_tenant_role_total", "fallback"));
            assertEquals(0, sidecar.metric("tollgate_tenant_role_total", "denied"));
        }
    }

    @Test
    void anStsThatIsMuteForOneTenantHoldsUpNoOther() {
        STS.get().behave(tenant -> tenant.startsWith("mute") ? Behaviour.MUTE : Behaviour.GOOD);
        ExecutorService callers = Executors.newFixedThreadPool(60);
        try (SidecarProcess sidecar = SidecarProcess.serve(settings())) {
            call(sidecar, "warm");
            List<CompletableFuture<HttpResponse<byte[]>>> mute = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                String tenant = "mute" + i;
                mute.add(CompletableFuture.supplyAsync(() -> call(sidecar, tenant), callers));
            }
            Ports.await(
                    Duration.ofSeconds(10), "60 open requests", () -> STS.get().mostOpen() >= 60);
            for (String tenant : List.of("warm", "fresh1", "fresh2", "fresh3")) {
                long start = System.nanoTime();
                assertEquals(200, call(sidecar, tenant).statusCode());
                long millis = (System.nanoTime() - start) / 1_000_000;
                assertTrue(millis < 4000, tenant + " waited " + millis + " ms");
            }
            assertFalse(mute.stream().allMatch(CompletableFuture::isDone), "meanwhile some still wait");
            mute.forEach(m -> assertEquals(503, m.join().statusCode()));
            Ports.await("a denial at once", () -> {
                long start = System.nanoTime();
                return call(sidecar, "mute0").statusCode() == 503 && System.nanoTime() - start < 1_500_000_000L;
            });
        } finally {
            callers.shutdown();
        }
    }

    @Test
    void throttlingIsTriedAgainWithinTheCall() {
        AtomicInteger tries = new AtomicInteger();
        STS.get().behave(tenant -> tries.incrementAndGet() < 3 ? Behaviour.error(400, "Throttling") : Behaviour.GOOD);
        try (SidecarProcess sidecar = SidecarProcess.serve(settings())) {
            assertEquals(200, call(sidecar, "acme").statusCode());
            assertEquals(3, STS.get().asked());
        }
    }

    @Test
    void aSessionIsRenewedBeforeItExpires() {
        STS.get().behave(tenant -> Behaviour.GOOD.lives(4));
        try (SidecarProcess sidecar = SidecarProcess.serve(settings())) {
            Ports.await(Duration.ofSeconds(20), "a second session", () -> {
                assertEquals(200, call(sidecar, "acme").statusCode());
                return STS.get().assumed().size() > 1 && lastKey().equals("ASIA1");
            });
        }
    }

    @Test
    void tenantsWhoseNamesAwsDoesNotTakeAreServedUnderNamesThatItTakes() {
        try (SidecarProcess sidecar = SidecarProcess.serve(settings())) {
            for (String tenant : List.of("a", "a#b", "a&b", "<script>", "aws:x", "x".repeat(128))) {
                HttpResponse<byte[]> answer = call(sidecar, tenant);
                assertEquals(200, answer.statusCode(), tenant + new String(answer.body()) + sidecar.log());
            }
            assertEquals(
                    6,
                    STS.get().assumed().stream()
                            .map(a -> a.tags().get("tenantId"))
                            .distinct()
                            .count());
        }
    }

    @Test
    void withoutTrustInRequestsNoRoleIsAssumed() {
        try (SidecarProcess sidecar = SidecarProcess.serve(settings("TOLLGATE_IDENTITY_TRUST", "pod"))) {
            assertEquals(200, call(sidecar, "acme").statusCode());
            assertEquals(0, STS.get().asked());
            assertEquals("AKIDEXAMPLE", lastKey());
            assertTrue(sidecar.log().contains("tollgate.upstream.tenant-role has no effect"));
        }
    }

    /** In the heap of the image: sessions of tenants that are not used any more are forgotten. */
    @Test
    @Timeout(240)
    void tenThousandTenantsFitTheHeapOfTheImage() throws Exception {
        HttpClient client = VERTX.createHttpClient(new PoolOptions().setHttp1MaxSize(64));
        try (SidecarProcess sidecar = SidecarProcess.serve(settings("-Xmx", "64m", "TOLLGATE_USAGE_STDOUT", "false"))) {
            AtomicInteger next = new AtomicInteger();
            List<Future<Integer>> workers = new ArrayList<>();
            for (int w = 0; w < 64; w++) {
                workers.add(worker(client, sidecar, next));
            }
            Future.all(workers).toCompletionStage().toCompletableFuture().get(200, TimeUnit.SECONDS);
            assertEquals(10_000, STS.get().assumed().size());
            assertEquals(200, call(sidecar, "t0").statusCode());
            assertEquals(10_001, STS.get().assumed().size(), "the first was forgotten");
        } finally {
            Upstreams.await(client.close());
        }
    }

    private static Future<Integer> worker(HttpClient client, SidecarProcess sidecar, AtomicInteger next) {
        int number = next.getAndIncrement();
        if (number >= 10_000) {
            return Future.succeededFuture(200);
        }
        return client.request(HttpMethod.POST, sidecar.port(), "127.0.0.1", Http.NOVA + "converse")
                .compose(request -> body(request, "t" + number))
                .compose(status -> status == 200
                        ? worker(client, sidecar, next)
                        : Future.failedFuture("status " + status + " for t" + number));
    }

    private static Future<Integer> body(HttpClientRequest request, String tenant) {
        return request.putHeader("Content-Type", "application/json")
                .putHeader("X-Tollgate-Tenant", tenant)
                .send(Http.converse(2))
                .compose(response -> response.body().map(body -> response.statusCode()));
    }

    private static String doctor(String... more) {
        Map<String, String> all = settings(more);
        all.put("AWS_EC2_METADATA_DISABLED", "true");
        all.values().removeIf(String::isEmpty);
        return SidecarProcess.run(all, "doctor");
    }

    @Test
    void doctorSaysWhetherTheRoleCanBeAssumed() {
        String well = doctor("TOLLGATE_IDENTITY_TENANTS", "acme,globex");
        assertTrue(well.contains("ok   tenant-role " + ROLE + " as acme, until 20"), well);
        assertTrue(well.endsWith("exit 0"), well);
        STS.get().behave(tenant -> Behaviour.error(403, "AccessDenied"));
        String denied = doctor();
        assertTrue(
                denied.contains("FAIL tenant-role " + ROLE + " as tollgate-doctor: AccessDenied; its trust policy must"
                        + " allow sts:AssumeRole and sts:TagSession to the identity above"),
                denied);
        assertTrue(denied.endsWith("exit 1"), denied);
        assertTrue(doctor("TOLLGATE_IDENTITY_TRUST", "pod")
                .contains("WARN tenant-role " + ROLE + " is not used: tollgate.identity.trust is pod"));
        String key = doctor("AWS_BEARER_TOKEN_BEDROCK", "key");
        assertTrue(
                key.contains(
                        "FAIL settings    tollgate.upstream.tenant-role: expected credentials of a role to assume it"
                                + " with, found a Bedrock API key"),
                key);
    }
}
