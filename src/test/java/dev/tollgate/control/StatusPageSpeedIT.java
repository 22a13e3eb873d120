package dev.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Browser;
import dev.tollgate.harness.Http;
import dev.tollgate.harness.Product;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The page with 200 tenants and 10 models: how much of a browser's time a tick takes. */
@Timeout(180)
class StatusPageSpeedIT {

    private static final int TENANTS = 200;
    private static final List<String> MODELS = List.of(
            "amazon.nova-micro-v1:0",
            "amazon.nova-lite-v1:0",
            "amazon.nova-pro-v1:0",
            "amazon.nova-premier-v1:0",
            "anthropic.claude-3-haiku-20240307-v1:0",
            "anthropic.claude-sonnet-4-5-20250929-v1:0",
            "anthropic.claude-haiku-4-5-20251001-v1:0",
            "meta.llama3-1-8b-instruct-v1:0",
            "meta.llama3-1-70b-instruct-v1:0",
            "mistral.mistral-large-2402-v1:0");
    private static final int TICKS = 8;
    private static final int ROUNDS = 4;
    private static final int MAX_MILLIS = 50;
    private static final Duration SOON = Duration.ofSeconds(60);

    @RegisterExtension
    static final Product GATEWAY = Product.with("TOLLGATE_IDENTITY_TRUST", "request", "TOLLGATE_IDENTITY_TENANTS", "*")
            .policy("""
                    limits:
                      - { name: day, per: [tenant], budget: { usd: 5, per: day, warn-at: [80, 95] } }
                      - { name: tpm, per: [tenant, model], rate: { tokens: 20000000, every: 1m } }
                    """)
            .redis();

    private static void call(int number) {
        int status = Http.post(
                        GATEWAY.sidecar(),
                        "/model/" + MODELS.get(number % 10).replace(":", "%3A") + "/converse",
                        Http.converse(5 + number % 40),
                        "X-Tollgate-Tenant",
                        "tenant-" + number / 10 % TENANTS)
                .statusCode();
        assertEquals(200, status);
    }

    private static double millis(Browser browser) {
        return browser.send("Performance.getMetrics").getJsonArray("metrics").stream()
                .map(JsonObject.class::cast)
                .filter(m -> m.getString("name").equals("TaskDuration"))
                .mapToDouble(m -> 1000 * m.getDouble("value"))
                .sum();
    }

    @Test
    void aTickTakesLessThanFiftyMilliseconds() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> calls = new ArrayList<>();
        for (int i = 0; i < TENANTS * MODELS.size(); i++) {
            int number = i;
            calls.add(threads.submit(() -> call(number)));
        }
        for (Future<?> call : calls) {
            call.get(120, TimeUnit.SECONDS);
        }
        threads.shutdown();
        try (Browser browser = Browser.start()) {
            // The browser's own time: what others take of a busy machine is not the page's.
            browser.send("Performance.enable", "timeDomain", "threadTicks");
            browser.open("http://127.0.0.1:" + GATEWAY.sidecar().managementPort() + "/tollgate/", 1200, 900, false);
            browser.await(SOON, "all spend", "last !== null && last.spend.length === 2000");
            double few = leastPerTick(browser);
            browser.value("document.querySelectorAll('.more:not([hidden])').forEach(b => b.click())");
            browser.await(SOON, "every row", "document.querySelectorAll('#spend tbody tr').length === 2000");
            // The pod's own tenant has one too.
            browser.await(SOON, "every budget", "document.querySelectorAll('#budgets tbody tr').length === 201");
            double all = leastPerTick(browser);
            System.out.printf(
                    "A tick of 200 tenants x 10 models takes %.1f ms, with every row shown %.1f ms%n", few, all);
            assertTrue(few < MAX_MILLIS, few + " ms");
            assertTrue(all < MAX_MILLIS, all + " ms");
            assertEquals(List.of(), browser.complaints());
        }
    }

    /** The least of some rounds: neighbours of a machine's cores and caches only add to the page's own time. */
    private static double leastPerTick(Browser browser) {
        double least = perTick(browser);
        for (int round = 1; round < ROUNDS && least >= MAX_MILLIS; round++) {
            least = Math.min(least, perTick(browser));
        }
        return least;
    }

    /** Milliseconds of the page's thread for a tick, script, style and layout together, while numbers change. */
    private static double perTick(Browser browser) {
        await(browser, 1);
        long from = generatedSeconds(browser);
        double before = millis(browser);
        IntStream.range(0, 200).forEach(i -> call(7 * i));
        await(browser, TICKS);
        // The calls take ticks too.
        return (millis(browser) - before) / Math.max(TICKS, generatedSeconds(browser) - from);
    }

    private static long generatedSeconds(Browser browser) {
        return Instant.parse(browser.text("last.generatedAt")).getEpochSecond();
    }

    /** Until so many ticks have come. The page counts them itself: questions from outside would count as its work. */
    private static void await(Browser browser, int ticks) {
        browser.settled("""
                new Promise(done => {
                  const seen = new Set();
                  const timer = setInterval(() => {
                    seen.add(last.generatedAt);
                    if (seen.size > %d) {
                      clearInterval(timer);
                      done(true);
                    }
                  }, 200);
                })
                """.formatted(ticks));
    }
}
