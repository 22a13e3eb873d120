package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The caller's facts inside a request, and no other byte changed. */
class RequestMetadataTest {

    private static final Map<String, String> OURS = ours();

    private static Map<String, String> ours() {
        Map<String, String> ours = new LinkedHashMap<>();
        ours.put("tenantId", "acme");
        ours.put("applicationId", "shop");
        return ours;
    }

    private static Map<String, String> entries(int count) {
        Map<String, String> entries = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            entries.put("key" + i, "value" + i);
        }
        return entries;
    }

    private static RequestFacts facts(String body) {
        return RequestReader.read(Operation.CONVERSE, body.getBytes(StandardCharsets.UTF_8), name -> null);
    }

    private static String spliced(String body, Map<String, String> ours) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        Splice splice = RequestMetadata.splice(facts(body), ours);
        Buffer out = Buffer.buffer().appendBytes(bytes, 0, splice.start()).appendBytes(splice.inserted());
        out.appendBytes(bytes, splice.end(), bytes.length - splice.end());
        assertEquals(bytes.length + splice.growth(), out.length());
        return out.toString();
    }

    @Test
    void oursComeFirst() {
        assertEquals(
                List.of("tenantId", "applicationId", "project"),
                new ArrayList<>(
                        RequestMetadata.merge(OURS, Map.of("project", "x")).keySet()));
    }

    @Test
    void oursWin() {
        assertEquals(
                "acme",
                RequestMetadata.merge(OURS, Map.of("tenantId", "globex")).get("tenantId"));
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "13, 15", "14, 16", "15, 16", "100, 16"})
    void thereAreAtMostSixteen(int own, int merged) {
        assertEquals(merged, RequestMetadata.merge(OURS, entries(own)).size());
    }

    @ParameterizedTest
    @CsvSource({
        "acme, acme",
        "'a b:c_d@e$f#g=h/i+j,k-l.m', 'a b:c_d@e$f#g=h/i+j,k-l.m'",
        "a\"b, a_b",
        "a{b}, a_b_",
        "ü, _",
        "a;b, a_b"
    })
    void aValueOfOursIsCleanedToWhatBedrockTakes(String value, String clean) {
        assertEquals(
                clean,
                RequestMetadata.merge(Map.of("tenantId", value), Map.of()).get("tenantId"));
    }

    @ParameterizedTest
    @CsvSource({"255, 255", "256, 256", "257, 256", "10000, 256"})
    void aValueOfOursIsCutToWhatBedrockTakes(int length, int kept) {
        String value = "x".repeat(length);
        assertEquals(
                kept,
                RequestMetadata.merge(Map.of("tenantId", value), Map.of())
                        .get("tenantId")
                        .length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"messages\":[]}",
                " { \"messages\" : [ ] } ",
                "{\n}",
                "{\"a\":\"\\\"}\",\"b\":{\"requestMetadata\":{\"x\":\"y\"}}}",
                "{\"requestMetadata\":{\"own\":\"v\"},\"messages\":[]}",
                "{\"messages\":[],\"requestMetadata\" : {\"own\":\"v\"} }",
                "{\"text\":\"requestMetadata\",\"requestMetadata\":{}}",
                "{\"t\":\"\u00fc\u6771\ud835\udd4f\",\"requestMetadata\":{\"own\":\"v\"}}"
            })
    void theBodyHoldsOursAndAllElseAsItWas(String body) {
        JsonObject before = new JsonObject(body);
        JsonObject after = new JsonObject(spliced(body, OURS));
        JsonObject metadata = after.getJsonObject("requestMetadata");
        assertEquals("acme", metadata.getString("tenantId"));
        assertEquals("shop", metadata.getString("applicationId"));
        JsonObject own = before.getJsonObject("requestMetadata", new JsonObject());
        assertEquals(own.getString("own"), metadata.getString("own"));
        before.remove("requestMetadata");
        after.remove("requestMetadata");
        assertEquals(before, after);
    }

    @Test
    void noOtherByteChanges() {
        String body = " {\"messages\" : [{}] ,\t\"x\":1.50 }\n";
        String after = spliced(body, OURS);
        assertEquals(" {", after.substring(0, 2));
        assertTrue(after.endsWith("\"messages\" : [{}] ,\t\"x\":1.50 }\n"), after);
    }

    @Test
    void splicingTwiceIsSplicingOnce() {
        String once = spliced("{\"messages\":[]}", OURS);
        assertEquals(once, spliced(once, OURS));
    }

    @Test
    void aHeaderThatWouldBeTooLongLeavesTheApplicationsEntriesOut() {
        Map<String, String> own = new LinkedHashMap<>();
        for (int i = 0; i < 14; i++) {
            own.put("k".repeat(500) + i, "v".repeat(256));
        }
        assertEquals(RequestMetadata.json(OURS), RequestMetadata.header(OURS, own));
    }

    @Test
    void aHeaderHoldsTheApplicationsEntriesIfTheyFit() {
        assertEquals(
                "{\"tenantId\":\"acme\",\"applicationId\":\"shop\",\"a\":\"b\"}",
                RequestMetadata.header(OURS, Map.of("a", "b")));
    }

    @Test
    void aHeaderIsReadAsItWasWritten() {
        assertEquals(entries(16), RequestMetadata.parseHeader(RequestMetadata.json(entries(16))));
    }

    @Test
    void anEmptyObjectIsNoMetadata() {
        assertEquals(Map.of(), RequestMetadata.parseHeader("{}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "[]",
                "\"a\"",
                "{",
                "{\"a\"}",
                "{\"a\":1}",
                "{\"a\":null}",
                "{\"a\":true}",
                "{\"a\":{}}",
                "{\"a\":[\"b\"]}",
                "null"
            })
    void aHeaderThatIsNoObjectOfStringsIsRefused(String header) {
        BadRequestException e = assertThrows(BadRequestException.class, () -> RequestMetadata.parseHeader(header));
        assertEquals("expected X-Amzn-Bedrock-Request-Metadata to be a JSON object of strings", e.getMessage());
    }

    @Test
    void aHeaderOfTooManyEntriesIsRefused() {
        assertThrows(BadRequestException.class, () -> RequestMetadata.parseHeader(RequestMetadata.json(entries(17))));
    }

    @ParameterizedTest
    @CsvSource({"256, true", "257, false"})
    void aValueHasAtMost256Characters(int length, boolean taken) {
        String header = RequestMetadata.json(Map.of("a", "v".repeat(length)));
        if (taken) {
            assertEquals(length, RequestMetadata.parseHeader(header).get("a").length());
        } else {
            assertThrows(BadRequestException.class, () -> RequestMetadata.parseHeader(header));
        }
    }

    @Test
    void aHeaderLargerThanBedrockTakesIsRefusedUnread() {
        String header = "{" + " ".repeat(8500) + "}";
        BadRequestException e = assertThrows(BadRequestException.class, () -> RequestMetadata.parseHeader(header));
        assertTrue(e.getMessage().contains("8502"), e.getMessage());
    }

    @Test
    void aRefusalNeverQuotesTheHeader() {
        BadRequestException e =
                assertThrows(BadRequestException.class, () -> RequestMetadata.parseHeader("{\"secret\":5}"));
        assertTrue(!e.getMessage().contains("secret"), e.getMessage());
    }

    @Test
    void theModelInABodyIsReplacedAndNoOtherByte() {
        String body = "{ \"model\" : \"gpt\", \"messages\":[{\"content\":\"model\"}] }";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        RequestFacts facts = RequestReader.read(Operation.CHAT_COMPLETIONS, bytes, name -> null);
        Splice splice = RequestMetadata.spliceModel(facts, "openai.gpt-oss-20b-1:0");
        String after = body.substring(0, splice.start())
                + new String(splice.inserted(), StandardCharsets.UTF_8)
                + body.substring(splice.end());
        assertEquals(body.replace("\"gpt\"", "\"openai.gpt-oss-20b-1:0\""), after);
    }

    @Test
    void randomBodiesKeepEverythingElse() {
        Random random = new Random(4);
        for (int i = 0; i < 2_000; i++) {
            JsonObject body = new JsonObject();
            for (int n = random.nextInt(5); n > 0; n--) {
                body.put("k" + random.nextInt(9), random.nextBoolean() ? "v\"\\{}" + n : new JsonObject().put("a", n));
            }
            if (random.nextBoolean()) {
                body.put("requestMetadata", new JsonObject().put("own", "v" + i));
            }
            String text = random.nextBoolean() ? body.encode() : body.encodePrettily();
            JsonObject after = new JsonObject(spliced(text, OURS));
            assertEquals("acme", after.getJsonObject("requestMetadata").getString("tenantId"));
            after.remove("requestMetadata");
            body.remove("requestMetadata");
            assertEquals(body, after);
        }
    }
}
