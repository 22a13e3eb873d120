package dev.tollgate.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.EventStream;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeterTest {

    private static MultiMap type(String contentType) {
        return MultiMap.caseInsensitiveMultiMap().add("Content-Type", contentType);
    }

    /** The same usage however the bytes are split. */
    private static Optional<Usage> meter(Operation operation, MultiMap headers, Buffer bytes) {
        Optional<Usage> whole = split(operation, headers, bytes, new Random(0), Integer.MAX_VALUE);
        for (int seed = 1; seed < 30; seed++) {
            assertEquals(whole, split(operation, headers, bytes, new Random(seed), 40), "seed " + seed);
        }
        return whole;
    }

    private static Optional<Usage> split(Operation operation, MultiMap headers, Buffer bytes, Random random, int most) {
        Meter meter = Meter.of(operation, headers);
        for (int at = 0; at < bytes.length(); ) {
            int n = Math.min(bytes.length() - at, most == Integer.MAX_VALUE ? most : 1 + random.nextInt(most));
            meter.accept(bytes.slice(at, at + n));
            at += n;
        }
        return meter.usage();
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
                "{'embedding':[0.1,0.2],'inputTextTokenCount':12} | 12|0|0|0|0",
                "{'generation':'x','prompt_token_count':5,'generation_token_count':6} | 5|6|0|0|0",
                "{'choices':[{'message':{'content':'x'}}],'usage':{'prompt_tokens':100,'completion_tokens':7,'prompt_tokens_details':{'cached_tokens':60}}} | 40|7|60|0|0",
                "{'usage':{'input_tokens':100,'input_tokens_details':{'cached_tokens':30},'output_tokens':5,'output_tokens_details':{'reasoning_tokens':2}}} | 70|5|30|0|0",
            })
    void readsEveryFamilysBody(String json, long in, long out, long read, long write5m, long write1h) {
        Buffer body = Buffer.buffer(json.replace('\'', '"'));
        assertEquals(
                Optional.of(new Usage(in, out, read, write5m, write1h)),
                meter(Operation.INVOKE, type("application/json"), body));
    }

    @Test
    void whatTheModelWritesIsNotItsUsage() {
        Buffer body = Buffer.buffer("{\"output\":{\"message\":{\"content\":[{\"toolUse\":{\"input\":{\"usage\":"
                + "{\"inputTokens\":1,\"outputTokens\":1}}}}]}},\"usage\":{\"inputTokens\":500,\"outputTokens\":600},"
                + "\"trace\":{\"usage\":{\"inputTokens\":2}}}");
        assertEquals(
                Optional.of(new Usage(500, 600, 0, 0, 0)), meter(Operation.CONVERSE, type("application/json"), body));
    }

    @Test
    void headersTellWhereTheBodyDoesNot() {
        MultiMap headers = type("application/json")
                .add("X-Amzn-Bedrock-Input-Token-Count", "11")
                .add("X-Amzn-Bedrock-Output-Token-Count", "22")
                .add("X-Amzn-Bedrock-Cache-Read-Input-Token-Count", "3");
        assertEquals(
                Optional.of(new Usage(11, 22, 3, 0, 0)),
                meter(Operation.INVOKE, headers, Buffer.buffer("{\"generations\":[{\"text\":\"x\"}]}")));
        assertEquals(
                Optional.empty(), meter(Operation.INVOKE, type("application/json"), Buffer.buffer("{\"outputs\":[]}")));
    }

    private static Buffer event(String type, String json) {
        return EventStream.event(type, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static Buffer chunk(String json) {
        String inner =
                Base64.getEncoder().encodeToString(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        return event("chunk", "{'bytes':'" + inner + "','p':'abc'}");
    }

    @Test
    void converseStreamsTellInTheMetadataEvent() {
        Buffer stream = event("messageStart", "{'role':'assistant','p':'ab'}")
                .appendBuffer(event("contentBlockDelta", "{'delta':{'text':'usage inputTokens 9'}}"))
                .appendBuffer(event("unheardOf", "{'usage':{'inputTokens':99}}"))
                .appendBuffer(event("messageStop", "{'stopReason':'end_turn'}"))
                .appendBuffer(
                        event(
                                "metadata",
                                "{'usage':{'inputTokens':5,'outputTokens':6,'cacheReadInputTokens':7},'metrics':{'latencyMs':1}}"));
        assertEquals(
                Optional.of(new Usage(5, 6, 7, 0, 0)),
                meter(Operation.CONVERSE_STREAM, type(EventStream.CONTENT_TYPE), stream));
    }

    @Test
    void anthropicStreamsAreTakenAtTheirLastCountNotSummed() {
        Buffer stream = chunk("{'type':'message_start','message':{'usage':{'input_tokens':30,'output_tokens':1,"
                        + "'cache_creation_input_tokens':8,'cache_creation':{'ephemeral_1h_input_tokens':8}}}}")
                .appendBuffer(chunk("{'type':'content_block_delta','delta':{'text':'x'}}"))
                .appendBuffer(chunk("{'type':'message_delta','usage':{'output_tokens':15}}"))
                .appendBuffer(chunk("{'type':'message_delta','usage':{'output_tokens':44}}"));
        assertEquals(
                Optional.of(new Usage(30, 44, 0, 0, 8)),
                meter(Operation.INVOKE_STREAM, type(EventStream.CONTENT_TYPE), stream));
        stream.appendBuffer(chunk("{'type':'message_stop','amazon-bedrock-invocationMetrics':{'inputTokenCount':31,"
                + "'outputTokenCount':45,'invocationLatency':5,'cacheWriteInputTokenCount':8}}"));
        assertEquals(
                Optional.of(new Usage(31, 45, 0, 0, 8)),
                meter(Operation.INVOKE_STREAM, type(EventStream.CONTENT_TYPE), stream));
    }

    @Test
    void serverSentEventsTellInOneOfTheLastLines() {
        Buffer stream = Buffer.buffer("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"
                + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4}}\n\ndata: [DONE]\n\n");
        assertEquals(
                Optional.of(new Usage(9, 4, 0, 0, 0)),
                meter(Operation.CHAT_COMPLETIONS, type("text/event-stream; charset=utf-8"), stream));
        Buffer responses =
                Buffer.buffer("event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":"
                        + "{\"usage\":{\"input_tokens\":12,\"output_tokens\":3}}}\n\n");
        assertEquals(
                Optional.of(new Usage(12, 3, 0, 0, 0)),
                meter(Operation.RESPONSES, type("text/event-stream"), responses));
    }

    @Test
    void exceptionFramesAndBrokenFramesAreNoticed() {
        Meter meter = Meter.of(Operation.CONVERSE_STREAM, type(EventStream.CONTENT_TYPE));
        meter.accept(EventStream.exception("modelStreamErrorException", "x"));
        assertEquals(Optional.of("modelStreamErrorException"), meter.exception());
        assertTrue(!meter.produced());

        Meter cut = Meter.of(Operation.CONVERSE_STREAM, type(EventStream.CONTENT_TYPE));
        cut.accept(event("contentBlockDelta", "{}").slice(0, 20));
        assertTrue(!cut.atFrameBoundary());
    }
}
