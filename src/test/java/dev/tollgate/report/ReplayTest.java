package dev.tollgate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.policy.PolicyReader;
import dev.tollgate.pricing.PriceBook;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {

    @TempDir
    Path folder;

    private Replay replay(String... records) throws IOException {
        Path file = Reports.file(folder, "usage.jsonl", records);
        Replay replay = new Replay(PriceBook.bundled(), Map.of());
        replay.read(
                Inputs.find(List.of(file.toString()), address -> List.of()),
                new Progress(new PrintStream(System.err), false));
        return replay;
    }

    /** A record of a call that ended after 900 ms; 4,000 input tokens cost 1,000 micro-USD. */
    private static String call(String id, String end, String tenant, long input) {
        return Reports.usage(id, end, tenant, input, 0);
    }

    private static String json(Replay.Outcome outcome) throws IOException {
        StringWriter out = new StringWriter();
        ReplayReport.json(outcome, Optional.empty(), out);
        return out.toString().strip();
    }

    @Test
    void tellsWhoWouldHaveBeenDeniedWhenAndWhatThatSaved() throws IOException {
        Replay replay = replay(
                // Not in the order of time.
                call("c", "2026-11-03T12:00:03Z", "acme", 4000),
                call("a", "2026-11-03T12:00:01Z", "acme", 4000),
                call("b", "2026-11-03T12:00:02Z", "acme", 4000),
                call("d", "2026-11-04T00:00:02Z", "acme", 4000),
                call("e", "2026-11-03T12:00:04Z", "globex", 4000),
                call("f", "2026-11-03T12:00:05Z", "acme", 0).replace("approved", "denied"));
        String policy = "limits:\n  - { name: day, per: [tenant], budget: { usd: 0.002, per: day } }\n";
        assertEquals(
                "{\"calls\":5,\"approved\":4,\"denied\":1,\"savedMicroUsd\":1000,\"denials\":[{\"tenant\":\"acme\","
                        + "\"model\":\"anthropic.claude-3-haiku-20240307-v1:0\",\"limit\":\"day\",\"calls\":1,"
                        + "\"microUsd\":1000,\"first\":\"2026-11-03T12:00:02.100Z\"}]}",
                json(replay.through(PolicyReader.read(policy, 0))));
        assertEquals(
                0,
                replay.through(PolicyReader.read(policy.replace("0.002", "0.003"), 0))
                        .denied());
        String shadow = policy.replace("day }", "day }, mode: shadow");
        assertEquals(0, replay.through(PolicyReader.read(shadow, 0)).denied(), "shadow limits deny nothing");
    }

    @Test
    void ratesRefillInVirtualTime() throws IOException {
        Replay replay = replay(
                call("a", "2026-11-03T12:00:10Z", "acme", 600),
                call("b", "2026-11-03T12:00:20Z", "acme", 600),
                call("c", "2026-11-03T12:01:20Z", "acme", 600));
        String policy = "limits:\n  - { name: tpm, per: [tenant], rate: { tokens: 1000, every: 1m, burst: 1000 } }\n";
        Replay.Outcome outcome = replay.through(PolicyReader.read(policy, 0));
        assertEquals(1, outcome.denied());
        assertEquals(
                Instant.parse("2026-11-03T12:00:19.100Z"),
                outcome.denials().values().iterator().next().first());
    }

    @Test
    void concurrencyCountsCallsThatOverlapped() throws IOException {
        Replay replay = replay(
                call("a", "2026-11-03T12:00:10.000Z", "acme", 1),
                call("b", "2026-11-03T12:00:10.500Z", "acme", 1),
                call("c", "2026-11-03T12:00:12.000Z", "acme", 1));
        String policy = "limits:\n  - { name: inflight, concurrency: 1 }\n";
        assertEquals(1, replay.through(PolicyReader.read(policy, 0)).denied());
    }

    @Test
    void aCallLargerThanALimitIsDenied() throws IOException {
        Replay replay = replay(call("a", "2026-11-03T12:00:10Z", "acme", 5000));
        String policy = "limits:\n  - { name: small, rate: { tokens: 100, every: 1m, burst: 100 } }\n";
        Replay.Outcome outcome = replay.through(PolicyReader.read(policy, 0));
        assertEquals(List.of(1L, 0L, 1L), List.of(outcome.calls(), outcome.approved(), outcome.denied()));
    }

    @Test
    void limitsMatchAsTheyDoInTheSidecar() throws IOException {
        Replay replay = replay(
                call("a", "2026-11-03T12:00:10Z", "acme", 5000), call("b", "2026-11-03T12:00:10Z", "globex", 5000));
        String policy = "limits:\n  - { name: x, match: { tenant: acme, model: \"claude-3-*\" }, concurrency: 0 }\n";
        StringWriter out = new StringWriter();
        Replay.Outcome outcome = replay.through(
                PolicyReader.read(policy.replace("concurrency: 0", "budget: { usd: 0.0001, per: day }"), 0));
        ReplayReport.table(outcome, Optional.of(outcome), out);
        assertEquals(1, outcome.denied());
        assertTrue(
                out.toString().contains("against: 2 calls, 1 approved, 1 denied, 1250 micro-USD saved"),
                out.toString());
    }
}
