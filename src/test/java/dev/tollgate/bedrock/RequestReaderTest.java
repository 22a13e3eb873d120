package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {

    private static RequestFacts read(Operation operation, String json) {
        return RequestReader.read(operation, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), name -> null);
    }

    private static RequestFacts converse(String json) {
        return read(Operation.CONVERSE, json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'messages':[{'content':[{'toolUse':{'input':{'serviceTier':{'type':'flex'}}}}]}]}",
                "{'toolConfig':{'serviceTier':{'type':'flex'}}}",
                "{'service_tier':'flex'}",
                "{'serviceTier':'flex'}"
            })
    void aTierElsewhereThanAtConversesTopMeansNothing(String json) {
        assertEquals(ServiceTier.DEFAULT, converse(json).options().tier());
    }

    @Test
    void readsTheTierAtItsPlace() {
        assertEquals(
                ServiceTier.FLEX,
                converse("{'serviceTier':{'type':'flex'}}").options().tier());
        assertEquals(
                ServiceTier.PRIORITY,
                read(Operation.RESPONSES, "{'model':'m','service_tier':'priority'}")
                        .options()
                        .tier());
    }

    @ParameterizedTest
    @CsvSource({
        "CONVERSE,DEFAULT,false",
        "CONVERSE_STREAM,DEFAULT,false",
        "INVOKE,FLEX,true",
        "INVOKE_STREAM,FLEX,true",
        "CHAT_COMPLETIONS,DEFAULT,false"
    })
    void headersDecideTierAndLatencyOfInvokeOnly(Operation operation, ServiceTier tier, boolean optimized) {
        Map<String, String> headers =
                Map.of("X-Amzn-Bedrock-Service-Tier", "flex", "X-Amzn-Bedrock-PerformanceConfig-Latency", "optimized");
        RequestFacts facts = RequestReader.read(operation, "{}".getBytes(StandardCharsets.UTF_8), headers::get);
        assertEquals(tier, facts.options().tier());
        assertEquals(optimized, facts.options().optimized());
    }

    @Test
    void readsConversesLatencyAtItsPlace() {
        assertTrue(converse("{'performanceConfig':{'latency':'optimized'}}")
                .options()
                .optimized());
        assertFalse(converse("{'inferenceConfig':{'latency':'optimized'},'latency':'optimized'}")
                .options()
                .optimized());
    }

    @Test
    void countsToolsWhereTheyAreDeclared() {
        assertEquals(
                2,
                converse("{'toolConfig':{'tools':[{'toolSpec':{}},{'toolSpec':{}}]}}")
                        .input()
                        .tools());
        assertEquals(
                1,
                converse("{'additionalModelRequestFields':{'tools':[{'type':'computer_20250124'}]}}")
                        .input()
                        .tools());
        assertEquals(3, read(Operation.INVOKE, "{'tools':[{},{},{}]}").input().tools());
        assertEquals(
                0,
                converse("{'tools':[{}],'messages':[{'tools':[{}]}]}").input().tools());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'model':'m','previous_response_id':'resp_1'}",
                "{'model':'m','conversation':{'id':'c'}}",
                "{'model':'m','prompt':{'id':'p'}}",
                "{'model':'m','input':[{'type':'item_reference','id':'i'}]}",
                "{'model':'m','tools':[{'type':'mcp'}]}"
            })
    void noticesWhatLiesOnTheServer(String json) {
        assertTrue(read(Operation.RESPONSES, json).input().onServer());
        assertFalse(read(Operation.CHAT_COMPLETIONS, "{'model':'m','previous_response_id':'resp_1'}")
                .input()
                .onServer());
    }

    @Test
    void nullRefersToNothingOnTheServer() {
        assertFalse(read(Operation.RESPONSES, "{'model':'m','previous_response_id':null}")
                .input()
                .onServer());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'messages':[{'content':[{'text':'x'},{'cachePoint':{'type':'default'}}]}]}",
                "{'system':[{'cachePoint':{'type':'default'}}]}",
                "{'toolConfig':{'tools':[{'cachePoint':{'type':'default'}}]}}"
            })
    void noticesCachePoints(String json) {
        assertTrue(converse(json).options().cacheWrites());
    }

    @Test
    void readsTheModelOfOpenAiBodies() {
        RequestFacts facts = read(Operation.CHAT_COMPLETIONS, "{'model':'openai.gpt-oss-20b-1:0','n':3}");
        assertEquals(Optional.of("openai.gpt-oss-20b-1:0"), facts.model());
        assertEquals(Optional.empty(), read(Operation.INVOKE, "{'model':'x'}").model());
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
        RequestFacts facts = RequestReader.read(Operation.CONVERSE, bytes, name -> null);
        byte[] spliced = spliced(bytes, RequestMetadata.splice(facts, Map.of("tenantId", "acme")));
        assertEquals(expected, new String(spliced, StandardCharsets.UTF_8));
    }

    @Test
    void splicesTheModel() {
        byte[] body = "{\"messages\":[],\"model\" : \"al\\u0069as\",\"n\":1}".getBytes(StandardCharsets.UTF_8);
        RequestFacts facts = RequestReader.read(Operation.CHAT_COMPLETIONS, body, name -> null);
        byte[] spliced = spliced(body, RequestMetadata.spliceModel(facts, "openai.gpt-oss-20b-1:0"));
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
                "{'a':}",
                "{} {}",
                "'text'",
                "{'requestMetadata':[]}",
                "{'requestMetadata':{'a':1}}",
                "{'requestMetadata':{},'requestMetadata':{}}"
            })
    void refusesWhatIsNotOneObject(String body) {
        BadRequestException e = assertThrows(BadRequestException.class, () -> converse(body));
        assertTrue(e.getMessage().startsWith("expected"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'inferenceConfig':{'maxTokens':9000},'inferenceConfig':{'maxTokens':1}}",
                "{'inferenceConfig':{'maxTokens':9000,'maxTokens':1}}",
                "{'inferenceConfig':{'maxTokens':1},'inferenceConfig':{}}",
                "{'serviceTier':{'type':'flex'},'serviceTier':{'type':'default'}}",
                "{'serviceTier':{'type':'flex','type':'default'}}",
                "{'messages':[],'messages':[]}",
                "{'toolConfig':{},'toolConfig':{}}"
            })
    void refusesWhatDecidesThePriceTwice(String body) {
        BadRequestException e = assertThrows(BadRequestException.class, () -> converse(body));
        assertTrue(e.getMessage().endsWith("found it twice"), e.getMessage());
    }

    @Test
    void refusesTwoModels() {
        assertThrows(BadRequestException.class, () -> read(Operation.RESPONSES, "{'model':'a','model':'b'}"));
    }

    @Test
    void refusesOtherEncodingsThanUtf8() {
        for (var charset : new java.nio.charset.Charset[] {
            StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE
        }) {
            byte[] body = "{\"inferenceConfig\":{\"maxTokens\":1}}".getBytes(charset);
            BadRequestException e = assertThrows(
                    BadRequestException.class, () -> RequestReader.read(Operation.CONVERSE, body, name -> null));
            assertTrue(e.getMessage().contains("UTF-8"), e.getMessage());
        }
    }

    @Test
    void errorsNeverQuoteTheBody() {
        BadRequestException e = assertThrows(BadRequestException.class, () -> converse("{'messages': secret-prompt}"));
        assertFalse(e.getMessage().contains("secret"), e.getMessage());
    }

    @Test
    void refusesMoreMetadataThanBedrockTakes() {
        String entries = "'k0':'v'";
        for (int i = 1; i < 17; i++) {
            entries += ",'k" + i + "':'v'";
        }
        String body = "{'requestMetadata':{" + entries + "}}";
        assertTrue(assertThrows(BadRequestException.class, () -> converse(body))
                .getMessage()
                .contains("at most 16 entries"));
        String longValue = "{'requestMetadata':{'k':'" + "v".repeat(257) + "'}}";
        assertTrue(assertThrows(BadRequestException.class, () -> converse(longValue))
                .getMessage()
                .contains("256"));
    }

    private static byte[] spliced(byte[] body, Splice splice) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(body, 0, splice.start());
        out.writeBytes(splice.inserted());
        out.write(body, splice.end(), body.length - splice.end());
        assertEquals(body.length + splice.growth(), out.size());
        return out.toByteArray();
    }

    @Test
    void aBodyNestedTooDeeplyIsToldTheBound() {
        String body = "{'additionalModelRequestFields':" + "[".repeat(2000) + "]".repeat(2000) + "}";
        BadRequestException e = assertThrows(BadRequestException.class, () -> converse(body));
        assertTrue(e.getMessage().contains("nested at most 1000 levels"), e.getMessage());
    }
}
