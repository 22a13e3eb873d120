package dev.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Redis that forgot everything gets it back from records. */
class BudgetsIT {

    @TempDir
    Path folder;

    @Test
    void restoreShowsFirstThenChargesOnce() throws IOException {
        String usage = Files.writeString(folder.resolve("usage.jsonl"), """
                        {"requestId":"r1","tollgateId":"t","timestamp":"%s","tenant":"acme",\
                        "modelId":"anthropic.claude-3-haiku-20240307-v1:0","decision":"approved","inputTokens":4000,\
                        "outputTokens":0,"cacheReadTokens":0,"cacheWrite5mTokens":0,"cacheWrite1hTokens":0,"microUsd":1,\
                        "end":"completed","status":200}
                        """.formatted(
                                Instant.now().truncatedTo(ChronoUnit.SECONDS)))
                .toString();
        String policy = Files.writeString(
                        folder.resolve("policy.yaml"),
                        "limits:\n  - { name: month, per: [tenant], budget: { usd: 1, per: month } }\n")
                .toString();
        try (RealRedis redis = RealRedis.start()) {
            Map<String, String> settings = Map.of("TOLLGATE_REDIS_URL", redis.url());
            String dry = SidecarProcess.run(settings, "budgets", "restore", "--policy", policy, usage);
            assertTrue(dry.contains("recorded 1000, ledger 0 used") && dry.contains("would charge 1000"), dry);
            assertTrue(dry.endsWith("exit 0"), dry);
            String applied = SidecarProcess.run(settings, "budgets", "restore", "--policy", policy, "--apply", usage);
            assertTrue(applied.contains("  charged 1000"), applied);
            String shown = SidecarProcess.run(settings, "budgets", "show", "--policy", policy, usage);
            assertTrue(shown.contains("recorded 1000, ledger 1000 used and 0 held, limit 1000000"), shown);
            String again = SidecarProcess.run(settings, "budgets", "restore", "--policy", policy, "--apply", usage);
            assertTrue(!again.contains("charge"), again);
        }
        String wrong = SidecarProcess.run(
                Map.of("TOLLGATE_REDIS_URL", "127.0.0.1:6379"), "budgets", "show", "--policy", policy, usage);
        assertTrue(wrong.contains("TOLLGATE_REDIS_URL") || wrong.contains("tollgate.redis.url"), wrong);
        assertTrue(!wrong.contains("\tat ") && wrong.endsWith("exit 1"), wrong);
        String without = SidecarProcess.run(
                Map.of("TOLLGATE_REDIS_URL", "redis://127.0.0.1:1"), "budgets", "show", "--policy", policy, usage);
        assertTrue(without.endsWith("exit 1"), without);
    }
}
