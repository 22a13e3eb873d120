package dev.tollgate.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import dev.tollgate.policy.Limit;
import dev.tollgate.pricing.Charge;
import dev.tollgate.pricing.Estimate;
import dev.tollgate.tenant.Caller;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final String NOVA = "us.amazon.nova-lite-v1:0";
    private static final String SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

    private static Demand demand(String tenant, String model, long input, long output, long microUsd) {
        return demand(tenant, model, new Numbers(input, output, microUsd, true, true));
    }

    private record Numbers(long input, long output, long microUsd, boolean usesTokens, boolean priced) {}

    private static Demand demand(String tenant, String model, Numbers numbers) {
        ModelTarget target = ModelTarget.of(ModelId.parse(model), Optional.empty());
        Estimate estimate = new Estimate(
                numbers.input,
                numbers.output,
                numbers.microUsd,
                numbers.usesTokens,
                numbers.priced,
                Pods.BOOK.quote(target, LocalDate.of(2026, 11, 1), 0));
        return new Demand(new Caller(tenant, "shop", "sales", "prod", Caller.NO_USER), target, estimate);
    }

    private static Plan plan(String limits, Demand demand) {
        return Plan.of(Pods.policy("limits: [ " + limits + " ]"), demand, NOW);
    }

    private static List<Long> estimates(Plan plan) {
        return plan.claims().stream().map(Claim::estimate).toList();
    }

    private static List<String> names(Plan plan) {
        return plan.guards().stream().map(g -> g.limit().name()).toList();
    }

    private static String field(Plan plan) {
        return plan.claims().get(0).bucket().field();
    }

    @ParameterizedTest
    @CsvSource({"tokens, 150", "quota-tokens, 350", "input-tokens, 100", "output-tokens, 50", "requests, 1", "usd, 777"
    })
    void aBudgetClaimsWhatItsWeightCounts(String weight, long claimed) {
        Plan plan = plan(
                "{ name: b, budget: { " + weight + ": 1000000, per: day } }", demand("acme", SONNET, 100, 50, 777));
        assertEquals(List.of(claimed), estimates(plan));
    }

    @Test
    void limitsKeepTheFilesOrder() {
        Plan plan = plan(
                "{ name: c, concurrency: 5 }, { name: a, budget: { usd: 1, per: day } }, { name: b, rate: { tokens: 9, every: 1m } }",
                demand("acme", NOVA, 1, 1, 1));
        assertEquals(List.of("c", "a", "b"), names(plan));
    }

    @ParameterizedTest
    @CsvSource({
        "tenant: acme, true",
        "tenant: globex, false",
        "tenant: \"ac*\", true",
        "model: nova-lite, true",
        "model: \"us.amazon.*\", true",
        "model: \"amazon.nova-lite-v1:0\", true",
        "model: \"claude-*\", false",
        "application: shop, true",
        "application: blog, false",
        "cost-center: sales, true",
        "cost-center: ops, false",
        "environment: prod, true",
        "environment: dev, false"
    })
    void aLimitGuardsTheCallsThatItsMatchNames(String match, boolean guards) {
        Plan plan = plan("{ name: b, match: { " + match + " }, concurrency: 5 }", demand("acme", NOVA, 1, 1, 1));
        assertEquals(!guards, plan.isEmpty());
    }

    @Test
    void allPartsOfAMatchHaveToMatch() {
        String limit = "{ name: b, match: { tenant: acme, model: \"claude-*\" }, concurrency: 5 }";
        assertTrue(plan(limit, demand("acme", NOVA, 1, 1, 1)).isEmpty());
        assertTrue(plan(limit, demand("globex", SONNET, 1, 1, 1)).isEmpty());
        assertFalse(plan(limit, demand("acme", SONNET, 1, 1, 1)).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokens", "quota-tokens", "input-tokens", "output-tokens"})
    void aTokenLimitDoesNotGuardWhatUsesNoTokens(String weight) {
        Plan plan = plan(
                "{ name: b, budget: { " + weight + ": 5, per: day } }",
                demand("acme", NOVA, new Numbers(0, 0, 5, false, true)));
        assertTrue(plan.isEmpty());
    }

    @Test
    void aRequestLimitGuardsWhatUsesNoTokens() {
        Plan plan = plan(
                "{ name: b, budget: { requests: 5, per: day } }",
                demand("acme", NOVA, new Numbers(0, 0, 0, false, true)));
        assertEquals(List.of(1L), estimates(plan));
    }

    @Test
    void aMoneyLimitDoesNotGuardWhatIsFree() {
        Plan plan = plan(
                "{ name: b, budget: { usd: 5, per: day } }", demand("acme", NOVA, new Numbers(0, 0, 0, false, true)));
        assertTrue(plan.isEmpty());
    }

    @Test
    void aMoneyLimitGuardsWhatIsSoldByUnits() {
        Plan plan = plan(
                "{ name: b, budget: { usd: 5, per: day } }", demand("acme", NOVA, new Numbers(0, 0, 42, false, true)));
        assertEquals(List.of(42L), estimates(plan));
    }

    @Test
    void whatHasNoPriceClaimsAtLeastOneMicroDollar() {
        Plan plan = plan(
                "{ name: b, budget: { usd: 5, per: day } }", demand("acme", NOVA, new Numbers(0, 0, 0, false, false)));
        assertEquals(List.of(1L), estimates(plan));
    }

    @Test
    void aClaimIsNeverMoreThanTheLedgerKeeps() {
        Plan plan = plan(
                "{ name: b, budget: { tokens: 5, per: day } }",
                demand("acme", NOVA, Long.MAX_VALUE / 4, Long.MAX_VALUE / 4, 1));
        assertEquals(List.of(Bucket.MAX_AMOUNT), estimates(plan));
    }

    @Test
    void theFirstEnforcedMoneyLimitIsFound() {
        Plan plan = plan(
                "{ name: r, concurrency: 5 }, { name: shadow, budget: { usd: 1, per: day }, mode: shadow },"
                        + " { name: day, budget: { usd: 1, per: day } }, { name: month, budget: { usd: 9, per: month } }",
                demand("acme", NOVA, 1, 1, 1));
        assertEquals(Optional.of("day"), plan.moneyLimit().map(Limit::name));
    }

    @Test
    void aPlanWithoutMoneyHasNoMoneyLimit() {
        assertEquals(
                Optional.empty(),
                plan("{ name: r, concurrency: 5 }", demand("acme", NOVA, 1, 1, 1))
                        .moneyLimit());
    }

    @Test
    void aGuardCanBeLeftOut() {
        Plan plan = plan(
                "{ name: a, concurrency: 5 }, { name: b, concurrency: 5 }, { name: c, concurrency: 5 }",
                demand("acme", NOVA, 1, 1, 1));
        assertEquals(List.of("a", "c"), names(plan.without(1)));
        assertEquals(List.of("a", "b", "c"), names(plan), "the plan itself does not change");
    }

    @ParameterizedTest
    @CsvSource({"tokens, 330", "quota-tokens, 530", "input-tokens, 280", "output-tokens, 50", "requests, 1", "usd, 1234"
    })
    void aSettledPlanClaimsWhatWasUsedAndCacheReadsAreMoneyOnly(String weight, long actual) {
        Plan plan = plan(
                "{ name: b, budget: { " + weight + ": 1000000, per: day } }", demand("acme", SONNET, 100, 50, 777));
        Charge charge = new Charge(new Usage(200, 50, 10_000, 50, 30), 1234, 5, false);
        assertEquals(actual, plan.settled(charge).get(0).actual());
        assertEquals(
                plan.claims().get(0).estimate(), plan.settled(charge).get(0).estimate());
    }

    @Test
    void aPlanThatIsSettledAsEstimatedUsesWhatItReserved() {
        Plan plan = plan(
                "{ name: a, budget: { tokens: 1000, per: day } }, { name: b, budget: { usd: 1, per: day } }",
                demand("acme", NOVA, 100, 50, 777));
        assertEquals(
                List.of(150L, 777L),
                plan.asEstimated().stream().map(Claim::actual).toList());
    }

    @Test
    void everyTenantOfALimitPerTenantHasItsBucket() {
        String limit = "{ name: b, per: [tenant], concurrency: 5 }";
        Bucket acme = plan(limit, demand("acme", NOVA, 1, 1, 1)).claims().get(0).bucket();
        Bucket globex =
                plan(limit, demand("globex", NOVA, 1, 1, 1)).claims().get(0).bucket();
        assertFalse(acme.shared());
        assertNotEquals(acme.key("acme"), globex.key("globex"));
    }

    @Test
    void allTenantsOfALimitWithoutPerShareABucket() {
        String limit = "{ name: b, concurrency: 5 }";
        Bucket acme = plan(limit, demand("acme", NOVA, 1, 1, 1)).claims().get(0).bucket();
        Bucket globex =
                plan(limit, demand("globex", NOVA, 1, 1, 1)).claims().get(0).bucket();
        assertTrue(acme.shared());
        assertEquals(acme.key("acme"), globex.key("globex"));
    }

    @Test
    void everyModelOfALimitPerModelHasItsBucket() {
        String limit = "{ name: b, per: [tenant, model], concurrency: 5 }";
        Plan nova = plan(limit, demand("acme", NOVA, 1, 1, 1));
        Plan sonnet = plan(limit, demand("acme", SONNET, 1, 1, 1));
        assertNotEquals(field(nova), field(sonnet));
        assertEquals("b/nova-lite", nova.guards().get(0).bucket());
        assertEquals("b/claude-sonnet-4-5", sonnet.guards().get(0).bucket());
    }

    @ParameterizedTest
    @CsvSource({
        "'{ name: b, rate: { tokens: 5, every: 1m } }', b:tokens:",
        "'{ name: b, per: [tenant], rate: { requests: 5, every: 1m } }', b:requests:t",
        "'{ name: b, per: [tenant, model], rate: { usd: 5, every: 1m } }', b:usd:tm/nova-lite",
        "'{ name: b, per: [model, tenant], rate: { usd: 5, every: 1m } }', b:usd:mt/nova-lite",
        "'{ name: b, per: [cost-center, environment, application], concurrency: 5 }', b:requests:cea/sales/prod/shop",
        "'{ name: b, per: [tenant, user], concurrency: 5 }', b:requests:tu/none",
        "'{ name: b, budget: { usd: 5, per: day } }', b:usd:day:@2026-11-21",
        "'{ name: b, budget: { usd: 5, per: month } }', b:usd:month:@2026-11",
        "'{ name: b, budget: { usd: 5, per: week } }', b:usd:week:@2026-W47",
        "'{ name: b, budget: { usd: 5, per: hour } }', b:usd:hour:@2026-11-21T12Z"
    })
    void aBucketsFieldSaysWhatItsNumberMeans(String limit, String field) {
        assertEquals(field, field(plan(limit, demand("acme", NOVA, 1, 1, 1))));
    }

    @Test
    void aLongValueIsKnownByADigest() {
        String limit = "{ name: b, per: [model], concurrency: 5 }";
        String one = field(plan(limit, demand("acme", "vendor." + "x".repeat(500), 1, 1, 1)));
        String two = field(plan(limit, demand("acme", "vendor." + "x".repeat(499) + "y", 1, 1, 1)));
        assertNotEquals(one, two);
        assertTrue(one.length() < 80, one);
    }

    @Test
    void aValueCannotForgeAnotherField() {
        String limit = "{ name: b, per: [model], concurrency: 5 }";
        String field = field(plan(limit, demand("acme", "x/y@2026-11z", 1, 1, 1)));
        assertEquals("b:requests:m/x%2Fy%402026-11z", field);
    }

    @Test
    void anEmptyPolicyGuardsNothing() {
        assertTrue(plan("", demand("acme", NOVA, 1, 1, 1)).isEmpty());
    }
}
