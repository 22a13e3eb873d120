package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Product;
import dev.tollgate.harness.Sdk;
import dev.tollgate.harness.SidecarProcess;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceQuotaExceededException;

/** Two sidecars on one Redis share one limit, to the call. */
class SharedLimitIT {

    @RegisterExtension
    static final Product PRODUCT = Product.with("TOLLGATE_LEDGER_RECOVERY", "0ms")
            .redis()
            .policy("limits: [ { name: shared, budget: { requests: 37, per: day } } ]");

    @Test
    void twoProcessesAdmitTogetherWhatOneCan() throws Exception {
        try (SidecarProcess second = PRODUCT.another();
                BedrockRuntimeClient one = Sdk.sync(PRODUCT.sidecar().uri());
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
            assertEquals(37, PRODUCT.upstream().simulator().count());
        }
    }
}
