package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Product;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A process that has just started: sixty first calls at once are all admitted, and no breaker opens. */
class ColdStartIT {

    private static final int CALLS = 60;

    @RegisterExtension
    static final Product PRODUCT = Product.with("TOLLGATE_LEDGER_DEADLINE", "250ms")
            .policy("limits: [ { name: day, budget: { usd: 100, per: day } }, { name: busy, concurrency: 1000 } ]")
            .redis();

    @Test
    @Timeout(60)
    void sixtyFirstCallsAtOnceAreAnswered() {
        ExecutorService clients = Executors.newFixedThreadPool(CALLS);
        try {
            List<CompletableFuture<Integer>> calls = IntStream.range(0, CALLS)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> Http.post(PRODUCT.sidecar(), Http.NOVA + "converse", Http.converse(10))
                                    .statusCode(),
                            clients))
                    .toList();
            List<Integer> statuses =
                    calls.stream().map(CompletableFuture::join).distinct().toList();
            assertEquals(List.of(200), statuses);
        } finally {
            clients.shutdownNow();
        }
    }
}
