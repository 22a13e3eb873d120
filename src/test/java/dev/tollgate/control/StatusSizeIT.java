package dev.tollgate.control;

import static dev.tollgate.control.Statuses.rows;
import static dev.tollgate.control.Statuses.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Product;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ten thousand tenants, with two limits each and one of their own for a thousand, in the heap of the image. */
class StatusSizeIT {

    private static final int TENANTS = 10_000;
    private static final int OWN = 1000;
    private static final int ALL = 2 * TENANTS + OWN;
    private static final int CALLS = 40;

    @RegisterExtension
    static final Product GATEWAY = Product.with("TOLLGATE_IDENTITY_TRUST", "request", "TOLLGATE_IDENTITY_TENANTS", "*")
            .policy(policy())
            .imageHeap()
            .redis();

    private static String policy() {
        String tenants = IntStream.range(0, TENANTS)
                .mapToObj(i -> "  t" + i + ": { cost-center: c" + i % 100 + " }\n")
                .collect(Collectors.joining());
        String own = IntStream.range(0, OWN)
                .mapToObj(i ->
                        "  - { name: own-" + i + ", match: { tenant: t" + i + " }, budget: { usd: 5, per: day } }\n")
                .collect(Collectors.joining());
        return "limits:\n  - { name: day, per: [tenant], budget: { usd: 5, per: day } }\n"
                + "  - { name: inflight, per: [tenant], concurrency: 50 }\n" + own + "tenants:\n" + tenants;
    }

    private static List<Integer> calls() {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            statuses.add(Http.post(
                            GATEWAY.sidecar(),
                            Http.NOVA + "converse",
                            Http.converse(10),
                            "X-Tollgate-Tenant",
                            "t" + i * 250)
                    .statusCode());
        }
        return statuses;
    }

    @Test
    void pagesShowEveryTenantOnceAndSoonWhileCallsPass() {
        Statuses.await(
                GATEWAY.sidecar(),
                "the first poll",
                s -> s.getJsonObject("totals").getInteger("limits") >= ALL);
        assertEquals(IntStream.range(0, CALLS).mapToObj(i -> 200).toList(), calls());
        Statuses.await(
                GATEWAY.sidecar(), "all spend", s -> s.getJsonObject("totals").getInteger("spend") == CALLS);
        Set<String> seen = new HashSet<>();
        Set<String> spenders = new HashSet<>();
        String query = "";
        int pages = 0;
        long longest = 0;
        do {
            long start = System.nanoTime();
            JsonObject page = status(GATEWAY.sidecar(), query);
            longest = Math.max(longest, System.nanoTime() - start);
            int size = rows(page, "limits").size() + rows(page, "spend").size();
            assertTrue(size <= Selection.PAGE, size + " rows");
            rows(page, "limits")
                    .forEach(
                            l -> assertTrue(seen.add(l.getString("tenant") + ' ' + l.getString("bucket")), l.encode()));
            rows(page, "spend").forEach(s -> assertTrue(spenders.add(s.getString("tenant")), s.encode()));
            query = page.getString("nextCursor") == null ? "" : "?cursor=" + page.getString("nextCursor");
            pages++;
        } while (!query.isEmpty());
        // The pod's own tenant, default, has the limits for each tenant too.
        assertEquals(ALL + 2, seen.size());
        assertEquals(CALLS, spenders.size());
        System.out.printf("10,000 tenants: %d pages, the longest took %d ms%n", pages, longest / 1_000_000);
        oneTenant();
    }

    private static void oneTenant() {
        long start = System.nanoTime();
        JsonObject one = status(GATEWAY.sidecar(), "?tenant=t500");
        System.out.printf("one of 10,000 tenants took %d ms%n", (System.nanoTime() - start) / 1_000_000);
        assertEquals(
                List.of("day", "inflight", "own-500"),
                rows(one, "limits").stream().map(l -> l.getString("name")).toList());
        assertEquals(1, rows(one, "spend").size());
        assertEquals(IntStream.range(0, CALLS).mapToObj(i -> 200).toList(), calls(), "while they are polled");
    }
}
