package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An operator raises a budget that is used up, and the raise ends by itself. */
@Timeout(120)
class BudgetOverrideIT {

    private static final Duration SOON = Duration.ofSeconds(45);

    private static String call(SidecarProcess sidecar) {
        var answer = Http.post(sidecar, Http.NOVA + "converse", Http.converse(2));
        return answer.statusCode() == 200 ? "" : new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static int approved(SidecarProcess sidecar, int calls) {
        int approved = 0;
        for (int i = 0; i < calls; i++) {
            approved += call(sidecar).isEmpty() ? 1 : 0;
        }
        return approved;
    }

    @Test
    void aRaiseIsTakenWithoutARestartShownEverywhereAndEndsByItself() {
        Path policy = Upstreams.policy("limits: [ { name: day, budget: { requests: 5, per: day } } ]\n");
        try (Upstreams upstream = Upstreams.start();
                SidecarProcess sidecar = SidecarProcess.serve(upstream.settings(
                        "TOLLGATE_POLICY_FILE", policy.toString(), "TOLLGATE_POLICY_CHECK_EVERY", "20ms"))) {
            assertEquals(5, approved(sidecar, 7));
            Instant until = Instant.now().plusSeconds(25).truncatedTo(ChronoUnit.SECONDS);
            String raised = SidecarProcess.run(
                    Map.of("TOLLGATE_POLICY_FILE", policy.toString()),
                    "budgets",
                    "raise",
                    "day",
                    "--requests",
                    "8",
                    "--until",
                    until.toString(),
                    "--by",
                    "ops");
            assertTrue(raised.contains("ops raised budget day from 5 requests to 8 requests until " + until), raised);
            Ports.await(SOON, "the raise to be taken", () -> call(sidecar).isEmpty());
            assertEquals(2, approved(sidecar, 4));
            assertTrue(call(sidecar).contains("8 requests used and 0 requests held of 8 requests"), call(sidecar));
            assertTrue(sidecar.get("/tollgate/v1/limits").body().contains("\"limit\":8"));
            assertTrue(sidecar.log().contains("Policy: limit day: override none -> 8 requests until " + until));
            Ports.await(SOON, "the end of the raise in the log", () -> sidecar.log()
                    .contains("8 requests until " + until + " is over"));
            assertTrue(call(sidecar).contains("of 5 requests"), call(sidecar));
            Ports.await(SOON, "the budget's own amount on the page", () -> sidecar.get("/tollgate/v1/limits")
                    .body()
                    .contains("\"limit\":5"));
        }
    }
}
