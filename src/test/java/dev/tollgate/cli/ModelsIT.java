package dev.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import dev.tollgate.pricing.PriceBook;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModelsIT {

    private static JsonObject json(Map<String, String> settings) {
        String output = SidecarProcess.run(settings, "models", "--json");
        assertTrue(output.endsWith("exit 0"), output);
        return new JsonObject(output.replaceFirst("exit 0$", ""));
    }

    private static Map<String, JsonObject> byName(JsonObject models) {
        Map<String, JsonObject> named = new HashMap<>();
        models.getJsonArray("models").forEach(m -> named.put(((JsonObject) m).getString("name"), (JsonObject) m));
        return named;
    }

    @Test
    void everyModelOfThePriceBookHasANameThatStandsForItsIdentifier() {
        JsonObject output = json(Map.of("AWS_REGION", "us-east-1"));
        Map<String, JsonObject> named = byName(output);
        PriceBook book = PriceBook.bundled();
        assertEquals("us-east-1", output.getString("region"));
        assertEquals(book.version(), output.getString("priceVersion"));
        assertEquals(book.models(), named.size());
        Set<String> families = new HashSet<>();
        for (String model : book.modelNames()) {
            JsonObject one = named.get(model.substring(model.indexOf('.') + 1));
            assertTrue(book.knows(one.getString("modelId")), one::encode);
            assertTrue(one.getBoolean("priced"), one::encode);
            families.add(ModelId.parse(one.getString("modelId")).model().orElseThrow());
        }
        // One of them is an older version of another.
        assertEquals(book.models() - 1, families.size());
        JsonObject haiku = named.get("claude-3-5-haiku");
        assertEquals("us.anthropic.claude-3-5-haiku-20241022-v1:0", haiku.getString("modelId"));
        assertEquals("anthropic", haiku.getString("provider"));
        assertEquals("built-in", haiku.getString("source"));
        assertEquals(200_000, haiku.getLong("contextTokens"));
        assertEquals(8192, haiku.getLong("maxOutputTokens"));
        JsonObject prices = haiku.getJsonObject("microUsdPerMillionTokens");
        assertEquals(
                List.of(800_000, 4_000_000, 80_000, 1_000_000, 1_600_000),
                List.copyOf(prices.getMap().values()));
        assertEquals(
                40_000,
                named.get("nova-canvas").getJsonObject("microUsdPerUnit").getLong("image"));
    }

    @Test
    void thePolicysNamesAndTheChosenPrefixHold() {
        Map<String, JsonObject> named = byName(json(Map.of(
                "AWS_REGION",
                "eu-central-1",
                "TOLLGATE_MODELS_PROFILE_PREFIX",
                "global",
                "TOLLGATE_POLICY_FILE",
                Upstreams.policy("{ aliases: { chat: claude-sonnet-4-5, nova-lite: us.amazon.nova-pro-v1:0 } }")
                        .toString())));
        assertEquals(
                "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
                named.get("chat").getString("modelId"));
        assertEquals("policy", named.get("chat").getString("source"));
        assertEquals("us.amazon.nova-pro-v1:0", named.get("nova-lite").getString("modelId"));
        assertEquals(
                3_000_000,
                named.get("chat").getJsonObject("microUsdPerMillionTokens").getLong("input"));
    }

    @Test
    void theTableFitsTheTerminal() {
        String wide = SidecarProcess.run(Map.of("AWS_REGION", "us-east-1"), "models", "claude-3-5");
        assertEquals(
                List.of(
                        "NAME               MODEL ID                                      INPUT  OUTPUT  CACHE READ  CACHE WRITE  CONTEXT  MAX OUTPUT  UNITS",
                        "claude-3-5-haiku   us.anthropic.claude-3-5-haiku-20241022-v1:0    0.80    4.00        0.08         1.00  200,000       8,192",
                        "claude-3-5-sonnet  us.anthropic.claude-3-5-sonnet-20241022-v2:0   3.00   15.00        0.30         3.75  200,000       8,192"),
                wide.lines().limit(3).toList());
        assertTrue(wide.contains("Identifiers for us-east-1."), wide);
        assertTrue(SidecarProcess.run(Map.of(), "models", "nova").contains("no region is set"));
        String narrow = SidecarProcess.run(Map.of("AWS_REGION", "us-east-1", "COLUMNS", "70"), "models", "claude-3-5");
        assertTrue(narrow.lines().limit(3).allMatch(line -> line.length() <= 70), narrow);
        assertFalse(narrow.contains("CACHE"), narrow);
        assertTrue(narrow.contains("claude-3-5-haiku") && narrow.contains("4.00"), narrow);
    }

    @Test
    void aTextThatNoNameContainsLeadsToNearOnes() {
        String output = SidecarProcess.run(Map.of(), "models", "nova-lyte");
        assertTrue(output.contains("found \"nova-lyte\"; near it: nova-lite") && output.endsWith("exit 1"), output);
    }

    @Test
    void aBadSettingIsNamed() {
        String output = SidecarProcess.run(Map.of("TOLLGATE_MODELS_PROFILE_PREFIX", "usa"), "models");
        assertTrue(
                output.contains("tollgate.models.profile-prefix: expected one of auto") && output.endsWith("exit 1"),
                output);
    }
}
