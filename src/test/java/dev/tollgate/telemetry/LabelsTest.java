package dev.tollgate.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.tenant.Caller;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Labels of calls: equal by all their parts, and bounded in number. */
class LabelsTest {

    private static final CallLabels LABELS = new CallLabels("t", "m", "i", "a", "e", "c");

    private static ModelTarget target(String id) {
        return ModelTarget.of(ModelId.parse(id), Optional.empty());
    }

    @Test
    void labelsAreThoseOfCallerAndModel() {
        assertEquals(
                new CallLabels("acme", "nova-lite", "us.amazon.nova-lite-v1:0", "shop", "prod", "sales"),
                CallLabels.of(new Caller("acme", "shop", "sales", "prod", "u"), target("us.amazon.nova-lite-v1:0")));
    }

    @Test
    void labelsThatDifferInOnePartAreNotEqual() {
        assertEquals(LABELS, new CallLabels("t", "m", "i", "a", "e", "c"));
        assertEquals(LABELS.hashCode(), new CallLabels("t", "m", "i", "a", "e", "c").hashCode());
        for (CallLabels other : List.of(
                new CallLabels("x", "m", "i", "a", "e", "c"),
                new CallLabels("t", "x", "i", "a", "e", "c"),
                new CallLabels("t", "m", "x", "a", "e", "c"),
                new CallLabels("t", "m", "i", "x", "e", "c"),
                new CallLabels("t", "m", "i", "a", "x", "c"),
                new CallLabels("t", "m", "i", "a", "e", "x"))) {
            assertNotEquals(LABELS, other);
        }
        assertNotEquals(LABELS, "t");
    }

    @Test
    void beyondABoundATenantOrAModelIsOther() {
        assertEquals(new CallLabels("_other", "m", "i", "a", "e", "c"), LABELS.otherTenant());
        assertEquals(new CallLabels("t", "_other", "_other", "a", "e", "c"), LABELS.otherModel());
        assertEquals(new CallLabels("_other", "_other", "_other", "_other", "_other", "_other"), CallLabels.other());
    }

    @Test
    void madeUpNamesNeverTakeThePlaceOfRealOnes() {
        ModelNames names = new ModelNames();
        for (int i = 0; i < 100; i++) {
            assertEquals(i < 20 ? "fake" + i : CallLabels.OTHER, names.bounded("fake" + i, false));
        }
        for (int i = 0; i < 600; i++) {
            assertEquals(i < 500 ? "real" + i : CallLabels.OTHER, names.bounded("real" + i, true));
        }
        assertEquals("fake0", names.bounded("fake0", false));
        assertEquals("real0", names.bounded("real0", true));
    }

    @Test
    void aMeterOfALabelIsMadeOnce() {
        AtomicInteger made = new AtomicInteger();
        ByLabel<Object> meters = new ByLabel<>(label -> {
            made.incrementAndGet();
            return new Object();
        });
        assertSame(meters.of("a"), meters.of("a"));
        assertNotEquals(meters.of("a"), meters.of("b"));
        assertEquals(2, made.get());
    }

    @ParameterizedTest
    @CsvSource({
        "CONVERSE, amazon.nova-lite-v1:0, chat",
        "CONVERSE_STREAM, amazon.nova-lite-v1:0, chat",
        "CHAT_COMPLETIONS, openai.gpt-oss-20b-1:0, chat",
        "RESPONSES, openai.gpt-oss-20b-1:0, chat",
        "INVOKE, anthropic.claude-sonnet-4-5-20250929-v1:0, chat",
        "INVOKE, amazon.titan-embed-text-v2:0, embeddings",
        "INVOKE, cohere.embed-english-v3, embeddings",
        "INVOKE, amazon.nova-canvas-v1:0, generate_content",
        "INVOKE, stability.sd3-5-large-v1:0, generate_content",
        "INVOKE, amazon.rerank-v1:0, generate_content",
        "COUNT_TOKENS, amazon.nova-lite-v1:0, count-tokens",
        "APPLY_GUARDRAIL, x, apply-guardrail"
    })
    void anOperationHasItsWellKnownName(Operation operation, String model, String name) {
        assertEquals(name, GenAi.operation(operation, target(model)));
    }

    @Test
    void inputTokensOfTheConventionsIncludeTheCache() {
        assertEquals(1_234, GenAi.input(new Usage(4, 99, 30, 200, 1_000)));
    }

    @Test
    void theBoundsOfHistogramsGrowByTheirFactor() {
        for (int i = 1; i < GenAi.DURATIONS.length; i++) {
            assertEquals(GenAi.DURATIONS[i - 1].multipliedBy(2), GenAi.DURATIONS[i]);
        }
        for (int i = 1; i < GenAi.TOKENS.length; i++) {
            assertEquals(GenAi.TOKENS[i - 1] * 4, GenAi.TOKENS[i]);
        }
        assertEquals(1, GenAi.TOKENS[0]);
        assertEquals(67_108_864, GenAi.TOKENS[13]);
    }

    @Test
    void everyCounterOfACallExistsAtZero() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new CallCounters(registry, LABELS.tags());
        for (String name : List.of("requests", "invocations", "tokens", "cost.usd", "decisions")) {
            assertTrue(!registry.find("tollgate." + name).counters().isEmpty(), name);
            registry.find("tollgate." + name).counters().forEach(c -> assertEquals(0, c.count()));
        }
    }

    @Test
    void tokensAndCostAreCountedAsTheyAreBilled() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        CallCounters counters = new CallCounters(registry, LABELS.tags());
        counters.used(new Usage(1, 20, 300, 4_000, 50_000), 1_500_000);
        assertEquals(
                1,
                registry.get("tollgate.tokens").tag("type", "input").counter().count());
        assertEquals(
                20,
                registry.get("tollgate.tokens").tag("type", "output").counter().count());
        assertEquals(
                300,
                registry.get("tollgate.tokens")
                        .tag("type", "cache_read")
                        .counter()
                        .count());
        assertEquals(
                54_000,
                registry.get("tollgate.tokens")
                        .tag("type", "cache_write")
                        .counter()
                        .count());
        assertEquals(1.5, registry.get("tollgate.cost.usd").counter().count());
    }

    @Test
    void aDenialIsCountedByItsLimitAndItsMode() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        CallCounters counters = new CallCounters(registry, LABELS.tags());
        counters.deny("day");
        counters.deny("day");
        counters.shadowDeny("day");
        counters.approve();
        assertEquals(
                2,
                registry.get("tollgate.decisions")
                        .tags("decision", "denied", "limit", "day")
                        .counter()
                        .count());
        assertEquals(
                1,
                registry.get("tollgate.decisions")
                        .tags("decision", "shadow_denied", "limit", "day")
                        .counter()
                        .count());
        assertEquals(
                1,
                registry.get("tollgate.decisions")
                        .tags("decision", "approved", "limit", "none")
                        .counter()
                        .count());
    }
}
