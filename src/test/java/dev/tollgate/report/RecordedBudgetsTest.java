package dev.tollgate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.ledger.SettleReply;
import dev.tollgate.ledger.local.LocalLedger;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.pricing.PriceBook;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedBudgetsTest {

    private static final Instant NOW = Instant.parse("2026-11-03T18:00:00Z");
    private static final String POLICY = """
            limits:
              - { name: day, per: [tenant], budget: { usd: 1, per: day } }
              - { name: org-month, budget: { usd: 10, per: month } }
              - { name: tpm, per: [tenant], rate: { tokens: 1000000, every: 1m } }
            """;

    @TempDir
    Path folder;

    private RecordedBudgets recorded() throws IOException {
        Path file = Reports.file(
                folder,
                "records.jsonl",
                Reports.usage("a", "2026-11-03T12:00:00Z", "acme", 4000, 0),
                Reports.log("a", "2026-11-03T12:00:00Z", "", 4000, 0),
                Reports.usage("b", "2026-11-03T13:00:00Z", "acme", 8000, 0),
                Reports.usage("c", "2026-11-03T13:00:00Z", "globex", 400, 0),
                Reports.usage("yesterday", "2026-11-02T13:00:00Z", "acme", 4000, 0),
                Reports.usage("last month", "2026-10-31T13:00:00Z", "acme", 4000, 0),
                Reports.usage("denied", "2026-11-03T13:00:00Z", "acme", 0, 0).replace("approved", "denied"));
        RecordedBudgets budgets = new RecordedBudgets(PolicyReader.read(POLICY, 0), NOW);
        budgets.read(
                Inputs.find(List.of(file.toString()), address -> List.of()),
                PriceBook.bundled(),
                Map.of(),
                new Progress(new PrintStream(System.err), false));
        return budgets;
    }

    private static List<String> shown(RecordedBudgets budgets, LocalLedger ledger) {
        return budgets.compare(ledger).result().stream()
                .map(b -> b.limit() + " " + b.tenant() + " " + b.recorded() + " " + b.used() + " " + b.missing())
                .toList();
    }

    /** Of two that saw the ledger empty, the second changes nothing. */
    @Test
    void twoRestoresAtATimeChargeOnce() throws IOException {
        RecordedBudgets budgets = recorded();
        LocalLedger ledger = new LocalLedger(InstantSource.fixed(NOW), 1000);
        var seenByBoth = budgets.compare(ledger).result();
        seenByBoth.forEach(b -> RecordedBudgets.restore(ledger, b));
        seenByBoth.forEach(b -> assertEquals(
                SettleReply.ALREADY, RecordedBudgets.restore(ledger, b).result()));
        assertEquals("day acme 3000 3000 0", shown(budgets, ledger).get(0));
    }

    /** The sidecar gave its request back. */
    @Test
    void aCallThatFailedBeforeAModelDidAnythingUsedNothing() throws IOException {
        String failed = Reports.usage("f", "2026-11-03T12:00:00Z", "acme", 0, 0)
                .replace("\"microUsd\":1", "\"microUsd\":0")
                .replace("completed", "upstream-error");
        Path file = Reports.file(
                folder,
                "failed.jsonl",
                Reports.usage("a", "2026-11-03T12:00:00Z", "acme", 400, 0),
                failed,
                failed.replace("\"f\"", "\"charged\"").replace("\"microUsd\":0", "\"microUsd\":7"));
        RecordedBudgets budgets = new RecordedBudgets(
                PolicyReader.read("limits: [{ name: calls, budget: { requests: 10, per: day } }]", 0), NOW);
        budgets.read(
                Inputs.find(List.of(file.toString()), address -> List.of()),
                PriceBook.bundled(),
                Map.of(),
                new Progress(new PrintStream(System.err), false));
        assertEquals(List.of("calls acme 2 0 2"), shown(budgets, new LocalLedger(InstantSource.fixed(NOW), 1000)));
    }

    /** AWS never said what it called them; the ledger has charged them all the same. */
    @Test
    void callsWithoutARequestIdCount() throws IOException {
        String nameless = Reports.usage("", "2026-11-03T12:00:00Z", "acme", 4000, 0);
        Path file = Reports.file(folder, "nameless.jsonl", nameless, nameless);
        RecordedBudgets budgets = new RecordedBudgets(PolicyReader.read(POLICY, 0), NOW);
        budgets.read(
                Inputs.find(List.of(file.toString()), address -> List.of()),
                PriceBook.bundled(),
                Map.of(),
                new Progress(new PrintStream(System.err), false));
        assertEquals(
                "day acme 2000 0 2000",
                shown(budgets, new LocalLedger(InstantSource.fixed(NOW), 1000)).get(0));
    }

    @Test
    void restoresWhatALostLedgerForgotAndNothingTwice() throws IOException {
        RecordedBudgets budgets = recorded();
        LocalLedger ledger = new LocalLedger(InstantSource.fixed(NOW), 1000);
        List<String> lost = shown(budgets, ledger);
        assertEquals(3, lost.size(), "rates are not restored");
        assertEquals("day acme 3000 0 3000", lost.get(0));
        assertEquals("day globex 100 0 100", lost.get(1));
        assertEquals("4100 0 4100", lost.get(2).replaceFirst("org-month \\w+ ", ""));
        budgets.compare(ledger)
                .result()
                .forEach(b -> assertEquals(
                        SettleReply.UNKNOWN, RecordedBudgets.restore(ledger, b).result()));
        assertEquals("day acme 3000 3000 0", shown(budgets, ledger).get(0));
        assertEquals("4100 4100 0", shown(budgets, ledger).get(2).replaceFirst("org-month \\w+ ", ""));
    }
}
