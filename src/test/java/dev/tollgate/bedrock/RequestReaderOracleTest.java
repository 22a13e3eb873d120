package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Random requests, read in one pass, against what was put into them; and a maximum written where none was. */
class RequestReaderOracleTest {

    private static final ModelTarget NOVA = ModelTarget.of(ModelId.parse("us.amazon.nova-lite-v1:0"), Optional.empty());

    private final Random random = new Random(95);

    private static RequestFacts read(Operation operation, String body) {
        return RequestReader.read(operation, body.getBytes(StandardCharsets.UTF_8), name -> null);
    }

    private Object noise(int depth) {
        return switch (random.nextInt(depth > 2 ? 3 : 5)) {
            case 0 -> "maxTokens " + random.nextInt(100) + " \"image\": {";
            case 1 -> random.nextInt(1_000_000);
            case 2 -> random.nextBoolean();
            case 3 -> new JsonObject().put("maxTokens", 99).put("image", noise(depth + 1));
            default -> new JsonArray().add(noise(depth + 1)).add(new JsonObject().put("type", "image"));
        };
    }

    private JsonObject message(int images) {
        JsonArray content = new JsonArray().add(new JsonObject().put("text", "ü".repeat(random.nextInt(30))));
        for (int i = 0; i < images; i++) {
            content.add(new JsonObject()
                    .put(
                            "image",
                            new JsonObject()
                                    .put("format", "png")
                                    .put("source", new JsonObject().put("bytes", "A".repeat(random.nextInt(200))))));
        }
        return new JsonObject().put("role", "user").put("content", content);
    }

    @Test
    void aConverseRequestsFactsAreWhatWasPutIntoIt() {
        for (int i = 0; i < 3_000; i++) {
            int images = random.nextInt(4);
            int tools = random.nextInt(4);
            int maxTokens = random.nextInt(100_000);
            JsonObject body = new JsonObject();
            if (random.nextBoolean()) {
                body.put("noise" + i, noise(0));
            }
            body.put("messages", new JsonArray().add(message(images)).add(message(0)));
            body.put("inferenceConfig", new JsonObject().put("temperature", 0.5).put("maxTokens", maxTokens));
            if (tools > 0) {
                JsonArray specs = new JsonArray();
                for (int t = 0; t < tools; t++) {
                    specs.add(new JsonObject().put("toolSpec", new JsonObject().put("name", "t" + t)));
                }
                body.put("toolConfig", new JsonObject().put("tools", specs));
            }
            String text = random.nextBoolean() ? body.encode() : body.encodePrettily();
            RequestFacts facts = read(Operation.CONVERSE, text);
            assertEquals(images, facts.input().images(), text);
            assertEquals(tools, facts.input().tools(), text);
            assertEquals(
                    Map.of("inferenceConfig.maxTokens", (long) maxTokens),
                    facts.options().numbers(),
                    text);
            assertTrue(facts.input().textBytes() <= text.getBytes(StandardCharsets.UTF_8).length);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"CONVERSE", "INVOKE", "CHAT_COMPLETIONS", "RESPONSES", "APPLY_GUARDRAIL", "ASYNC_INVOKE_START"})
    void aSpoiledBodyIsReadOrRefusedAndNeverAnythingElse(Operation operation) {
        String good = new JsonObject()
                .put("model", "m")
                .put("modelId", "amazon.nova-reel-v1:0")
                .put("messages", new JsonArray().add(message(2)))
                .put("max_tokens", 5)
                .put("inferenceConfig", new JsonObject().put("maxTokens", 5))
                .put("requestMetadata", new JsonObject().put("a", "b"))
                .encode();
        int refused = 0;
        for (int i = 0; i < 3_000; i++) {
            byte[] bytes = good.getBytes(StandardCharsets.UTF_8);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                RequestReader.read(operation, bytes, name -> null);
            } catch (BadRequestException e) {
                assertTrue(String.valueOf(e.getMessage()).startsWith("expected "), e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > 500, refused + " refused");
    }

    @ParameterizedTest
    @CsvSource({
        "CONVERSE, inferenceConfig",
        "CONVERSE, requestMetadata",
        "CHAT_COMPLETIONS, max_tokens",
        "CHAT_COMPLETIONS, model",
        "RESPONSES, max_output_tokens",
        "INVOKE, max_tokens"
    })
    void aMemberThatDecidesSomethingComesOnce(Operation operation, String member) {
        String value = member.equals("model") ? "\"m\"" : member.startsWith("max") ? "5" : "{}";
        String once = "{\"" + member + "\":" + value + "}";
        String twice = "{\"" + member + "\":" + value + ",\"" + member + "\":" + value + "}";
        read(operation, once);
        assertThrows(BadRequestException.class, () -> read(operation, twice));
    }

    @Test
    void aMaximumIsWrittenWhereNoneWasAndNothingElseChanges() {
        for (int i = 0; i < 2_000; i++) {
            JsonObject body = new JsonObject().put("messages", new JsonArray().add(message(0)));
            if (random.nextBoolean()) {
                JsonObject config = new JsonObject();
                if (random.nextBoolean()) {
                    config.put("temperature", 1);
                }
                body.put("inferenceConfig", config);
            }
            String text = random.nextBoolean() ? body.encode() : body.encodePrettily();
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            RequestFacts facts = read(Operation.CONVERSE, text);
            MaxTokens written =
                    MaxTokens.of(Operation.CONVERSE, NOVA, facts, 123).orElseThrow(() -> new AssertionError(text));
            Splice change = written.change();
            Buffer after = Buffer.buffer().appendBytes(bytes, 0, change.start()).appendBytes(change.inserted());
            after.appendBytes(bytes, change.end(), bytes.length - change.end());
            JsonObject parsed = new JsonObject(after);
            assertEquals(123, parsed.getJsonObject("inferenceConfig").remove("maxTokens"));
            if (!body.containsKey("inferenceConfig")) {
                parsed.remove("inferenceConfig");
            }
            assertEquals(new JsonObject(text), parsed);
            assertEquals(OptionalLong.of(123), BodySchema.CONVERSE.maxTokens(written.facts()));
            assertEquals(
                    written.facts().options().numbers(),
                    read(Operation.CONVERSE, after.toString()).options().numbers());
        }
    }

    @Test
    void aMaximumThatIsThereStays() {
        RequestFacts facts = read(Operation.CONVERSE, "{\"inferenceConfig\":{\"maxTokens\":5}}");
        assertEquals(Optional.empty(), MaxTokens.of(Operation.CONVERSE, NOVA, facts, 123));
    }

    @Test
    void aBodyWithoutMembersTakesNone() {
        assertEquals(Optional.empty(), MaxTokens.of(Operation.CONVERSE, NOVA, read(Operation.CONVERSE, "{}"), 123));
    }

    @ParameterizedTest
    @CsvSource({
        "5, 5",
        "5.2, 6",
        "-5, 0",
        "0, 0",
        "1e3, 1000",
        "9223372036854775807, 9223372036854775807",
        "99999999999999999999, 9223372036854775807"
    })
    void aNumberIsReadUpwards(String json, long value) {
        RequestFacts facts = read(Operation.CONVERSE, "{\"inferenceConfig\":{\"maxTokens\":" + json + "}}");
        assertEquals(OptionalLong.of(value), BodySchema.CONVERSE.maxTokens(facts));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"\"5\"", "null", "true", "[5]", "{}"})
    void whatIsNoNumberIsNoMaximum(String json) {
        RequestFacts facts = read(Operation.CONVERSE, "{\"inferenceConfig\":{\"maxTokens\":" + json + "}}");
        assertEquals(OptionalLong.empty(), BodySchema.CONVERSE.maxTokens(facts));
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void anOperationWithoutABodyHasNoFacts(Operation operation) {
        if (operation.body() == Operation.Body.NONE) {
            assertEquals(RequestFacts.NONE, RequestReader.read(operation, new byte[] {1, 2, 3}, name -> null));
        }
    }

    @Test
    void aModelsNameIsReadWithItsPlace() {
        for (String name : List.of("m", "openai.gpt-oss-20b-1:0", "ü", "a\\\"b")) {
            String body = "{ \"model\" : \"" + name + "\" }";
            RequestFacts facts = read(Operation.CHAT_COMPLETIONS, body);
            RequestFacts.Span at = facts.layout().model().orElseThrow();
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            assertEquals(
                    '"' + name + '"', new String(bytes, at.start(), at.end() - at.start(), StandardCharsets.UTF_8));
            assertEquals(Optional.of(name.replace("\\", "")), facts.model());
        }
    }
}
