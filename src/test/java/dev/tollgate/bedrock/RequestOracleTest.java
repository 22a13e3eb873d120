package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The one-pass reader against a plain reading of the tree, for bodies made at random. */
class RequestOracleTest {

    private static final int SEEDS = 4000;

    @Test
    void readsConversesOptionsAtTheirPlacesOnly() {
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomJson random = new RandomJson(seed);
            JsonObject body = converse(random);
            RequestFacts facts = read(Operation.CONVERSE, random.text(body));
            String message = "seed " + seed + ": " + body;
            assertEquals(maxTokens(body), facts.options().numbers().get("inferenceConfig.maxTokens"), message);
            assertEquals(
                    ServiceTier.of(word(body, "serviceTier", "type")),
                    facts.options().tier(),
                    message);
            assertEquals(
                    word(body, "performanceConfig", "latency").equals("optimized"),
                    facts.options().optimized(),
                    message);
            assertEquals(body.containsKey("guardrailConfig"), facts.options().guarded(), message);
            assertEquals(tools(body), facts.input().tools(), message);
            assertEquals(metadata(body), facts.metadata(), message);
            assertEquals(images(body), facts.input().images(), message);
        }
    }

    @Test
    void readsChatCompletionsOptionsAtTheirPlacesOnly() {
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomJson random = new RandomJson(seed);
            JsonObject body = random.object(4).put("model", "openai.gpt-oss-20b-1:0");
            RequestFacts facts = read(Operation.CHAT_COMPLETIONS, random.text(body));
            String message = "seed " + seed + ": " + body;
            assertEquals(Optional.of("openai.gpt-oss-20b-1:0"), facts.model(), message);
            assertEquals(
                    number(body.getValue("max_tokens")),
                    facts.options().numbers().get("max_tokens"),
                    message);
            assertEquals(number(body.getValue("n")), facts.options().numbers().get("n"), message);
            Object tier = body.getValue("service_tier");
            assertEquals(
                    ServiceTier.of(tier instanceof String name ? name : ""),
                    facts.options().tier(),
                    message);
            int tools = body.getValue("tools") instanceof JsonArray array ? array.size() : 0;
            assertEquals(tools, facts.input().tools(), message);
        }
    }

    @Test
    void metadataIsSplicedInAndNoOtherByteChanges() {
        Map<String, String> ours = new LinkedHashMap<>(Map.of("tenantId", "acme \"<é>"));
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomJson random = new RandomJson(seed);
            JsonObject body = converse(random);
            String text = random.text(body);
            RequestFacts facts = read(Operation.CONVERSE, text);
            byte[] before = text.getBytes(StandardCharsets.UTF_8);
            byte[] after = apply(before, RequestMetadata.splice(facts, ours));
            JsonObject sent = new JsonObject(new String(after, StandardCharsets.UTF_8));
            JsonObject expected = metadataJson(body).put("tenantId", "acme ____");
            assertEquals(expected, sent.getJsonObject("requestMetadata"), "seed " + seed);
            sent.remove("requestMetadata");
            JsonObject rest = new JsonObject(text);
            rest.remove("requestMetadata");
            assertEquals(rest, sent, "seed " + seed);
        }
    }

    @Test
    void theModelIsReplacedAndNoOtherByteChanges() {
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomJson random = new RandomJson(seed);
            JsonObject body = random.object(3).put("model", random.chance(2) ? "a\"b\\c" : "short");
            String text = random.text(body);
            RequestFacts facts = read(Operation.CHAT_COMPLETIONS, text);
            byte[] before = text.getBytes(StandardCharsets.UTF_8);
            Splice splice = RequestMetadata.spliceModel(facts, "openai.gpt-oss-20b-1:0");
            byte[] after = apply(before, splice);
            assertArrayEquals(
                    Arrays.copyOf(before, splice.start()), Arrays.copyOf(after, splice.start()), "seed " + seed);
            assertEquals(before.length + splice.growth(), after.length, "seed " + seed);
            assertEquals(
                    new JsonObject(text).put("model", "openai.gpt-oss-20b-1:0"),
                    new JsonObject(new String(after, StandardCharsets.UTF_8)),
                    "seed " + seed);
        }
    }

    /** A body that breaks off anywhere, or has any byte changed, is read or refused; never anything else. */
    @Test
    void everyMutationIsReadOrRefused() {
        int refused = 0;
        for (int seed = 0; seed < 500; seed++) {
            RandomJson random = new RandomJson(seed);
            byte[] body = random.text(converse(random)).getBytes(StandardCharsets.UTF_8);
            for (Operation operation : Operation.values()) {
                byte[] broken = body.clone();
                if (random.chance(2)) {
                    broken = Arrays.copyOf(body, random.below(body.length + 1));
                } else {
                    broken[random.below(body.length)] = (byte) random.below(256);
                }
                try {
                    RequestFacts facts = RequestReader.read(operation, broken, name -> null);
                    assertTrue(facts.input().textBytes() <= broken.length);
                } catch (BadRequestException e) {
                    refused++;
                }
            }
        }
        assertTrue(refused > 1000, "refused " + refused);
    }

    private static JsonObject converse(RandomJson random) {
        JsonObject body = random.object(4);
        if (random.chance(2)) {
            body.put("inferenceConfig", random.object(1));
        }
        if (random.chance(3)) {
            body.put("messages", new JsonArray().add(new JsonObject().put("content", messageContent(random))));
        }
        if (random.chance(3)) {
            body.put(
                    "requestMetadata", new JsonObject().put("department", "law").put("tenantId", "forged"));
        } else {
            body.remove("requestMetadata");
        }
        return body;
    }

    private static JsonArray messageContent(RandomJson random) {
        JsonArray content = new JsonArray();
        for (int i = random.below(4); i > 0; i--) {
            JsonObject image = new JsonObject().put("source", new JsonObject().put("bytes", "AAAA"));
            switch (random.below(4)) {
                case 0 -> content.add(new JsonObject().put("image", image));
                case 1 ->
                    content.add(new JsonObject()
                            .put(
                                    "toolResult",
                                    new JsonObject()
                                            .put(
                                                    "content",
                                                    new JsonArray().add(new JsonObject().put("image", image)))));
                case 2 -> content.add(new JsonObject().put("toolUse", new JsonObject().put("input", random.object(3))));
                default -> content.add(random.object(2));
            }
        }
        return content;
    }

    private static RequestFacts read(Operation operation, String text) {
        return RequestReader.read(operation, text.getBytes(StandardCharsets.UTF_8), name -> null);
    }

    private static byte[] apply(byte[] body, Splice splice) {
        byte[] after = new byte[body.length + splice.growth()];
        System.arraycopy(body, 0, after, 0, splice.start());
        System.arraycopy(splice.inserted(), 0, after, splice.start(), splice.inserted().length);
        int rest = splice.start() + splice.inserted().length;
        System.arraycopy(body, splice.end(), after, rest, body.length - splice.end());
        return after;
    }

    private static Long number(Object value) {
        return value instanceof Number number ? (Long) (long) Math.ceil(number.doubleValue()) : null;
    }

    private static Long maxTokens(JsonObject body) {
        Long given = body.getValue("inferenceConfig") instanceof JsonObject config
                ? number(config.getValue("maxTokens"))
                : null;
        long additional = -1;
        if (body.getValue("additionalModelRequestFields") instanceof JsonObject fields) {
            for (String name : fields.fieldNames()) {
                Object value = fields.getValue(name);
                if (name.equals("max_tokens") || name.equals("max_gen_len") || name.equals("maxTokens")) {
                    additional = Math.max(additional, orMinusOne(number(value)));
                } else if ((name.equals("inferenceConfig") || name.equals("textGenerationConfig"))
                        && value instanceof JsonObject inner) {
                    for (String deep : inner.fieldNames()) {
                        long found = deep.startsWith("max") ? orMinusOne(number(inner.getValue(deep))) : -1;
                        additional = Math.max(additional, found);
                    }
                }
            }
        }
        return given == null ? null : (Long) Math.max(given, additional);
    }

    private static long orMinusOne(Long value) {
        return value == null ? -1 : value;
    }

    private static String word(JsonObject body, String object, String member) {
        return body.getValue(object) instanceof JsonObject inner && inner.getValue(member) instanceof String text
                ? text
                : "";
    }

    private static int tools(JsonObject body) {
        int tools = body.getValue("toolConfig") instanceof JsonObject config
                        && config.getValue("tools") instanceof JsonArray array
                ? array.size()
                : 0;
        return body.getValue("additionalModelRequestFields") instanceof JsonObject fields
                        && fields.getValue("tools") instanceof JsonArray array
                ? tools + array.size()
                : tools;
    }

    private static JsonObject metadataJson(JsonObject body) {
        return body.getJsonObject("requestMetadata", new JsonObject()).copy();
    }

    private static Map<String, String> metadata(JsonObject body) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadataJson(body).forEach(e -> metadata.put(e.getKey(), (String) e.getValue()));
        return metadata;
    }

    private static int images(JsonObject body) {
        int images = 0;
        if (body.getValue("messages") instanceof JsonArray messages) {
            for (Object message : messages) {
                if (message instanceof JsonObject object) {
                    images += blocks(object.getValue("content"), 0);
                }
            }
        }
        return images + blocks(body.getValue("system"), 0);
    }

    private static int blocks(Object content, int depth) {
        int images = 0;
        if (content instanceof JsonArray blocks && depth < 4) {
            for (Object block : blocks) {
                images += block instanceof JsonObject object ? block(object, depth) : 0;
            }
        }
        return images;
    }

    private static int block(JsonObject block, int depth) {
        boolean image = "image".equals(block.getValue("type"))
                || "image_url".equals(block.getValue("type"))
                || block.getValue("image") instanceof JsonObject
                || block.containsKey("image_url");
        int images = blocks(block.getValue("content"), depth + 1) + blocks(block.getValue("output"), depth + 1);
        for (String carrier : new String[] {"image", "document"}) {
            if (block.getValue(carrier) instanceof JsonObject object) {
                images += sourceBlocks(object.getValue("source"), depth);
            }
        }
        images += sourceBlocks(block.getValue("source"), depth);
        if (block.getValue("toolResult") instanceof JsonObject result) {
            images += blocks(result.getValue("content"), depth + 1);
            image |= result.getValue("image") instanceof JsonObject;
            if (result.getValue("image") instanceof JsonObject nested) {
                images += sourceBlocks(nested.getValue("source"), depth);
            }
        }
        return image ? images + 1 : images;
    }

    private static int sourceBlocks(Object source, int depth) {
        return source instanceof JsonObject object ? blocks(object.getValue("content"), depth + 1) : 0;
    }
}
