package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A Redis that wants a password, and a sidecar that has none. */
class LedgerPasswordIT {

    @Test
    void theCauseIsNamedOnceAndReadinessTellsIt() {
        try (RealRedis redis = RealRedis.start()) {
            redis.command("CONFIG SET requirepass sesame");
            try (SidecarProcess sidecar = SidecarProcess.serve(Map.of(
                    "AWS_REGION", "us-east-1",
                    "TOLLGATE_UPSTREAM_BEARER_TOKEN", "key",
                    "TOLLGATE_REDIS_URL", redis.url()))) {
                Ports.await("NOAUTH in the log", () -> sidecar.log().contains("NOAUTH"));
                String ready = sidecar.get("/q/health/ready").body();
                assertTrue(ready.contains("\"ledger-up\": \"false\""), ready);
                // Some attempts to connect later.
                Ports.await("the process to be up for a while", () -> sidecar.metric("process_uptime_seconds") > 6);
                long named =
                        sidecar.log().lines().filter(l -> l.contains("NOAUTH")).count();
                assertEquals(1, named, sidecar.log());
                assertTrue(sidecar.log().lines().count() < 10, sidecar.log());
                long start = System.nanoTime();
                assertEquals(0, sidecar.terminate());
                assertTrue(System.nanoTime() - start < 10_000_000_000L, "SIGTERM must be quick");
            }
        }
    }
}
