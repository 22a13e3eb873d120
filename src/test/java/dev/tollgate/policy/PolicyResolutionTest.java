package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.tenant.Caller;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a name means, and which limits apply. */
class PolicyResolutionTest {

    private static final String PROFILE = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123";
    private static final Policy POLICY = PolicyReader.read("""
            tenants:
              acme: { cost-center: sales, environment: prod }
              globex: {}
            aliases:
              nova: us.amazon.nova-lite-v1:0
              chained: nova
              sales: %s
            profiles:
              abc123: us.amazon.nova-lite-v1:0
            default-max-tokens:
              "claude-haiku-*": 500
              "claude-*": 1000
              "amazon.nova-*": 2000
            """.formatted(PROFILE), 1);

    private static Caller caller(String costCenter) {
        return new Caller("acme", "shop", costCenter, "prod", Caller.NO_USER);
    }

    private static ModelTarget resolved(String name, String costCenter) {
        return POLICY.resolve(name, caller(costCenter), ProfileModels.NONE);
    }

    private static ModelTarget target(String id) {
        return ModelTarget.of(ModelId.parse(id), Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "nova, us.amazon.nova-lite-v1:0",
        "us.amazon.nova-lite-v1:0, us.amazon.nova-lite-v1:0",
        "amazon.nova-pro-v1:0, amazon.nova-pro-v1:0",
        "Nova, Nova",
        "made-up, made-up"
    })
    void aNameIsItsAliasOrItself(String name, String sent) {
        assertEquals(sent, resolved(name, "ops").sendId());
    }

    @Test
    void anAliasOfAnAliasIsNotFollowed() {
        assertEquals("nova", resolved("chained", "ops").sendId());
    }

    @Test
    void aProfileIsPricedByTheModelThatTheFileNames() {
        ModelTarget target = resolved(PROFILE, "ops");
        assertEquals(Optional.of("amazon.nova-lite-v1:0"), target.pricedModel());
        assertEquals("abc123", target.metricId());
        assertEquals("nova-lite", target.name());
    }

    @Test
    void aCostCentersProfileIsUsedForTheModelThatItRuns() {
        assertEquals(PROFILE, resolved("nova", "sales").sendId());
        assertEquals(PROFILE, resolved("us.amazon.nova-lite-v1:0", "sales").sendId());
    }

    @Test
    void aCostCentersProfileIsNotUsedForAnotherModel() {
        assertEquals(
                "us.amazon.nova-pro-v1:0",
                resolved("us.amazon.nova-pro-v1:0", "sales").sendId());
    }

    @ParameterizedTest
    @CsvSource({"acme, sales, prod", "globex, none, none"})
    void aTenantsFactsAreTheFiles(String tenant, String costCenter, String environment) {
        assertEquals(
                costCenter, POLICY.tenant(tenant).orElseThrow().costCenter().orElse("none"));
        assertEquals(
                environment, POLICY.tenant(tenant).orElseThrow().environment().orElse("none"));
    }

    @Test
    void anUnknownTenantHasNoFacts() {
        assertEquals(Optional.empty(), POLICY.tenant("umbrella"));
    }

    @ParameterizedTest
    @CsvSource({
        "us.anthropic.claude-haiku-4-5-20251001-v1:0, 500",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0, 1000",
        "us.amazon.nova-lite-v1:0, 2000",
        "meta.llama3-8b-instruct-v1:0, none"
    })
    void theFirstMaximumThatMatchesDecides(String model, String tokens) {
        assertEquals(
                tokens,
                POLICY.defaultMaxTokens(target(model)).map(String::valueOf).orElse("none"));
    }

    private static Limit limit(String yaml) {
        return PolicyReader.read("limits: [ { name: l, concurrency: 5, " + yaml + " } ]", 1)
                .limits()
                .get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "nova-lite, true",
        "us.amazon.nova-lite-v1:0, true",
        "amazon.nova-lite-v1:0, true",
        "nova-*, true",
        "'*.nova-*', true",
        "nova, false",
        "nova-pro, false"
    })
    void aModelMatchesByItsNameItsIdOrItsPrice(String glob, boolean matches) {
        Limit limit = limit("match: { model: \"" + glob + "\" }");
        assertEquals(matches, limit.matches(caller("ops"), target("us.amazon.nova-lite-v1:0")));
        assertEquals(matches, limit.matches(target("us.amazon.nova-lite-v1:0")));
    }

    @ParameterizedTest
    @CsvSource({
        "'match: { tenant: acme }', acme",
        "'match: { tenant: \"a*\" }', all",
        "'match: { model: x }', all",
        "'per: [tenant]', all"
    })
    void theOwnerIsTheOneTenantOrAll(String yaml, String owner) {
        assertEquals(owner, limit(yaml).owner());
    }

    @ParameterizedTest
    @CsvSource({
        "'match: { tenant: acme }', acme, true",
        "'match: { tenant: acme }', globex, false",
        "'match: { tenant: \"a*\" }', acme, true",
        "'match: { model: x }', globex, true"
    })
    void aLimitConcernsATenantThatItCanApplyTo(String yaml, String tenant, boolean concerns) {
        assertEquals(concerns, limit(yaml).concerns(tenant));
    }

    @ParameterizedTest
    @CsvSource({
        "'per: [model]', true",
        "'match: { model: x }', true",
        "'per: [tenant]', false",
        "'match: { tenant: x }', false"
    })
    void aLimitAsksForTheModelIfItMatters(String yaml, boolean asks) {
        assertEquals(asks, limit(yaml).asksForModel());
    }

    @Test
    void aLimitIsPerTenantIfItSaysSo() {
        assertTrue(limit("per: [model, tenant]").perTenant());
        assertFalse(limit("per: [model]").perTenant());
    }

    @ParameterizedTest
    @CsvSource({
        "'concurrency: 5', SHARE, true",
        "'rate: { tokens: 5, every: 1m }', SHARE, true",
        "'budget: { usd: 5, per: day }', DENY, true",
        "'budget: { usd: 5, per: day }, mode: shadow', OPEN, false",
        "'concurrency: 5, on-ledger-failure: open', OPEN, true",
        "'concurrency: 5, on-ledger-failure: deny', DENY, true",
        "'concurrency: 5, mode: enforce', SHARE, true"
    })
    void withoutTheLedgerEachKindHasItsDefault(String yaml, Limit.OnLedgerFailure then, boolean enforced) {
        Limit limit = PolicyReader.read("limits: [ { name: l, " + yaml + " } ]", 1)
                .limits()
                .get(0);
        assertEquals(then, limit.onLedgerFailure());
        assertEquals(enforced, limit.enforced());
    }

    @Test
    void aRateWithoutABurstHasItsAmountAndAMinute() {
        Limit limit = PolicyReader.read("limits: [ { name: l, rate: { tokens: 5 } } ]", 1)
                .limits()
                .get(0);
        Limit.Rate rate = (Limit.Rate) limit.quantity();
        assertEquals(5, rate.burst());
        assertEquals(60, rate.every().toSeconds());
        assertEquals(5, rate.most());
    }

    @Test
    void thresholdsAreSortedAndEachOnce() {
        Limit limit = PolicyReader.read(
                        "limits: [ { name: l, budget: { usd: 5, per: day, warn-at: [90, 50, 90, 100] } } ]", 1)
                .limits()
                .get(0);
        assertEquals(List.of(50, 90, 100), ((Limit.Budget) limit.quantity()).warnAt());
    }

    @ParameterizedTest
    @CsvSource({"TENANT, acme", "MODEL, nova-lite", "APPLICATION, shop", "COST_CENTER, ops", "ENVIRONMENT, prod"})
    void aCallHasAValueInEveryDimension(Dimension dimension, String value) {
        assertEquals(value, Limit.value(dimension, caller("ops"), target("us.amazon.nova-lite-v1:0")));
    }

    @Test
    void aPolicyDoesNotChangeWithWhatItWasMadeOf() {
        assertEquals(List.of(), Policy.NONE.limits());
        assertEquals(0, Policy.NONE.version());
        assertFalse(Policy.NONE.revised());
    }
}
