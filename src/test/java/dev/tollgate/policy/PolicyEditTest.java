package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyEditTest {

    private static final BudgetOverride RAISE = new BudgetOverride(800_500_000, Instant.parse("2026-12-01T00:00:00Z"));
    private static final String ENTRY = "{ usd: 800.5, until: 2026-12-01T00:00:00Z }";

    private static void becomes(String before, String after) {
        assertEquals(Optional.of(after), PolicyEdit.override(before, "month", RAISE));
    }

    @Test
    void aFlowMappingGetsItAtItsEnd() {
        becomes(
                "limits: # all\n  - { name: other, budget: { usd: 1, per: day } }\n  - {name: month, budget: {usd: 500, per: month}} # theirs\n",
                "limits: # all\n  - { name: other, budget: { usd: 1, per: day } }\n  - {name: month, budget: {usd: 500, per: month, override: "
                        + ENTRY + "}} # theirs\n");
        becomes(
                "limits: [ { name: month, budget: { usd: 500,\n  warn-at: [ 80, 95 ], per: month, # why\n } } ]",
                "limits: [ { name: month, budget: { usd: 500,\n  warn-at: [ 80, 95 ], per: month, override: " + ENTRY
                        + ", # why\n } } ]");
    }

    @Test
    void aBlockMappingGetsALine() {
        becomes("""
                # ümläut 🙂
                limits:
                  - name: month   # ours
                    budget:
                      # dollars
                      usd: 500   # much
                      per: month
                      warn-at:
                        - 80

                # the end
                """, """
                # ümläut 🙂
                limits:
                  - name: month   # ours
                    budget:
                      # dollars
                      override: %s
                      usd: 500   # much
                      per: month
                      warn-at:
                        - 80

                # the end
                """.formatted(ENTRY));
    }

    @Test
    void windowsLineEndsAndAMissingLastOneStay() {
        becomes(
                "limits:\r\n- budget:\r\n    usd: 500\r\n    per: month\r\n  name: month",
                "limits:\r\n- budget:\r\n    override: " + ENTRY
                        + "\r\n    usd: 500\r\n    per: month\r\n  name: month");
    }

    @Test
    void anOverrideThatIsThereIsReplaced() {
        becomes(
                "limits: [ { name: month, budget: { override: { until: '2026-11-27', usd: 600 }, usd: 500, per: month } } ] # x",
                "limits: [ { name: month, budget: { override: " + ENTRY + ", usd: 500, per: month } } ] # x");
        becomes("""
                limits:
                  - name: month
                    budget:
                      override:
                        usd: 600
                        until: 2026-11-27 # soon
                      usd: 500
                      per: month
                """, """
                limits:
                  - name: month
                    budget:
                      override:
                        %s # soon
                      usd: 500
                      per: month
                """.formatted(ENTRY));
    }

    @Test
    void aTextThatTwoLimitsShareIsLeftAlone() {
        assertEquals(Optional.empty(), PolicyEdit.override("""
                        limits:
                          - { name: other, budget: &b { usd: 500, per: month } }
                          - { name: month, budget: *b }
                        """, "month", RAISE));
    }
}
