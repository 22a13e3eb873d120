package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.harness.FaultProxy;
import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The alerts, by promtool, on series that real sidecars made in the trouble that each alert is for. */
@Tag("prometheus")
@Timeout(180)
class RecordedAlertsIT {

    private static final Upstreams UPSTREAM = Upstreams.start();
    private static final String POLICY = """
            limits:
              - { name: calls, match: { tenant: acme }, budget: { requests: 20, per: month } }
              - { name: loose, match: { tenant: initech }, concurrency: 1000, on-ledger-failure: open }
            """;

    @AfterAll
    static void stop() {
        UPSTREAM.close();
    }

    private static int call(SidecarProcess sidecar, String tenant, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 2, headers.length);
        all[0] = "X-Tollgate-Tenant";
        all[1] = tenant;
        return Http.post(sidecar, Http.NOVA + "converse", Http.converse(10), all)
                .statusCode();
    }

    private static void calls(SidecarProcess sidecar, int times, String tenant, String... headers) {
        for (int i = 0; i < times; i++) {
            call(sidecar, tenant, headers);
        }
    }

    private static void awaitUsed(SidecarProcess sidecar, double ratio) {
        Ports.await(
                Duration.ofSeconds(20),
                "the gauge at " + ratio,
                () -> sidecar.get("/q/metrics").body().contains("\ntollgate_budget_used_ratio{limit=\"calls\"")
                        && Math.abs(sidecar.metric("tollgate_budget_used_ratio", "limit=\"calls\"") - ratio) < 1e-9);
    }

    @Test
    void budgetsBedrockAndPolicy() throws IOException, InterruptedException {
        Path policy = Upstreams.policy(POLICY);
        Recording recording = new Recording("web-1");
        try (SidecarProcess sidecar = SidecarProcess.serve(UPSTREAM.settings(
                "TOLLGATE_POLICY_FILE", policy.toString(),
                "TOLLGATE_IDENTITY_TENANT", "acme",
                "TOLLGATE_IDENTITY_TRUST", "request",
                "TOLLGATE_IDENTITY_TENANTS", "acme,globex,initech"))) {
            call(sidecar, "globex");
            awaitUsed(sidecar, 0);
            recording.minutes(sidecar, 30);
            recording.quietBut(Set.of());

            calls(sidecar, 17, "acme");
            awaitUsed(sidecar, 0.85);
            recording.minutes(sidecar, 40);
            recording.fires("TollgateBudgetUsed80", "TollgateBudgetWillExhaust");
            recording.quietBut(Set.of("TollgateBudgetUsed80", "TollgateBudgetWillExhaust"));

            calls(sidecar, 2, "acme");
            awaitUsed(sidecar, 0.95);
            recording.minutes(sidecar, 2);
            recording.fires("TollgateBudgetUsed95");
            recording.quiet("TollgateBudgetUsed80", "TollgateBudgetExhausted");

            calls(sidecar, 1, "acme");
            awaitUsed(sidecar, 1);
            for (int minute = 0; minute < 14; minute++) {
                calls(sidecar, 4, "acme");
                recording.minutes(sidecar, 1);
            }
            recording.fires("TollgateBudgetExhausted", "TollgateDenialSpike");
            recording.quiet("TollgateBudgetUsed95", "TollgateUpstreamThrottling");

            for (int minute = 0; minute < 9; minute++) {
                calls(sidecar, 2, "globex", "x-simulate", "status=429");
                recording.minutes(sidecar, 1);
            }
            recording.fires("TollgateUpstreamThrottling");

            Http.post(sidecar, "/model/vendor.made-up/converse", Http.converse(10));
            Files.writeString(policy, "limits: nonsense");
            Ports.await(
                    Duration.ofSeconds(10),
                    "the bad policy to be seen",
                    () -> sidecar.metric("tollgate_policy_current") == 0);
            recording.minutes(sidecar, 3);
            recording.fires("TollgatePolicyReloadFailed", "TollgateUnknownPrice");
            Files.writeString(policy, POLICY);
            Ports.await(
                    Duration.ofSeconds(10),
                    "the good policy to be seen",
                    () -> sidecar.metric("tollgate_policy_current") == 1);
            recording.minutes(sidecar, 90);
            recording.quiet("TollgatePolicyReloadFailed", "TollgateUnknownPrice", "TollgateUpstreamThrottling");
        }
        recording.check();
    }

    @Test
    void redisInEveryTrouble() throws IOException, InterruptedException {
        Recording recording = new Recording("web-2");
        ExecutorService clients = Executors.newFixedThreadPool(120);
        try (RealRedis redis = RealRedis.start("--appendonly", "yes");
                FaultProxy proxy = new FaultProxy(redis.port());
                SidecarProcess sidecar = SidecarProcess.serve(UPSTREAM.settings(
                        "TOLLGATE_LEDGER", "redis",
                        "TOLLGATE_REDIS_URL", proxy.redisUrl(),
                        "TOLLGATE_POLICY_FILE", Upstreams.policy(POLICY).toString(),
                        "TOLLGATE_IDENTITY_TRUST", "request",
                        "TOLLGATE_IDENTITY_TENANTS", "acme,globex,initech"))) {
            Ports.await("the ledger to be there", () -> sidecar.metric("tollgate_ledger_up") == 1);
            calls(sidecar, 3, "initech");
            recording.minutes(sidecar, 10);
            recording.quietBut(Set.of());

            proxy.delay(60);
            for (int minute = 0; minute < 16; minute++) {
                calls(sidecar, 2, "initech");
                recording.minutes(sidecar, 1);
            }
            recording.fires("TollgateOverheadHigh");
            recording.quiet("TollgateLedgerUnavailable", "TollgateLedgerErrors");
            proxy.delay(0);

            // Calls that are open while Redis dies: each has something to settle afterwards.
            for (int i = 0; i < 110; i++) {
                clients.execute(() -> call(sidecar, "initech", "x-simulate", "delay=10000"));
            }
            Ports.await(
                    Duration.ofSeconds(30),
                    "all to be at Bedrock",
                    () -> sidecar.metric("tollgate_inflight_requests") >= 110
                            && sidecar.metric("tollgate_decisions_total", "approved", "tenant=\"initech\"") >= 145);
            redis.kill();
            Ports.await(
                    Duration.ofSeconds(40),
                    "a backlog",
                    () -> sidecar.metric("tollgate_settlement_backlog") > 100
                            && sidecar.metric("tollgate_ledger_up") == 0);
            for (int minute = 0; minute < 9; minute++) {
                assertEquals(200, call(sidecar, "initech"), "its limit fails open");
                recording.minutes(sidecar, 1);
            }
            recording.fires(
                    "TollgateLedgerUnavailable",
                    "TollgateLedgerErrors",
                    "TollgateSettlementBacklog",
                    "TollgateUnmeteredSpend");
            recording.quiet("TollgateLedgerNewLife");

            Path appended = redis.folder().resolve("appendonlydir");
            delete(appended);
            redis.restart("--appendonly", "no", "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru");
            Ports.await(
                    Duration.ofSeconds(20),
                    "a new life without a backlog",
                    () -> sidecar.metric("tollgate_ledger_up") == 1
                            && sidecar.metric("tollgate_ledger_resets_total") > 0
                            && sidecar.metric("tollgate_settlement_backlog") == 0);
            recording.minutes(sidecar, 7);
            recording.fires("TollgateLedgerNewLife", "TollgateLedgerEvictable", "TollgateLedgerUndurable");
            recording.quiet("TollgateLedgerUnavailable", "TollgateSettlementBacklog", "TollgateOverheadHigh");
        } finally {
            clients.shutdownNow();
            clients.awaitTermination(10, TimeUnit.SECONDS);
        }
        recording.check();
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (var files = Files.walk(folder)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void aSidecarThatRestartsAndOneThatCannotReachBedrock() throws IOException, InterruptedException {
        Recording restarting = new Recording("web-3");
        for (int start = 0; start < 4; start++) {
            try (SidecarProcess sidecar = SidecarProcess.serve(UPSTREAM.settings())) {
                restarting.minutes(sidecar, 5);
                if (start == 1) {
                    restarting.quiet("TollgateRestarting");
                }
            }
        }
        restarting.fires("TollgateRestarting");
        restarting.check();

        Recording failing = new Recording("web-4");
        Map<String, String> without = new HashMap<>(UPSTREAM.settings());
        without.keySet().removeIf(name -> name.startsWith("AWS_") && !name.equals("AWS_REGION"));
        try (SidecarProcess sidecar = SidecarProcess.serve(without)) {
            Http.post(sidecar, Http.NOVA + "converse", Http.converse(10));
            failing.minutes(sidecar, 4);
            failing.fires("TollgateCredentialsFailing", "TollgateUpstreamUnreachable");
        }
        failing.check();

        Recording unreachable = new Recording("web-5");
        try (SidecarProcess sidecar = SidecarProcess.serve(
                UPSTREAM.settings("TOLLGATE_UPSTREAM_ENDPOINT", "http://127.0.0.1:" + Ports.free()))) {
            Http.post(sidecar, Http.NOVA + "converse", Http.converse(10));
            unreachable.minutes(sidecar, 4);
            unreachable.fires("TollgateUpstreamUnreachable");
            unreachable.quiet("TollgateCredentialsFailing");
        }
        unreachable.check();
    }
}
