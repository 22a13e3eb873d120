package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Product;
import dev.tollgate.harness.SidecarProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Standard output is a pipe that nobody reads: usage records and log lines are lost and counted, calls go on. */
class StalledOutputIT {

    private static final int CALLS = 10_000;

    @RegisterExtension
    static final Product PRODUCT = Product.with(SidecarProcess.UNREAD, "");

    @Test
    @Timeout(120)
    void callsAndLivenessGoOn() {
        for (int i = 0; i < CALLS; i++) {
            assertEquals(
                    200,
                    Http.post(PRODUCT.sidecar(), Http.NOVA + "converse", Http.converse(2))
                            .statusCode());
        }
        assertEquals(200, PRODUCT.sidecar().get("/q/health/live").statusCode());
        assertTrue(PRODUCT.sidecar().metric("tollgate_usage_records_dropped_total") > 0);
    }
}
