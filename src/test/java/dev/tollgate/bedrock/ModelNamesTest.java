package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelNamesTest {

    private static final List<String> MODELS = List.of(
            "anthropic.claude-3-5-haiku",
            "anthropic.claude-3-haiku",
            "anthropic.claude-sonnet-4-5",
            "anthropic.claude-opus-4-7",
            "amazon.nova-lite",
            "amazon.nova-micro",
            "amazon.titan-embed-text",
            "zai.glm-5.3",
            "acme.own-model");

    private static ModelNames names(String prefix, String region) {
        return ModelNames.of(MODELS, new ProfilePrefix(prefix, Optional.of(region)));
    }

    @ParameterizedTest
    @CsvSource({
        // A profile that the model needs, of the region's geography.
        "auto, us-east-1, claude-3-5-haiku, us.anthropic.claude-3-5-haiku-20241022-v1:0",
        "auto, eu-central-1, claude-sonnet-4-5, eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "auto, ap-northeast-1, claude-sonnet-4-5, jp.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "auto, ap-southeast-2, claude-sonnet-4-5, au.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "auto, us-gov-west-1, claude-sonnet-4-5, us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "auto, ap-south-1, nova-lite, apac.amazon.nova-lite-v1:0",
        // No geography has one: the global one.
        "auto, sa-east-1, claude-sonnet-4-5, global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        // None is needed, in this region or in any.
        "auto, us-east-1, nova-lite, amazon.nova-lite-v1:0",
        "auto, us-west-2, nova-lite, us.amazon.nova-lite-v1:0",
        "auto, eu-west-3, claude-3-haiku, anthropic.claude-3-haiku-20240307-v1:0",
        // A choice is kept to: never another geography.
        "none, us-east-1, claude-3-5-haiku, anthropic.claude-3-5-haiku-20241022-v1:0",
        "global, us-east-1, claude-sonnet-4-5, global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "eu, us-east-1, nova-lite, eu.amazon.nova-lite-v1:0",
        "eu, us-east-1, glm-5.3, zai.glm-5.3",
        // The newest version, also of a name that the price book gives to the oldest.
        "auto, us-east-1, titan-embed-text, amazon.titan-embed-text-v2:0",
        // As the price book names it.
        "auto, us-east-1, amazon.nova-micro, amazon.nova-micro-v1:0",
        "auto, us-east-1, own-model, acme.own-model",
    })
    void standForTheNewestVersionThroughTheProfileThatIsNeeded(
            String prefix, String region, String name, String identifier) {
        assertEquals(Optional.of(identifier), names(prefix, region).id(name));
    }

    @Test
    void withoutARegionAnIdentifierHasNoPrefix() {
        ModelNames names = ModelNames.of(MODELS, new ProfilePrefix(ProfilePrefix.AUTO, Optional.empty()));
        assertEquals(Optional.of("anthropic.claude-sonnet-4-5-20250929-v1:0"), names.id("claude-sonnet-4-5"));
    }

    @Test
    void anIdentifierIsNeverTakenForAName() {
        for (String id : List.of("anthropic.claude-opus-4-7", "amazon.nova-lite-v1:0", "us.amazon.nova-lite-v1:0")) {
            assertEquals(Optional.empty(), names("auto", "us-east-1").id(id));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "claude-3-5-hiaku, claude-3-5-haiku claude-3-haiku",
        "nova-lit, nova-lite",
        "claude-sonnet-4-5-20250929, claude-sonnet-4-5",
        "gpt-17, ''",
    })
    void aMistypedNameHasNearOnes(String typed, String near) {
        List<String> expected = near.isEmpty() ? List.of() : List.of(near.split(" "));
        assertEquals(
                expected,
                ModelNames.near(typed, names("auto", "us-east-1").all().keySet()));
        assertEquals(List.of(), ModelNames.near("x".repeat(100_000), List.of("x")));
    }

    @Test
    void aProviderIsKnownBehindAnyPrefix() {
        ModelNames names = names("auto", "us-east-1");
        assertTrue(names.namesProvider("anthropic.claude-9-v1:0"));
        assertTrue(names.namesProvider("moon.anthropic.claude-9-v1:0"));
        assertFalse(names.namesProvider("claude-9"));
    }
}
