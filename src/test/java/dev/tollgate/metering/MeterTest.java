package dev.tollgate.metering;

import static dev.tollgate.metering.Answers.event;
import static dev.tollgate.metering.Answers.json;
import static dev.tollgate.metering.Answers.meter;
import static dev.tollgate.metering.Answers.quoted;
import static dev.tollgate.metering.Answers.type;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.EventStream;
import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Unit;
import dev.tollgate.bedrock.Usage;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeterTest {

    private static Metered body(Operation operation, String json) {
        return meter(operation, json(), Buffer.buffer(quoted(json)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'usage':{'inputTokens':10,'outputTokens':20,'totalTokens':30}} | 10|20|0|0|0",
                "{'usage':{'inputTokens':10,'outputTokens':20,'cacheReadInputTokens':5,'cacheWriteInputTokens':7}} | 10|20|5|7|0",
                "{'usage':{'inputTokens':1,'outputTokens':2,'cacheWriteInputTokens':9,'cacheDetails':[{'ttl':'5m','inputTokens':4},{'inputTokens':5,'ttl':'1h'}]}} | 1|2|0|4|5",
                "{'type':'message','usage':{'input_tokens':3,'output_tokens':4,'cache_creation_input_tokens':6,'cache_read_input_tokens':2,'cache_creation':{'ephemeral_5m_input_tokens':1,'ephemeral_1h_input_tokens':5}}} | 3|4|2|1|5",
                "{'inputTextTokenCount':8,'results':[{'tokenCount':9,'outputText':'x'},{'tokenCount':2}]} | 8|11|0|0|0",
                "{'generation':'x','prompt_token_count':5,'generation_token_count':6} | 5|6|0|0|0",
                "{'choices':[{'message':{'content':'x'}}],'usage':{'prompt_tokens':100,'completion_tokens':7,'prompt_tokens_details':{'cached_tokens':60}}} | 40|7|60|0|0",
                "{'usage':{'input_tokens':100,'input_tokens_details':{'cached_tokens':30},'output_tokens':5,'output_tokens_details':{'reasoning_tokens':2}}} | 70|5|30|0|0",
                "{'usage':{'prompt_tokens':2000,'completion_tokens':7,'prompt_tokens_details':{'cached_tokens':100,'cache_write_tokens':1500}}} | 400|7|100|1500|0",
                "{'usage':{'input_tokens':2000,'input_tokens_details':{'cache_write_tokens':1500},'output_tokens':5}} | 500|5|0|1500|0",
                "{'usage':{'input_tokens':10,'output_tokens':5,'iterations':[{'type':'compaction','input_tokens':1000,'output_tokens':100,'cache_creation':{'ephemeral_1h_input_tokens':7}},{'type':'message','input_tokens':10,'output_tokens':5,'cache_read_input_tokens':3}]}} | 1010|105|3|0|7"
            })
    void readsEveryFamilysBody(String json, long in, long out, long read, long write5m, long write1h) {
        assertEquals(
                Optional.of(new Usage(in, out, read, write5m, write1h)),
                body(Operation.INVOKE, json).usage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'usage':{'inputTokens':1e30,'outputTokens':20}}",
                "{'usage':{'inputTokens':10,'outputTokens':-20}}",
                "{'usage':{'input_tokens':10.5,'output_tokens':20}}",
                "{'usage':{'inputTokens':10,'outputTokens':20,'cacheReadInputTokens':-1}}",
                "{'inputTextTokenCount':-8,'results':[{'tokenCount':9,'outputText':'x'}]}",
                "{'prompt_token_count':5,'generation_token_count':-6}",
                "{'text':'x','amazon-bedrock-invocationMetrics':{'inputTokenCount':5,'outputTokenCount':-1}}"
            })
    void aUsageWithACountThatIsNoWholeNumberIsNoUsage(String json) {
        assertEquals(Optional.empty(), body(Operation.INVOKE, json).usage());
    }

    /** Only an embedding has no output, and a body does not say of which kind its model is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'embedding':[0.1,0.2],'inputTextTokenCount':12}",
                "{'output':{'message':{'content':[{'text':'abc'}]}},'usage':{'inputTokens':12}}",
                "{'usage':{'inputTokens':12,'outputTokens':null}}",
                "{'usage':{'input_tokens':12,'output_tokens':'1500'}}",
                "{'choices':[{'message':{'content':'x'}}],'usage':{'prompt_tokens':12}}"
            })
    void aUsageWithoutOutputHasPassedAndIsNotFinal(String json) {
        Metered metered = body(Operation.INVOKE, json);
        assertEquals(Optional.empty(), metered.usage());
        assertEquals(12, metered.passed().input());
    }

    @Test
    void aUsageWithoutInputIsNotFinal() {
        Metered metered = body(Operation.INVOKE, "{'usage':{'inputTokens':'10000','outputTokens':1500}}");
        assertEquals(Optional.empty(), metered.usage());
        assertEquals(new Usage(0, 1500, 0, 0, 0), metered.passed());
    }

    @Test
    void anErrorWithAStatusOfSuccessIsRefusedUnlessItReportsUsage() {
        for (String json :
                List.of("{'__type':'UnknownOperationException'}", "{'Output':{'__type':'a#b'},'Version':'1.0'}")) {
            Meter meter = Meter.of(Operation.CONVERSE_STREAM, json());
            meter.accept(Buffer.buffer(quoted(json)));
            assertTrue(meter.refused(), json);
        }
        for (String json : List.of(
                "{'output':{'message':{'content':[{'__type':'x'}]}}}",
                "{'__type':'x','usage':{'inputTokens':1,'outputTokens':2}}")) {
            Meter meter = Meter.of(Operation.CONVERSE_STREAM, json());
            meter.accept(Buffer.buffer(quoted(json)));
            assertFalse(meter.refused(), json);
        }
    }

    @Test
    void whatTheModelWritesIsNotItsUsage() {
        assertEquals(
                Optional.of(new Usage(500, 600, 0, 0, 0)),
                body(
                                Operation.CONVERSE,
                                "{'output':{'message':{'content':[{'toolUse':{'input':{'usage':{'inputTokens':1,'outputTokens':1},"
                                        + "'serviceTier':{'type':'flex'}}}},{'text':'\\'usage\\':{\\'inputTokens\\':3}'}]}},"
                                        + "'usage':{'inputTokens':500,'outputTokens':600},'trace':{'usage':{'inputTokens':2}}}")
                        .usage());
    }

    @Test
    void headersTellIfTheBodyDoesNot() {
        var headers = json().add("X-Amzn-Bedrock-Input-Token-Count", "11")
                .add("X-Amzn-Bedrock-Output-Token-Count", "22")
                .add("X-Amzn-Bedrock-Cache-Read-Input-Token-Count", "3");
        assertEquals(
                Optional.of(new Usage(11, 22, 3, 0, 0)),
                meter(Operation.INVOKE, headers, Buffer.buffer("{\"generations\":[{\"text\":\"x\"}]}"))
                        .usage());
        assertEquals(Optional.empty(), body(Operation.INVOKE, "{'outputs':[]}").usage());
    }

    @ParameterizedTest
    @CsvSource({"flex,FLEX", "default,DEFAULT", "priority,PRIORITY", "reserved,RESERVED"})
    void theTierThatServedStandsInBodyOrHeader(String name, ServiceTier tier) {
        assertEquals(
                Optional.of(tier),
                body(
                                Operation.CONVERSE,
                                "{'usage':{'inputTokens':1,'outputTokens':1},'serviceTier':{'type':'" + name + "'}}")
                        .tier());
        assertEquals(
                Optional.of(tier),
                body(Operation.CHAT_COMPLETIONS, "{'choices':[],'service_tier':'" + name + "'}")
                        .tier());
        assertEquals(
                Optional.of(tier),
                meter(Operation.INVOKE, json().add("X-Amzn-Bedrock-Service-Tier", name), Buffer.buffer("{}"))
                        .tier());
    }

    /** Anthropic's own tiers are others than Bedrock's. */
    @Test
    void theTierInsideAnthropicsUsageIsNotBedrocks() {
        assertEquals(
                Optional.empty(),
                body(Operation.INVOKE, "{'usage':{'input_tokens':1,'output_tokens':1,'service_tier':'priority'}}")
                        .tier());
    }

    @Test
    void theLatencyThatServedStandsInBodyOrHeader() {
        assertEquals(
                Optional.of(false),
                body(Operation.CONVERSE, "{'performanceConfig':{'latency':'standard'}}")
                        .optimized());
        assertEquals(
                Optional.of(true),
                meter(
                                Operation.INVOKE,
                                json().add("X-Amzn-Bedrock-PerformanceConfig-Latency", "optimized"),
                                Buffer.buffer("{}"))
                        .optimized());
    }

    @Test
    void aBodyThatBreaksOffCountsByItsDeclaredLength() {
        String json = quoted("{'output':{'message':{'content':[{'text':'" + "gate ".repeat(100) + "'}]}},");
        Metered known =
                meter(Operation.CONVERSE, json().add("Content-Length", "3000"), Buffer.buffer(json.substring(0, 100)));
        assertEquals(Optional.empty(), known.usage());
        assertEquals(1000, known.passed().output());
        Metered unknown = meter(Operation.CONVERSE, json(), Buffer.buffer(json.substring(0, 100)));
        assertTrue(unknown.passed().output() >= 12, "found " + unknown.passed());
    }

    @Test
    void aGuardrailReportsItsUnitsByPolicy() {
        Metered metered = body(
                Operation.APPLY_GUARDRAIL,
                "{'usage':{'topicPolicyUnits':2,'contentPolicyUnits':3,'wordPolicyUnits':9,"
                        + "'sensitiveInformationPolicyUnits':0,'sensitiveInformationPolicyFreeUnits':5,"
                        + "'contextualGroundingPolicyUnits':1,'contentPolicyImageUnits':4},'action':'NONE'}");
        assertEquals(Optional.of(Usage.NONE), metered.usage());
        assertEquals(
                List.of(
                        Purchase.of(Unit.TOPIC_TEXT, 2),
                        Purchase.of(Unit.CONTENT_TEXT, 3),
                        Purchase.of(Unit.GROUNDING_TEXT, 1),
                        Purchase.of(Unit.CONTENT_IMAGE, 4)),
                metered.purchases());
    }

    @Test
    void aGuardrailsTraceInAConverseAnswerCounts() {
        String usage = "'invocationMetrics':{'usage':{'topicPolicyUnits':1,'contentPolicyUnits':2}}";
        Metered metered = body(
                Operation.CONVERSE,
                "{'usage':{'inputTokens':1,'outputTokens':1},'trace':{'guardrail':{'inputAssessment':{'g':{" + usage
                        + "}},'outputAssessments':{'g':[{" + usage + "}]}}}}");
        assertEquals(List.of(Purchase.of(Unit.TOPIC_TEXT, 2), Purchase.of(Unit.CONTENT_TEXT, 4)), metered.purchases());
    }

    @Test
    void freeOperationsUseNothingAndOthersWithoutReportAreUnknown() {
        assertEquals(
                Optional.of(Usage.NONE),
                body(Operation.COUNT_TOKENS, "{'inputTokens':9}").usage());
        assertEquals(Metered.NOTHING, body(Operation.ASYNC_INVOKE_START, "{'invocationArn':'x'}"));
    }

    @Test
    void exceptionFramesAndBrokenFramesAreNoticed() {
        Meter meter = Meter.of(Operation.CONVERSE_STREAM, type(EventStream.CONTENT_TYPE));
        meter.accept(EventStream.exception("modelStreamErrorException", "x"));
        assertEquals(Optional.of("modelStreamErrorException"), meter.exception());
        assertFalse(meter.produced());

        Meter cut = Meter.of(Operation.CONVERSE_STREAM, type(EventStream.CONTENT_TYPE));
        cut.accept(event("contentBlockDelta", "{}").slice(0, 20));
        assertFalse(cut.atFrameBoundary());
    }
}
