package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyDiffTest {

    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    private static List<String> diff(String before, String after) {
        return PolicyDiff.of(PolicyReader.read(before, 1), PolicyReader.read(after, 2), NOW);
    }

    private static String limit(String text) {
        return "limits: [ { " + text + " } ]";
    }

    @Test
    void limitsThatCameWentAndChangedAreNamedWithBothAmounts() {
        assertEquals(
                List.of(
                        "limit new added: 600 requests each 1 min, burst 600 requests",
                        "limit month: allows 500 USD a month (UTC) -> 600 USD a month (Europe/Vienna), for each (one for"
                                + " all) -> tenant, where any call -> tenant = acme, warns at - -> 80 %, mode enforce ->"
                                + " shadow, without ledger deny -> open, it starts over, because its number means something"
                                + " else",
                        "limit old removed: 5 calls in flight"),
                diff("""
                        limits:
                          - { name: old, concurrency: 5 }
                          - { name: same, concurrency: 5 }
                          - { name: month, budget: { usd: 500, per: month } }
                        """, """
                        limits:
                          - { name: same, concurrency: 5 }
                          - { name: new, rate: { requests: 600 } }
                          - { name: month, per: [tenant], match: { tenant: acme }, mode: shadow,
                              budget: { usd: 600, per: month, time-zone: Europe/Vienna, warn-at: [80] } }
                        """));
    }

    @Test
    void anOverrideThatBeginsChangesOrIsOverIsNamed() {
        String plain = limit("name: m, budget: { usd: 5, per: day }");
        String raised = limit("name: m, budget: { usd: 5, per: day, override: { usd: 8, until: 2026-11-27 } }");
        String over = limit("name: m, budget: { usd: 5, per: day, override: { usd: 8, until: 2026-11-26 } }");
        assertEquals(List.of("limit m: override none -> 8 USD until 2026-11-27T00:00:00Z"), diff(plain, raised));
        assertEquals(List.of("limit m: override 8 USD until 2026-11-27T00:00:00Z -> none"), diff(raised, plain));
        assertEquals(
                List.of("limit m: override none -> 8 USD until 2026-11-26T00:00:00Z (which is over)"),
                diff(plain, over));
    }

    @Test
    void aNewAmountDoesNotStartANewCountButANewMeaningDoes() {
        String day = limit("name: m, budget: { usd: 5, per: day }");
        assertTrue(!diff(day, limit("name: m, budget: { usd: 6, per: day }"))
                .get(0)
                .contains("anew"));
        for (String other : List.of(
                "budget: { usd: 5, per: week }",
                "budget: { tokens: 5, per: day }",
                "per: [model], budget: { usd: 5, per: day }",
                "rate: { usd: 5 }",
                "concurrency: 5")) {
            assertTrue(diff(day, limit("name: m, " + other))
                    .get(0)
                    .endsWith("starts over, because its number means something else"));
        }
    }

    @Test
    void tenantsAliasesProfilesAndMaximumsAreNamed() {
        assertEquals(
                List.of(
                        "tenant acme: cost-center sales, environment none -> cost-center sales, environment prod",
                        "tenant globex added: cost-center none, environment none",
                        "alias nova: amazon.nova-lite-v1:0 -> amazon.nova-pro-v1:0",
                        "alias gone removed",
                        "profile abc added: amazon.nova-lite-v1:0",
                        "default-max-tokens claude-*: 10 tokens -> 20 tokens"),
                diff("""
                        tenants: { acme: { cost-center: sales } }
                        aliases: { nova: amazon.nova-lite-v1:0, gone: amazon.nova-lite-v1:0 }
                        default-max-tokens: { "claude-*": 10 }
                        """, """
                        tenants: { acme: { cost-center: sales, environment: prod }, globex: {} }
                        aliases: { nova: amazon.nova-pro-v1:0 }
                        profiles: { abc: amazon.nova-lite-v1:0 }
                        default-max-tokens: { "claude-*": 20 }
                        """));
    }

    @Test
    void theSamePolicyInOtherWordsHasNoDifference() {
        assertEquals(List.of(), diff("limits: [ { name: m, match: { model: 'a*' }, concurrency: 5 } ]", """
                        # a comment
                        limits:
                          - concurrency: 5
                            match: { model: "a*" }
                            name: m
                        """));
    }

    @Test
    void lengthAndNumberOfLinesAreBoundedAndNoNameBreaksALine() {
        StringBuilder many = new StringBuilder("aliases:\n");
        for (int i = 0; i < 500; i++) {
            many.append("  a").append(i).append(": \"").append("x".repeat(1000)).append("\"\n");
        }
        List<String> lines = diff("", many.toString());
        assertEquals(PolicyDiff.MAX_LINES + 1, lines.size());
        assertEquals("and 470 more changes", lines.get(PolicyDiff.MAX_LINES));
        assertTrue(lines.stream().allMatch(line -> line.length() <= PolicyDiff.MAX_LENGTH));
        assertEquals(
                List.of("alias a?INFO fake added: b?[31m?c"),
                diff("", "aliases: { \"a\\nINFO fake\": \"b\\e[31m\\u202ec\" }"));
    }
}
