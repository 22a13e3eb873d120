package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.Sdk;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceQuotaExceededException;

/** Two sidecars on one Redis share one limit, to the call. */
class SharedLimitIT {

    @Test
    void twoProcessesAdmitTogetherWhatOneMay() throws Exception {
        String policy = Upstreams.policy("""
                        limits:
                          - name: shared
                            budget: { requests: 37, per: day }
                        """).toString();
        try (Upstreams upstream = Upstreams.start();
                RealRedis redis = RealRedis.start()) {
            Map<String, String> settings = upstream.settings(
                    "TOLLGATE_LEDGER", "redis",
                    "TOLLGATE_REDIS_URL", redis.url(),
                    "TOLLGATE_LEDGER_RECOVERY", "0ms",
                    "TOLLGATE_LEDGER_DEADLINE", "5s",
                    "TOLLGATE_POLICY_FILE", policy);
            try (SidecarProcess first = SidecarProcess.serve(settings);
                    SidecarProcess second = SidecarProcess.serve(settings);
                    BedrockRuntimeClient one = Sdk.sync(first.uri());
                    BedrockRuntimeClient two = Sdk.sync(second.uri())) {
                AtomicInteger admitted = new AtomicInteger();
                AtomicInteger denied = new AtomicInteger();
                ExecutorService threads = Executors.newFixedThreadPool(20);
                for (int i = 0; i < 100; i++) {
                    BedrockRuntimeClient client = List.of(one, two).get(i % 2);
                    threads.submit(() -> {
                        try {
                            client.converse(Sdk.converse("amazon.nova-micro-v1:0", "Hi", 5));
                            admitted.incrementAndGet();
                        } catch (ServiceQuotaExceededException e) {
                            denied.incrementAndGet();
                        }
                    });
                }
                threads.shutdown();
                assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
                assertEquals(37, admitted.get());
                assertEquals(63, denied.get());
                assertEquals(37, upstream.simulator().count());
            }
        }
    }
}
