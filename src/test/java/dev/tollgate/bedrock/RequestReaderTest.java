package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {

    private static RequestFacts read(String json) {
        return RequestReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"inferenceConfig\":{\"maxTokens\":77}}",
                "{\"inferenceConfig\":{\"max_new_tokens\":77}}",
                "{\"max_tokens\":77}",
                "{\"max_completion_tokens\":77}",
                "{\"max_output_tokens\":77}",
                "{\"max_gen_len\":77}",
                "{\"textGenerationConfig\":{\"maxTokenCount\":77}}",
                "{\"max_tokens\":7,\"max_completion_tokens\":77}",
                "{\"max_tokens\":77,\"inferenceConfig\":{\"maxTokens\":3}}"
            })
    void findsTheLargestMaximumInAnySpelling(String json) {
        assertEquals(OptionalLong.of(77), read(json).maxTokens());
    }

    @Test
    void aMaximumElsewhereIsNone() {
        assertEquals(
                OptionalLong.empty(),
                read("{\"messages\":[{\"content\":{\"max_tokens\":9}}],\"toolConfig\":{\"maxTokens\":5}}")
                        .maxTokens());
    }

    @Test
    void countsImagesAndDocumentsAndLeavesTheirBytesOut() {
        String data = "A".repeat(4000);
        RequestFacts converse = read("{\"messages\":[{\"role\":\"user\",\"content\":[{\"image\":{\"format\":\"png\","
                + "\"source\":{\"bytes\":\"" + data + "\"}}},{\"document\":{\"source\":{\"bytes\":\"" + data
                + "\"}}}]}]}");
        assertEquals(1, converse.images());
        assertEquals(1, converse.documents());
        assertTrue(converse.textBytes() < 300, "found " + converse.textBytes());

        RequestFacts anthropic =
                read("{\"messages\":[{\"content\":[{\"type\":\"image\",\"source\":{\"type\":\"base64\"," + "\"data\":\""
                        + data + "\"}}]}]}");
        assertEquals(1, anthropic.images());
        assertTrue(anthropic.textBytes() < 200);

        RequestFacts openai = read("{\"messages\":[{\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":"
                + "\"data:image/png;base64," + data + "\"}}]}]}");
        assertEquals(1, openai.images());
        assertTrue(openai.textBytes() < 200);
    }

    @Test
    void textThatOnlyLooksLikeMediaCountsAsText() {
        RequestFacts facts = read("{\"messages\":[{\"content\":[{\"toolUse\":{\"input\":{\"data\":\"" + "x".repeat(1000)
                + "\"}}},{\"image\":{\"source\":{\"s3Location\":{\"uri\":\"s3://b/k\"}}}}]}]}");
        assertTrue(facts.textBytes() > 1000);
        assertEquals(1, facts.images());
    }

    @Test
    void readsModelStreamTierToolsCacheAndChoices() {
        RequestFacts facts = read(
                "{\"model\":\"openai.gpt-oss-20b-1:0\",\"stream\":true,\"service_tier\":\"flex\",\"n\":3,"
                        + "\"tools\":[{\"x\":1}],\"messages\":[{\"content\":[{\"cache_control\":{\"type\":\"ephemeral\"}}]}]}");
        assertEquals(Optional.of("openai.gpt-oss-20b-1:0"), facts.model());
        assertTrue(facts.streaming());
        assertEquals(ServiceTier.FLEX, facts.tier());
        assertEquals(3, facts.choices());
        assertTrue(facts.tools());
        assertTrue(facts.cacheWrites());
        assertEquals(
                ServiceTier.PRIORITY,
                read("{\"serviceTier\":{\"type\":\"priority\"}}").tier());
        assertFalse(read("{}").tools());
    }

    @Test
    void splicesMetadataWithoutTouchingAnotherByte() {
        String tail = " \"messages\" : [ {\"role\":\"user\",\"content\":[{\"text\":\"ü \\u00e9 \\n\"}]} ] }";
        assertSpliced("{" + tail, "{\"requestMetadata\":{\"tenantId\":\"acme\"}," + tail);
        assertSpliced(
                "{\"requestMetadata\" : {\"a\":\"b\",\"tenantId\":\"evil\"} ," + tail,
                "{\"requestMetadata\" : {\"tenantId\":\"acme\",\"a\":\"b\"} ," + tail);
        assertSpliced("  {}  ", "  {\"requestMetadata\":{\"tenantId\":\"acme\"}}  ");
        assertSpliced("{\"x\":1,\"requestMetadata\":{}}", "{\"x\":1,\"requestMetadata\":{\"tenantId\":\"acme\"}}");
    }

    private static void assertSpliced(String body, String expected) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        byte[] spliced = spliced(bytes, RequestMetadata.splice(RequestReader.read(bytes), Map.of("tenantId", "acme")));
        assertEquals(expected, new String(spliced, StandardCharsets.UTF_8));
    }

    @Test
    void splicesTheModel() {
        byte[] body = "{\"messages\":[],\"model\" : \"al\\u0069as\",\"n\":1}".getBytes(StandardCharsets.UTF_8);
        byte[] spliced = spliced(body, RequestMetadata.spliceModel(RequestReader.read(body), "openai.gpt-oss-20b-1:0"));
        assertEquals(
                "{\"messages\":[],\"model\" : \"openai.gpt-oss-20b-1:0\",\"n\":1}",
                new String(spliced, StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "x",
                "{",
                "{\"a\":}",
                "{} {}",
                "\"text\"",
                "{\"requestMetadata\":[]}",
                "{\"requestMetadata\":{\"a\":1}}",
                "{\"requestMetadata\":{},\"requestMetadata\":{}}",
                "{\"model\":\"a\",\"model\":\"b\"}"
            })
    void refusesWhatIsNotOneObject(String body) {
        BadRequest e = assertThrows(BadRequest.class, () -> read(body));
        assertTrue(e.getMessage().startsWith("expected"), e.getMessage());
    }

    @Test
    void errorsNeverQuoteTheBody() {
        BadRequest e = assertThrows(BadRequest.class, () -> read("{\"messages\": secret-prompt}"));
        assertFalse(e.getMessage().contains("secret"), e.getMessage());
    }

    private static byte[] spliced(byte[] body, Splice splice) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(body, 0, splice.start());
        out.writeBytes(splice.inserted());
        out.write(body, splice.end(), body.length - splice.end());
        assertEquals(body.length + splice.growth(), out.size());
        return out.toByteArray();
    }
}
