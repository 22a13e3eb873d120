package dev.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.ledger.LedgerHealth;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.policy.PolicyState;
import dev.tollgate.telemetry.PodCounts;
import dev.tollgate.telemetry.RecentCalls;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SummaryTest {

    private static final String ALL_KINDS = """
            - { name: b, budget: { usd: 1, per: day } }
            - { name: r, rate: { tokens: 1 } }
            - { name: c, concurrency: 1 }
            """;

    private LedgerHealth health = new LedgerHealth("redis", true, 5, 3, LedgerHealth.Durability.AOF, false);
    private boolean ledgerAnswers = true;
    private boolean graceIsOver;
    private boolean knowsShare = true;
    private boolean canSign = true;
    private boolean sound = true;
    private List<PolicyState.Mistake> mistakes = List.of();
    private String limits = ALL_KINDS;

    private String summary() {
        PolicyState policy = new PolicyState(
                PolicyReader.read(limits.isEmpty() ? "" : "limits:\n" + limits.indent(2), 1),
                Optional.of(Path.of("policy.yaml")),
                Optional.of(Instant.EPOCH),
                mistakes);
        PodFacts facts = new PodFacts(
                "1",
                "acme",
                new PodFacts.Ledger(() -> health, () -> ledgerAnswers, () -> graceIsOver, () -> knowsShare, () -> 0),
                () -> policy,
                new PodFacts.Bedrock("bedrock.example", "us-east-1", () -> canSign, () -> sound),
                new PodCounts(),
                new RecentCalls());
        Summary summary = Summary.of(facts, List.of(SelectionTest.limit("day", "acme", 1, 2)));
        return summary.state().label() + ": " + summary.sentence();
    }

    private void redisAway(long millis) {
        health = new LedgerHealth("redis", false, millis, 3, LedgerHealth.Durability.AOF, false);
        ledgerAnswers = false;
    }

    @Test
    void aPodThatIsWellSaysWhatItKeeps() {
        assertEquals("ok: All well: Redis answers, 3 pods share its books, 3 limits in force.", summary());
        limits = "- { name: c, concurrency: 1 }\n";
        health = new LedgerHealth("redis", true, 5, 1, LedgerHealth.Durability.AOF, false);
        assertEquals("ok: All well: Redis answers, 1 limit in force.", summary());
        limits = "";
        assertEquals("ok: All well: Redis answers, calls are metered, nothing is limited.", summary());
    }

    @Test
    void anOutageSaysWhatEachKindOfLimitDoes() {
        redisAway(12_345);
        assertEquals(
                "degraded: Redis away for 12 s: budgets deny, rates and concurrency limits run on this pod's share.",
                summary());
        graceIsOver = true;
        assertEquals("down: Redis away for 12 s: budgets and rates and concurrency limits deny.", summary());
    }

    @Test
    void aPodThatNeverHeardOfTheOthersHasNoShare() {
        redisAway(1000);
        knowsShare = false;
        limits = "- { name: r, rate: { tokens: 1 } }\n";
        assertEquals("down: Redis away for 1 s: rates deny.", summary());
    }

    @Test
    void limitsOfOneKindCanDoDifferentThings() {
        redisAway(1000);
        limits = """
                - { name: a, rate: { tokens: 1 } }
                - { name: b, rate: { tokens: 1 }, on-ledger-failure: open }
                """;
        assertEquals("degraded: Redis away for 1 s: rates run on this pod's share or let calls pass.", summary());
        limits = "";
        assertEquals("degraded: Redis away for 1 s: calls pass, nothing is limited.", summary());
    }

    @Test
    void aLedgerThatIsTooLateIsNoLedger() {
        ledgerAnswers = false;
        limits = "- { name: b, budget: { usd: 1, per: day } }\n";
        assertEquals("down: Redis answers too late: budgets deny.", summary());
    }

    @Test
    void mistakesAndFailingCallsAreSaidTogether() {
        mistakes = List.of(new PolicyState.Mistake(3, "expected a number"));
        assertEquals("degraded: 1 mistake in the policy file, the last good one stays in force.", summary());
        sound = false;
        assertEquals(
                "down: Calls fail: bedrock.example cannot be reached; 1 mistake in the policy file, the last good one"
                        + " stays in force.",
                summary());
        canSign = false;
        mistakes = List.of();
        assertEquals("down: Calls fail: no AWS credentials to sign with.", summary());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 s",
        "999, 0 s",
        "12000, 12 s",
        "119999, 119 s",
        "120000, 2 min",
        "7199999, 119 min",
        "7500000, 2 h 5 min"
    })
    void timesAreShort(long millis, String text) {
        assertEquals(text, Summary.lasted(millis));
    }
}
