package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyLintTest {

    private static final Map<String, PolicyLint.Largest> BOOK = Map.of(
            "amazon.nova-lite", new PolicyLint.Largest(10_000, 2_400, 1),
            "anthropic.claude-sonnet-4-5", new PolicyLint.Largest(64_000, 960_000, 5));

    private static final PolicyLint.Models MODELS = new PolicyLint.Models() {
        @Override
        public List<ModelTarget> priced() {
            return BOOK.keySet().stream()
                    .sorted()
                    .map(name -> ModelTarget.of(ModelId.parse(name), Optional.empty()))
                    .toList();
        }

        @Override
        public Optional<PolicyLint.Largest> largest(ModelTarget target) {
            return BOOK.entrySet().stream()
                    .filter(e -> e.getKey().endsWith("." + target.name()))
                    .map(Map.Entry::getValue)
                    .findFirst();
        }
    };

    private static List<String> lint(String yaml) {
        return PolicyLint.of(PolicyReader.read(yaml, 0), MODELS, Instant.parse("2026-11-26T12:00:00Z"));
    }

    @Test
    void aFileWithoutLimitsIsReported() {
        assertEquals(List.of("the file has no limits: calls are metered and nothing is limited"), lint("limits: []"));
    }

    @Test
    void aSoundFileHasNoWarnings() {
        assertEquals(List.of(), lint("""
                tenants: { acme: { cost-center: sales } }
                aliases: { nova-lite: us.amazon.nova-lite-v1:0, unresolved: arn:aws:bedrock:us-east-1:1:application-inference-profile/x }
                limits:
                  - { name: a, per: [tenant, model], match: { model: "claude-*" }, rate: { tokens: 200000 } }
                  - { name: b, match: { tenant: acme }, budget: { usd: 500, per: month } }
                  - { name: c, per: [tenant], concurrency: 5 }
                """));
    }

    @Test
    void aTenantThatMatchesNoneIsReported() {
        assertEquals(List.of("limit b: tenant \"acmee\" matches none of tenants: acme, globex"), lint("""
                        tenants: { globex: {}, acme: {} }
                        limits: [ { name: b, match: { tenant: acmee }, budget: { usd: 500, per: month } } ]
                        """));
        assertEquals(
                List.of(),
                lint("limits: [ { name: b, match: { tenant: acmee }, budget: { usd: 500, per: month } } ]"),
                "without a list of tenants any may exist");
    }

    @Test
    void factsThatNoTenantHasAreReported() {
        String file = """
                tenants: { globex: { environment: prod }, acme: { cost-center: sales } }
                limits: [ { name: b, match: { %s }, budget: { usd: 500, per: month } } ]
                """;
        assertEquals(
                List.of(
                        "limit b: cost-center \"slaes\" matches none of tenants: sales",
                        "limit b: environment \"prd\" matches none of tenants: prod"),
                lint(file.formatted("environment: prd, cost-center: slaes")));
        assertEquals(List.of(), lint(file.formatted("environment: p*, cost-center: sales, application: any")));
    }

    @Test
    void limitsThatOneMakesPointlessAreReportedTogetherAndLast() {
        assertEquals(
                List.of(
                        "limit e: model \"gpt-9*\" matches no model; `tollgate models` lists their names",
                        "limits b, c, d and 1 more never deny a call: limit a applies to the same calls and allows no more"),
                lint("""
                        limits:
                          - { name: a, per: [tenant], concurrency: 5 }
                          - { name: b, per: [tenant], concurrency: 6 }
                          - { name: c, per: [tenant], concurrency: 7 }
                          - { name: d, per: [tenant], concurrency: 8 }
                          - { name: e, per: [tenant], match: { model: "gpt-9*" }, concurrency: 8 }
                        """));
    }

    @Test
    void aModelThatMatchesNoneIsReportedWithWhatItsAliasCountsAs() {
        assertEquals(
                List.of("limit b: model \"sonnet\" matches no model; alias sonnet counts as claude-sonnet-4-5"),
                lint("""
                        aliases: { sonnet: us.anthropic.claude-sonnet-4-5-20250929-v1:0 }
                        limits: [ { name: b, match: { model: sonnet }, concurrency: 5 } ]
                        """));
        assertEquals(
                List.of("limit b: model \"gpt-9*\" matches no model; `tollgate models` lists their names"),
                lint("limits: [ { name: b, match: { model: \"gpt-9*\" }, concurrency: 5 } ]"));
    }

    @Test
    void anAliasOrProfileWithoutAPriceIsReported() {
        List<String> warnings = lint("""
                aliases: { new: amazon.nova-9-v1:0 }
                profiles: { abc: amazon.nova-8-v1:0 }
                default-max-tokens: { "nothing-*": 5 }
                limits: [ { name: b, concurrency: 5 } ]
                """);
        assertEquals(3, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).startsWith("alias new: the price book has no line for amazon.nova-9-v1:0"));
        assertTrue(warnings.get(1).startsWith("profile abc: the price book has no line for amazon.nova-8-v1:0"));
        assertEquals("default-max-tokens: \"nothing-*\" matches no model", warnings.get(2));
    }

    @Test
    void aLimitBelowOneCallsReservationIsReported() {
        String limits = "limits: [ { name: day, budget: { usd: 0.02, per: day } } ]\n";
        assertEquals(
                List.of("limit day: a call that names no maximum of output tokens reserves more than 0.02 USD and is"
                        + " always denied, of claude-sonnet-4-5; default-max-tokens helps"),
                lint(limits));
        assertEquals(List.of(), lint("default-max-tokens: { \"claude-*\": 500 }\n" + limits));
        assertEquals(
                1, lint("default-max-tokens: { \"claude-*\": 5000 }\n" + limits).size());
    }

    @Test
    void aFileThatNamesModelsIsComparedWithThoseOnly() {
        String limits = "limits: [ { name: day, budget: { usd: 0.02, per: day } } ]\n";
        assertEquals(List.of(), lint("aliases: { nova: us.amazon.nova-lite-v1:0 }\n" + limits));
        assertEquals(
                1,
                lint("aliases: { s: us.anthropic.claude-sonnet-4-5-20250929-v1:0 }\n" + limits)
                        .size());
    }

    @Test
    void aRateIsComparedByItsBurstAndQuotaTokensByTheirBurndown() {
        assertEquals(
                1,
                lint("limits: [ { name: r, rate: { tokens: 64000, burst: 63999 } } ]")
                        .size());
        assertEquals(List.of(), lint("limits: [ { name: r, rate: { tokens: 1000, burst: 64000 } } ]"));
        assertEquals(
                1,
                lint("limits: [ { name: r, rate: { quota-tokens: 319999 } } ]").size());
        assertEquals(List.of(), lint("limits: [ { name: r, rate: { quota-tokens: 320000 } } ]"));
        assertEquals(List.of(), lint("limits: [ { name: r, rate: { requests: 1 } } ]"));
        assertEquals(List.of(), lint("limits: [ { name: r, rate: { input-tokens: 1 } } ]"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // The same calls, more allowed.
                "per: [tenant], concurrency: 5 | per: [tenant], concurrency: 9 | b",
                // A bucket shared by more calls is the stricter one.
                "concurrency: 5 | per: [tenant], concurrency: 9 | b",
                "per: [tenant], concurrency: 5 | concurrency: 9 | -",
                "match: {tenant: '*'}, concurrency: 5 | match: {tenant: acme}, concurrency: 5 | b",
                "match: {tenant: 'ac*'}, concurrency: 5 | match: {tenant: acme}, concurrency: 5 | b",
                "match: {tenant: acme}, concurrency: 5 | concurrency: 9 | -",
                "match: {tenant: acme}, concurrency: 9 | concurrency: 5 | a",
                // Two of a kind: the second.
                "concurrency: 5 | concurrency: 5 | b",
                "budget: {usd: 900, per: day} | budget: {usd: 950, per: day} | b",
                "budget: {usd: 900, per: day} | budget: {usd: 950, per: month} | -",
                "budget: {usd: 900, per: day} | budget: {usd: 950, per: day, time-zone: Europe/Vienna} | -",
                "budget: {usd: 900, per: day} | budget: {tokens: 900000000, per: day} | -",
                "rate: {requests: 60, every: 1m} | rate: {requests: 120, every: 2m} | b",
                "rate: {requests: 60, every: 1m} | rate: {requests: 100, every: 2m} | -",
                "rate: {requests: 60, burst: 80} | rate: {requests: 70, burst: 70} | -",
                // What is only observed neither shadows nor is pointless.
                "mode: shadow, concurrency: 5 | concurrency: 9 | -",
                "concurrency: 5 | mode: shadow, concurrency: 9 | -",
            })
    void aLimitThatNeverDeniesIsReported(String a, String b, String reported) {
        List<String> warnings = lint("limits: [ { name: a, " + a + " }, { name: b, " + b + " } ]").stream()
                .filter(w -> w.contains("never denies"))
                .toList();
        if (reported.equals("-")) {
            assertEquals(List.of(), warnings);
        } else {
            assertEquals(1, warnings.size(), warnings.toString());
            assertTrue(warnings.get(0).startsWith("limit " + reported + " never denies"), warnings.get(0));
        }
    }

    @Test
    void anOverrideThatEndedOrAllowsNoMoreIsReported() {
        String limit =
                "limits: [ { name: b, budget: { usd: 500, per: month, override: { usd: %s, until: 2026-11-26T%s } } } ]";
        assertEquals(
                List.of("limit b: its override ended at 2026-11-26T12:00:00Z, the limit is 500 USD again; remove it"),
                lint(limit.formatted("800", "12:00Z")));
        assertEquals(
                List.of("limit b: its override to 300 USD allows no more than its own 500 USD"),
                lint(limit.formatted("300", "12:01Z")));
        assertEquals(List.of(), lint(limit.formatted("800", "12:01Z")));
    }
}
