package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.tenant.Caller;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyReaderTest {

    private static final Caller SALES = new Caller("acme", "shop", "sales", "prod", "none");

    @Test
    void readsEverythingThatAPolicyMaySay() {
        Policy policy = PolicyReader.read("""
                tenants:
                  default: { cost-center: unassigned }
                  acme:    { cost-center: sales, environment: prod }
                aliases:
                  nova-lite: amazon.nova-lite-v1:0
                  sales:     arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123
                profiles: { abc123: amazon.nova-lite-v1:0 }
                limits:
                  - name: tenant-model-tpm
                    per: [tenant, model]
                    match: { model: "claude-*" }
                    rate: { tokens: 200000, every: 1m, burst: 300000 }
                  - name: acme-month
                    match: { tenant: acme }
                    budget: { usd: 500.000001, per: month, time-zone: Europe/Vienna, warn-at: [80, 95] }
                    on-ledger-failure: open
                  - name: org-day
                    per: []
                    budget: { usd: 2_000, per: day }
                    mode: shadow
                  - name: inflight
                    concurrency: 50
                """, 7);
        assertEquals(2, policy.tenants().size());
        Limit rate = policy.limits().get(0);
        assertEquals(new Limit.Rate(Weight.TOKENS, 200_000, Duration.ofMinutes(1), 300_000), rate.quantity());
        assertEquals(List.of(Dimension.TENANT, Dimension.MODEL), rate.per());
        assertEquals(Limit.OnLedgerFailure.SHARE, rate.onLedgerFailure());
        Limit month = policy.limits().get(1);
        assertEquals(
                new Limit.Budget(
                        Weight.USD,
                        500_000_001,
                        Period.MONTH,
                        ZoneId.of("Europe/Vienna"),
                        List.of(80, 95),
                        Optional.empty()),
                month.quantity());
        assertEquals(Limit.OnLedgerFailure.OPEN, month.onLedgerFailure());
        assertEquals(Limit.OnLedgerFailure.OPEN, policy.limits().get(2).onLedgerFailure());
        assertEquals(new Limit.Concurrency(50), policy.limits().get(3).quantity());
        assertEquals(
                "abc123", policy.resolve("nova-lite", SALES, ProfileModels.NONE).metricId());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'revision: 0' | 1 | a whole number from 1 to 999999999 | 0",
                "'revision: later' | 1 | a whole number from 1 to 999999999 | later",
                "'limits: 5' | 1 | a list | \"5\"",
                "'limitz: []' | 1 | one of aliases, default-max-tokens, limits, profiles, revision, tenants | \"limitz\"",
                "'limits: [{concurrency: 5}]' | 1 | a name | no \"name\"",
                "'limits: [{name: a b, concurrency: 5}]' | 1 | 1 to 64 of A-Z a-z 0-9 . _ - | \"a b\"",
                "'limits:\n - {name: a, concurrency: 5}\n - {name: a, concurrency: 5}' | 3 | a name that no other limit has | \"a\"",
                "'limits: [{name: a}]' | 1 | exactly one of rate, budget, concurrency | none",
                "'limits: [{name: a, concurrency: 5, rate: {tokens: 1}}]' | 1 | exactly one of rate, budget, concurrency | rate and concurrency",
                "'limits: [{name: a, concurrency: 0}]' | 1 | a whole number from 1 to 2^52 | \"0\"",
                "'limits: [{name: a, concurrency: 1.5}]' | 1 | a whole number | \"1.5\"",
                "'limits: [{name: a, concurrency: .nan}]' | 1 | a whole number | \".nan\"",
                "'limits: [{name: a, rate: {tokens: 5, requests: 6}}]' | 1 | exactly one of tokens | tokens and requests",
                "'limits: [{name: a, rate: {tokens: 5, every: 1y}}]' | 1 | a duration | \"1y\"",
                "'limits: [{name: a, rate: {tokens: 5, every: 0s}}]' | 1 | a duration | \"0s\"",
                "'limits: [{name: a, rate: {tokens: 4503599627370496, every: 1d}}]' | 1 | at most 2^52 | x 86400000",
                "'limits: [{name: a, budget: {usd: 5}}]' | 1 | per: hour | no \"per\"",
                "'limits: [{name: a, budget: {usd: 5, per: year}}]' | 1 | one of hour, day, week, month | \"year\"",
                "'limits: [{name: a, budget: {usd: 0.0000001, per: day}}]' | 1 | US dollars | \"0.0000001\"",
                "'limits: [{name: a, budget: {usd: 5, per: day, time-zone: Mars}}]' | 1 | a time zone | \"Mars\"",
                "'limits: [{name: a, budget: {usd: 5, per: day,\n override: 7}}]' | 2 | a mapping | \"7\"",
                "'limits: [{name: a, budget: {usd: 5, per: day,\n override: {usd: 7}}}]' | 2 | until: when it ends | no \"until\"",
                "'limits: [{name: a, budget: {usd: 5, per: day,\n override: {until: 2026-12-01}}}]' | 2 | the budget's amount | no \"usd\"",
                "'limits: [{name: a, budget: {usd: 5, per: day,\n override: {tokens: 7, until: 2026-12-01}}}]' | 2 | one of until, usd | \"tokens\"",
                "'limits: [{name: a, budget: {usd: 5, per: day,\n override: {usd: -7, until: 2026-12-01}}}]' | 2 | US dollars | \"-7\"",
                "'limits: [{name: a, budget: {usd: 5, per: day,\n override: {usd: 7, until: tomorrow}}}]' | 2 | a time such as | \"tomorrow\"",
                "'limits: [{name: a, budget: {usd: 5, per: day,\n override: {usd: 7, until: 2026-02-30}}}]' | 2 | a time such as | \"2026-02-30\"",
                "'limits: [{name: a, budget: {usd: 5, per: day,\n override: {usd: 7, until: 2026-12-01T25:00Z}}}]' | 2 | a time such as | T25",
                "'limits: [{name: a, budget: {usd: 5, per: day,\n override: {usd: 7, until: +999999999-12-31T00:00Z}}}]' | 2 | a time such as | +99",
                "'limits: [{name: a, concurrency: 5,\n override: {usd: 7, until: 2026-12-01}}]' | 2 | one of budget, concurrency | \"override\"",
                "'default-max-tokens: {a: 0}' | 1 | a whole number | \"0\"",
                "'limits: [{name: a, concurrency: 1e999999999}]' | 1 | a whole number | \"1e999999999\"",
                "'limits: [{name: a, budget: {usd: 5, per: day, warn-at: [0]}}]' | 1 | percentages | \"0\"",
                "'limits: [{name: a, concurrency: 5, mode: dry}]' | 1 | one of enforce, shadow | dry",
                "'limits: [{name: a, concurrency: 5, on-ledger-failure: pray}]' | 1 | one of deny, open, share | pray",
                "'limits: [{name: a, budget: {usd: 5, per: day}, on-ledger-failure: share}]' | 1 | deny or open | \"share\"",
                "'limits: [{name: a, concurrency: 5, per: [planet]}]' | 1 | each of tenant, model | planet",
                "'limits: [{name: a, concurrency: 5, match: {planet: x}}]' | 1 | one of application | \"planet\"",
                "'profiles: 5' | 1 | a mapping | \"5\"",
                "'profiles: [{model: a}]' | 1 | a name | no \"name\"",
                "'profiles: [{name: a}]' | 1 | a model | no \"model\"",
                "'profiles: [{name: a, model: b, tag: c}]' | 1 | one of model, name, tags | \"tag\"",
                "'profiles:\n - {name: a--b, model: c}' | 2 | 1 to 64 letters and digits | \"a--b\"",
                "'profiles:\n - {name: a, model: c}\n - {name: a, model: c}' | 3 | a name that no other profile has | \"a\"",
                "'profiles: [{name: a, model: arn:aws:bedrock:us-east-1:1:application-inference-profile/x}]' | 1 | a model | application",
                "'profiles: [{name: a, model: b, tags: {a#: b}}]' | 1 | a tag key of 1 to 128 | \"a#\"",
                "'profiles: [{name: a, model: b, tags: {AWS:a: b}}]' | 1 | does not begin with aws: | \"AWS:a\"",
                "'profiles: [{name: a, model: b, tags: {a: aws:b}}]' | 1 | does not begin with aws: | aws:b",
                "'profiles: [{name: a, model: b, tags: {a: [b]}}]' | 1 | a string | a list",
                "'profiles: [{name: a, model: b, tags: {a: b, a: c}}]' | 1 | each key once | twice",
                "'tenants: {a: {colour: red}}' | 1 | one of cost-center, environment | \"colour\"",
                "'aliases: {a: [1]}' | 1 | a string | a list",
                "'limits: [' | 1 | YAML | ",
            })
    void everyMistakeIsToldWithItsLine(String yaml, int line, String expected, String found) {
        PolicyException e = assertThrows(PolicyException.class, () -> PolicyReader.read(yaml.replace("\\n", "\n"), 1));
        assertTrue(
                e.problems().stream()
                        .anyMatch(p -> p.line() == line
                                && p.expected().contains(expected)
                                && p.found().contains(found == null ? "" : found)),
                e.getMessage());
    }

    @Test
    void allMistakesOfAFileAreToldAtOnce() {
        PolicyException e = assertThrows(
                PolicyException.class,
                () -> PolicyReader.read("limits:\n- name: a\n  rate: {tokens: x}\n- name: b\n  mode: y\n", 1));
        assertEquals(3, e.problems().size(), e.getMessage());
        assertTrue(e.getMessage().contains("line 3: limits[0].rate.tokens: expected a whole number"), e.getMessage());
    }

    @Test
    void mistakesAreSortedByLine() {
        PolicyException e = assertThrows(
                PolicyException.class,
                () -> PolicyReader.read("limits:\n- name: a\n  mode: y\n  concurrency: 0\n  nme: b\n", 1));
        assertEquals(List.of(3, 4, 5), e.problems().stream().map(p -> p.line()).toList(), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'limits: [' | line 1: expected YAML, found a syntax error: expected the node content, but found '<stream end>'",
                "'a: \"b' | line 1: expected YAML, found unexpected end of stream",
                "'a: \u0001' | line 1: expected YAML, found a syntax error: special characters are not allowed",
                "'[1]' | line 1: expected a mapping, found a list",
                "'limitz: []' | line 1: expected one of aliases",
            })
    void aMessageHasNoEmptyPlaceAndNoWordTwice(String yaml, String message) {
        PolicyException e = assertThrows(PolicyException.class, () -> PolicyReader.read(yaml.translateEscapes(), 1));
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
        assertTrue(!e.getMessage().contains(": :") && !e.getMessage().contains("found found"), e.getMessage());
    }

    @Test
    void defaultMaxTokensAreReadInTheOrderOfTheFile() {
        Policy policy = PolicyReader.read("""
                default-max-tokens:
                  "claude-*": 4096
                  us.amazon.nova-lite-v1:0: 500
                  "*": 2048
                """, 1);
        assertEquals(Optional.of(4096L), policy.defaultMaxTokens(target("anthropic.claude-sonnet-4-5-20250929-v1:0")));
        assertEquals(Optional.of(500L), policy.defaultMaxTokens(target("us.amazon.nova-lite-v1:0")));
        assertEquals(Optional.of(2048L), policy.defaultMaxTokens(target("cohere.rerank-v3-5:0")));
        assertEquals(Optional.empty(), Policy.NONE.defaultMaxTokens(target("cohere.rerank-v3-5:0")));
    }

    private static ModelTarget target(String id) {
        return ModelTarget.of(ModelId.parse(id), Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "2026-12-01T00:00Z, 2026-12-01T00:00:00Z",
        "2026-12-01T00:00:00Z, 2026-12-01T00:00:00Z",
        "2026-12-01T00:00:00.5Z, 2026-12-01T00:00:00.500Z",
        "2026-12-01T00:00+01:00, 2026-11-30T23:00:00Z",
        "2026-12-01 00:00:00+01:00, 2026-11-30T23:00:00Z",
        "2026-12-01T00:00-05:00[America/New_York], 2026-12-01T05:00:00Z",
        "2026-12-01T00:00, 2026-11-30T23:00:00Z",
        "2026-12-01, 2026-11-30T23:00:00Z",
        "2027-03-28T02:30, 2027-03-28T01:30:00Z",
    })
    void anOverrideEndsAtATimeOfItsOwnOrTheBudgetsZone(String until, Instant expected) {
        Limit limit = PolicyReader.read(
                        "limits: [{name: a, budget: {usd: 5, per: day, time-zone: Europe/Vienna, override: {usd: 7.5, until: '"
                                + until + "'}}}]",
                        1)
                .limits()
                .get(0);
        assertEquals(
                Optional.of(new BudgetOverride(7_500_000, expected)), ((Limit.Budget) limit.quantity()).override());
    }

    @Test
    void warnAtIsSortedAndHasEachOnce() {
        Limit limit = PolicyReader.read("limits: [{name: a, budget: {usd: 5, per: day, warn-at: [95, 80, 80]}}]", 1)
                .limits()
                .get(0);
        assertEquals(List.of(80, 95), ((Limit.Budget) limit.quantity()).warnAt());
    }

    @Test
    void theTableShowsProfilesWarningsAndDefaults() {
        String table = PolicyTable.of(PolicyReader.read("""
                profiles: { abc123: us.amazon.nova-lite-v1:0 }
                aliases: { nova: abc123 }
                default-max-tokens: { "claude-*": 4096 }
                limits:
                  - { name: month, budget: { usd: 500, per: month, warn-at: [80, 95] } }
                  - { name: rate, rate: { tokens: 5, every: 90s, burst: 7 } }
                """, 1));
        assertTrue(table.startsWith("0 tenants, 1 alias, 1 profile, 2 limits\n"), table);
        for (String part : List.of(
                "80 %, 95 %",
                "abc123 -> us.amazon.nova-lite-v1:0",
                "nova -> abc123",
                "claude-*: 4096",
                "5 tokens each 90 s, burst 7 tokens")) {
            assertTrue(table.contains(part), table);
        }
    }

    @Test
    void profilesAreAMappingOfKnownOnesOrAListOfOnesToCreate() {
        Policy policy = PolicyReader.read("""
                profiles:
                  - { name: sales-haiku, model: claude-3-5-haiku, tags: { costCenter: sales, any: 1 } }
                  - { name: no tags, model: nova-lite }
                """, 1);
        assertEquals(
                List.of(
                        new DeclaredProfile(
                                "sales-haiku", "claude-3-5-haiku", Map.of("costCenter", "sales", "any", "1")),
                        new DeclaredProfile("no tags", "nova-lite", Map.of())),
                policy.declaredProfiles());
        assertTrue(PolicyTable.of(policy).contains("sales-haiku -> claude-3-5-haiku, any=1 costCenter=sales\n"));
    }

    @Test
    void aProfileHasFiftyTagsAtMost() {
        StringBuilder tags = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            tags.append("t").append(i).append(": v, ");
        }
        PolicyReader.read("profiles: [{name: a, model: b, tags: {" + tags + "}}]", 1);
        PolicyException e = assertThrows(
                PolicyException.class,
                () -> PolicyReader.read("profiles: [{name: a, model: b, tags: {" + tags + "more: v}}]", 1));
        assertEquals("line 1: profiles[0].tags: expected at most 50 tags, found 51 tags", e.getMessage());
    }

    @Test
    void anEmptyFileIsAPolicyWithoutLimits() {
        assertTrue(PolicyReader.read("", 1).limits().isEmpty());
        assertTrue(PolicyReader.read("# nothing\n", 1).limits().isEmpty());
        assertTrue(PolicyReader.read("---\n# nothing\n", 1).limits().isEmpty());
    }

    @Test
    void theJsonSchemaNamesWhatTheReaderKnows() throws Exception {
        try (InputStream in = Policy.class.getResourceAsStream("policy.schema.json")) {
            JsonObject schema = new JsonObject(new String(in.readAllBytes()));
            assertEquals(
                    Set.of("revision", "tenants", "aliases", "profiles", "default-max-tokens", "limits"),
                    schema.getJsonObject("properties").fieldNames());
            JsonObject defs = schema.getJsonObject("$defs");
            assertEquals(
                    new JsonArray(Dimension.labels()),
                    defs.getJsonObject("dimension").getJsonArray("enum"));
            JsonObject limit = defs.getJsonObject("limit").getJsonObject("properties");
            for (String kind : List.of("rate", "budget")) {
                Set<String> names = new TreeSet<>(
                        limit.getJsonObject(kind).getJsonObject("properties").fieldNames());
                assertTrue(names.containsAll(Weight.labels()), kind);
            }
            assertEquals(
                    new TreeSet<>(List.of(
                            "input-tokens", "output-tokens", "quota-tokens", "requests", "tokens", "until", "usd")),
                    new TreeSet<>(limit.getJsonObject("budget")
                            .getJsonObject("properties")
                            .getJsonObject("override")
                            .getJsonObject("properties")
                            .fieldNames()));
            assertEquals(
                    new JsonArray(Period.labels()),
                    limit.getJsonObject("budget")
                            .getJsonObject("properties")
                            .getJsonObject("per")
                            .getJsonArray("enum"));
        }
    }

    @Test
    void aHundredTenantsHaveABudgetEach() {
        StringBuilder yaml = new StringBuilder("limits:\n");
        for (int i = 0; i < 100; i++) {
            yaml.append(" - { name: b").append(i).append(", match: { tenant: t").append(i);
            yaml.append(" }, budget: { usd: 5, per: day } }\n");
        }
        assertEquals(100, PolicyReader.read(yaml.toString(), 1).limits().size());
    }

    @Test
    void aRevisionCountsMoreThanTheFilesTime() {
        long time = System.currentTimeMillis();
        long ninth = PolicyReader.read("revision: 9", time).version();
        long tenth = PolicyReader.read("revision: 10", time - 1_000_000).version();
        assertTrue(tenth > ninth, "a later revision in an older file");
        assertTrue(ninth > PolicyReader.read("limits: []", time).version(), "taken over from a file without one");
        assertEquals(ninth, PolicyReader.read("revision: 9", time + 5).version(), "the same on every pod");
    }
}
