package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Product;
import dev.tollgate.harness.SidecarProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Budget gauges show what the ledger holds for all pods, used and held apart. */
class BudgetGaugesIT {

    private static final String POLICY = """
            limits:
              - { name: day, budget: { usd: 5, per: day } }
            """;

    @RegisterExtension
    static final Product PRODUCT = Product.with().policy(POLICY).redis();

    @Test
    void aRestartedPodShowsWhatWasUsedBeforeItsFirstCall() {
        Http.post(PRODUCT.sidecar(), Http.NOVA + "converse", Http.converse(100));
        Ports.await(
                "the call to be settled",
                () -> PRODUCT.limit("day").getDouble("used") > 0
                        && PRODUCT.limit("day").getDouble("held") == 0);
        double used = PRODUCT.limit("day").getDouble("used");
        try (SidecarProcess second = PRODUCT.another()) {
            Ports.await(
                    "the gauge of used to show " + used,
                    () -> second.metric("tollgate_budget_used_usd", "limit=\"day\"", "period=\"day\"") == used);
            assertEquals(0, second.metric("tollgate_budget_held_usd", "limit=\"day\""));
            assertEquals(5, second.metric("tollgate_budget_limit_usd", "limit=\"day\""));
            assertEquals(used / 5, second.metric("tollgate_budget_used_ratio", "limit=\"day\""), 1e-9);
            assertEquals(1, second.metric("tollgate_ledger_up"));
            assertEquals(1, second.metric("tollgate_credentials_up"));
            assertEquals(1, second.metric("tollgate_policy_current"));
        }
    }
}
