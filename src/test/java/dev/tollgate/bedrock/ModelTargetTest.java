package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelTargetTest {

    private static final String PROFILE = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123";

    private static ModelTarget target(String id) {
        return ModelTarget.of(ModelId.parse(id), Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "us.amazon.nova-lite-v1:0, us, amazon.nova-lite-v1:0, us.amazon.nova-lite-v1:0, nova-lite",
        "amazon.nova-lite-v1:0, '', amazon.nova-lite-v1:0, amazon.nova-lite-v1:0, nova-lite",
        "global.anthropic.claude-sonnet-4-5-20250929-v1:0, global, anthropic.claude-sonnet-4-5-20250929-v1:0, global.anthropic.claude-sonnet-4-5-20250929-v1:0, claude-sonnet-4-5",
        "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0, '', amazon.titan-embed-text-v2:0, amazon.titan-embed-text-v2:0, titan-embed-text",
        "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.amazon.nova-pro-v1:0, eu, amazon.nova-pro-v1:0, eu.amazon.nova-pro-v1:0, nova-pro"
    })
    void anIdentifierIsAScopeAModelAMetricIdAndAName(
            String id, String scope, String model, String metricId, String name) {
        assertEquals(new ModelTarget(id, scope, Optional.of(model), metricId, name), target(id));
    }

    @Test
    void anApplicationProfileIsKnownByItsLastPart() {
        assertEquals(new ModelTarget(PROFILE, "", Optional.empty(), "abc123", "abc123"), target(PROFILE));
    }

    @Test
    void anApplicationProfileWhoseModelIsKnownIsPricedByIt() {
        ModelTarget target =
                ModelTarget.of(ModelId.parse(PROFILE), Optional.of(ModelId.parse("us.amazon.nova-lite-v1:0")));
        assertEquals(
                new ModelTarget(PROFILE, "us", Optional.of("amazon.nova-lite-v1:0"), "abc123", "nova-lite"), target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:bedrock:us-east-1:1:prompt/ABC:1",
                "arn:aws:bedrock:us-east-1:1:default-prompt-router/anthropic.claude:1",
                "arn:aws:bedrock:us-east-1:1:prompt-router/abc"
            })
    void aPromptOrARouterLiesOnTheServer(String id) {
        assertTrue(target(id).onServer());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amazon.nova-lite-v1:0",
                "vendor.prompt-router/x",
                "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
                PROFILE
            })
    void aModelDoesNot(String id) {
        assertFalse(target(id).onServer());
    }

    @Test
    void targetsAreEqualByAllTheirParts() {
        ModelTarget target = new ModelTarget("a", "b", Optional.of("c"), "d", "e");
        assertEquals(target, new ModelTarget("a", "b", Optional.of("c"), "d", "e"));
        assertEquals(target.hashCode(), new ModelTarget("a", "b", Optional.of("c"), "d", "e").hashCode());
        assertNotEquals(target, new ModelTarget("x", "b", Optional.of("c"), "d", "e"));
        assertNotEquals(target, new ModelTarget("a", "x", Optional.of("c"), "d", "e"));
        assertNotEquals(target, new ModelTarget("a", "b", Optional.empty(), "d", "e"));
        assertNotEquals(target, new ModelTarget("a", "b", Optional.of("c"), "x", "e"));
        assertNotEquals(target, new ModelTarget("a", "b", Optional.of("c"), "d", "x"));
        assertNotEquals(target, "a");
    }

    @Test
    void nobodyKnowsAProfileWithoutALookUp() {
        ModelId id = ModelId.parse(PROFILE);
        assertEquals(Optional.empty(), ProfileModels.NONE.known(id));
        assertFalse(ProfileModels.NONE.worthAsking(id));
        Future<Void> asked = ProfileModels.NONE.ask(id);
        assertTrue(asked.succeeded());
    }

    @ParameterizedTest
    @CsvSource({"amazon.nova-lite-v1:0, amazon", "claude, ''", "'', ''", ".x, ''", "a.b.c, a"})
    void theProviderIsWhatIsBeforeTheFirstDot(String model, String provider) {
        assertEquals(provider, ModelId.provider(model));
    }

    @ParameterizedTest
    @CsvSource({
        "amazon.nova-lite-v1:0, nova-lite",
        "anthropic.claude-3-5-sonnet-20240620-v1:0, claude-3-5-sonnet",
        "anthropic.claude-opus-4-20250514-v1:0, claude-opus-4",
        "meta.llama3-1-8b-instruct-v1:0, llama3-1-8b-instruct",
        "mistral.mistral-7b-instruct-v0:2, mistral-7b-instruct",
        "cohere.command-text-v14, command-text",
        "cohere.command-text-v14:7:4k, command-text",
        "openai.gpt-oss-20b-1:0, gpt-oss-20b-1",
        "v1, v1",
        "x.-v1, -v1"
    })
    void theFamilyIsTheNameWithoutProviderDateAndVersion(String model, String family) {
        assertEquals(family, ModelId.family(model));
    }
}
