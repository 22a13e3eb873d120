package dev.tollgate.metering;

import static dev.tollgate.metering.Answers.chunk;
import static dev.tollgate.metering.Answers.converseStream;
import static dev.tollgate.metering.Answers.event;
import static dev.tollgate.metering.Answers.invokeStream;
import static dev.tollgate.metering.Answers.type;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.EventStream;
import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamMeterTest {

    private static final Buffer MESSAGE_START = chunk("{'type':'message_start','message':{'model':'m','content':[],"
            + "'usage':{'input_tokens':30,'output_tokens':1,'cache_read_input_tokens':4,"
            + "'cache_creation_input_tokens':8,'cache_creation':{'ephemeral_1h_input_tokens':8}}}}");

    private static Buffer delta(String text) {
        return event("contentBlockDelta", "{'contentBlockIndex':0,'delta':{'text':'" + text + "'},'p':'abcdefghijkl'}");
    }

    @Test
    void converseStreamsTellInTheMetadataEvent() {
        Metered metered = converseStream(
                event("messageStart", "{'role':'assistant','p':'ab'}"),
                delta("usage inputTokens 9"),
                event("unheardOf", "{'usage':{'inputTokens':99}}"),
                event("messageStop", "{'stopReason':'end_turn'}"),
                event(
                        "metadata",
                        "{'usage':{'inputTokens':5,'outputTokens':6,'cacheReadInputTokens':7},'metrics':{'latencyMs':1},"
                                + "'serviceTier':{'type':'default'},'performanceConfig':{'latency':'standard'}}"));
        assertEquals(Optional.of(new Usage(5, 6, 7, 0, 0)), metered.usage());
        assertEquals(Optional.of(ServiceTier.DEFAULT), metered.tier());
        assertEquals(Optional.of(false), metered.optimized());
    }

    @Test
    void aMessageStartIsNotFinalAndItsInputHasPassed() {
        Metered metered = invokeStream(
                MESSAGE_START,
                chunk("{'type':'content_block_delta','delta':{'type':'text_delta','text':'gate toll '}}"));
        assertEquals(Optional.empty(), metered.usage());
        // Two words of four letters and a space: 2 x (4 x 4 + 2) / 12.
        assertEquals(new Usage(30, 3, 4, 0, 8), metered.passed());
    }

    @Test
    void anthropicStreamsAreTakenAtTheirLastCountNotSummed() {
        Buffer text = chunk("{'type':'content_block_delta','delta':{'text':'x'}}");
        Buffer first =
                chunk("{'type':'message_delta','delta':{'stop_reason':'end_turn'},'usage':{'output_tokens':15}}");
        Buffer last = chunk("{'type':'message_delta','usage':{'output_tokens':44}}");
        assertEquals(
                Optional.of(new Usage(30, 44, 4, 0, 8)),
                invokeStream(MESSAGE_START, text, first, last).usage());
        Buffer stop = chunk("{'type':'message_stop','amazon-bedrock-invocationMetrics':{'inputTokenCount':31,"
                + "'outputTokenCount':45,'invocationLatency':5,'cacheWriteInputTokenCount':8}}");
        assertEquals(
                Optional.of(new Usage(31, 45, 4, 0, 8)),
                invokeStream(MESSAGE_START, text, first, last, stop).usage());
    }

    @Test
    void iterationsOfAStreamAreSummed() {
        Metered metered = invokeStream(
                MESSAGE_START,
                chunk("{'type':'message_delta','usage':{'output_tokens':5,'iterations':["
                        + "{'type':'compaction','input_tokens':1000,'output_tokens':100},"
                        + "{'type':'message','input_tokens':30,'output_tokens':5}]}}"));
        assertEquals(Optional.of(new Usage(1030, 105, 4, 0, 8)), metered.usage());
    }

    /** Five small deltas and an exception were once charged as 10,000 output tokens. */
    @Test
    void anExceptionAfterFiveDeltasLeavesWhatPassed() {
        Metered metered = converseStream(
                event("messageStart", "{'role':'assistant'}"),
                delta("gate "),
                delta("gate "),
                delta("gate "),
                delta("gate "),
                delta("gate "),
                EventStream.exception("modelStreamErrorException", "x"));
        assertEquals(Optional.empty(), metered.usage());
        assertEquals(0, metered.passed().allInput());
        // 5 x (4 x 4 + 2) / 12.
        assertEquals(8, metered.passed().output());
    }

    @Test
    void eachDeltaIsATokenAtLeast() {
        assertEquals(
                4,
                converseStream(delta("a"), delta("b"), delta("c"), delta(" "))
                        .passed()
                        .output());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'content_block_delta','delta':{'type':'text_delta','text':'TEXT'}}",
                "{'type':'content_block_delta','delta':{'type':'thinking_delta','thinking':'TEXT'}}",
                "{'type':'content_block_delta','delta':{'type':'input_json_delta','partial_json':'TEXT'}}",
                "{'contentBlockDelta':{'delta':{'text':'TEXT'}}}",
                "{'contentBlockDelta':{'delta':{'reasoningContent':{'text':'TEXT'}}}}",
                "{'contentBlockDelta':{'delta':{'toolUse':{'input':'TEXT'}}}}",
                "{'outputText':'TEXT','index':0,'inputTextTokenCount':9,'completionReason':null}",
                "{'generation':'TEXT','prompt_token_count':9,'generation_token_count':1,'stop_reason':null}",
                "{'outputs':[{'text':'TEXT','stop_reason':null}]}",
                "{'choices':[{'index':0,'delta':{'content':'TEXT'},'finish_reason':null}]}",
                "{'choices':[{'index':0,'delta':{'reasoning_content':'TEXT'},'finish_reason':null}]}",
                "{'generations':[{'text':'TEXT'}]}",
                "{'event_type':'text-generation','text':'TEXT'}",
                "{'nobody':{'knows':{'this':['TEXT']}}}"
            })
    void countsWhatPassesOfEveryFamily(String json) {
        Metered metered = invokeStream(chunk(json.replace("TEXT", "gate ".repeat(60))));
        assertEquals(Optional.empty(), metered.usage());
        assertEquals(90, metered.passed().output());
    }

    @Test
    void signaturesAndEndingsThatRepeatTheTextCountNothing() {
        Metered metered = invokeStream(
                chunk("{'type':'content_block_delta','delta':{'type':'signature_delta','signature':'" + "A".repeat(900)
                        + "'}}"),
                chunk("{'event_type':'stream-end','response':{'text':'" + "gate ".repeat(100) + "'}}"));
        assertEquals(0, metered.passed().output());
    }

    @Test
    void bedrocksOwnMetricsAreFinalInTheLastChunkOfText() {
        Metered metered = invokeStream(
                chunk(
                        "{'generation':'x','prompt_token_count':null,'generation_token_count':4,"
                                + "'stop_reason':'stop','amazon-bedrock-invocationMetrics':{'inputTokenCount':7,'outputTokenCount':4}}"));
        assertEquals(Optional.of(new Usage(7, 4, 0, 0, 0)), metered.usage());
    }

    @Test
    void metricsThatRepeatAnInclusiveCountDoNotBillTheCacheTwice() {
        Buffer usage = chunk("{'choices':[],'usage':{'prompt_tokens':100,'completion_tokens':7,"
                + "'prompt_tokens_details':{'cached_tokens':60}}}");
        assertEquals(
                Optional.of(new Usage(40, 7, 60, 0, 0)),
                invokeStream(
                                usage,
                                chunk(
                                        "{'amazon-bedrock-invocationMetrics':{'inputTokenCount':100,'outputTokenCount':7}}"))
                        .usage());
        assertEquals(
                Optional.of(new Usage(40, 7, 60, 0, 0)),
                invokeStream(
                                usage,
                                chunk("{'amazon-bedrock-invocationMetrics':{'inputTokenCount':40,'outputTokenCount':7,"
                                        + "'cacheReadInputTokenCount':60}}"))
                        .usage());
    }

    @Test
    void aNovaStreamTellsInItsMetadata() {
        assertEquals(
                Optional.of(new Usage(5, 6, 0, 0, 0)),
                invokeStream(
                                chunk("{'contentBlockDelta':{'delta':{'text':'x'}}}"),
                                chunk("{'metadata':{'usage':{'inputTokens':5,'outputTokens':6},'metrics':{}}}"))
                        .usage());
    }

    @Test
    void aCountIsNotFinalOnceMoreContentFollows() {
        Metered metered = invokeStream(
                chunk("{'metadata':{'usage':{'inputTokens':5,'outputTokens':1}}}"),
                chunk("{'contentBlockDelta':{'delta':{'text':'" + "gate ".repeat(12) + "'}}}"));
        assertEquals(Optional.empty(), metered.usage());
        assertEquals(new Usage(5, 18, 0, 0, 0), metered.passed());
    }

    @Test
    void aFrameTooLargeToKeepCountsByItsSize() {
        Metered metered = converseStream(delta("x".repeat(4_200_000)));
        assertTrue(metered.passed().output() >= 1_400_000, "found " + metered.passed());
    }

    @Test
    void aFrameWithAWrongChecksumCountsByItsSizeOnly() {
        Buffer frame = event("metadata", "{'usage':{'inputTokens':5,'outputTokens':6}}");
        frame.setByte(frame.length() - 1, (byte) (frame.getByte(frame.length() - 1) ^ 1));
        Metered metered = converseStream(frame);
        assertEquals(Optional.empty(), metered.usage());
        assertEquals(new Usage(0, frame.length() / 2, 0, 0, 0), metered.passed());
    }

    @Test
    void whatFollowsABadFrameCountsHoweverItIsSplit() {
        Buffer bad = delta("x".repeat(100));
        bad.setByte(bad.length() - 1, (byte) (bad.getByte(bad.length() - 1) ^ 1));
        Buffer all = Buffer.buffer().appendBuffer(bad).appendBuffer(delta("y".repeat(400)));
        Usage whole = new Usage(0, all.length() / 2, 0, 0, 0);
        assertEquals(whole, converseStream(all).passed());
        for (int at = 1; at < all.length(); at++) {
            Meter split = Meter.of(Operation.CONVERSE_STREAM, type(EventStream.CONTENT_TYPE));
            split.accept(all.slice(0, at));
            split.accept(all.slice(at, all.length()));
            long more = split.metered().passed().output() - whole.output();
            assertTrue(more >= 0 && more <= 1, "split at " + at + ": " + more);
        }
    }

    /** The format has ten types of headers, of which Bedrock uses one today. */
    @Test
    void headersOfOtherTypesDoNotHideAFrame() {
        byte[][] values = {
            {0},
            {1},
            {2, 1},
            {3, 0, 1},
            {4, 0, 0, 0, 1},
            {5, 0, 0, 0, 0, 0, 0, 0, 1},
            {6, 0, 2, 9, 9},
            {8, 0, 0, 0, 0, 0, 0, 0, 1},
            {9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
        };
        for (byte[] value : values) {
            Buffer header =
                    Buffer.buffer().appendByte((byte) 2).appendString("at").appendBytes(value);
            Metered metered =
                    converseStream(with(header, event("metadata", "{'usage':{'inputTokens':5,'outputTokens':6}}")));
            assertEquals(Optional.of(new Usage(5, 6, 0, 0, 0)), metered.usage(), "type " + value[0]);
        }
    }

    /** The frame with a header before its own. */
    private static Buffer with(Buffer header, Buffer frame) {
        int total = frame.length() + header.length();
        Buffer out = Buffer.buffer().appendInt(total).appendInt(frame.getInt(4) + header.length());
        out.appendInt(crc(out)).appendBuffer(header).appendBuffer(frame.slice(12, frame.length() - 4));
        return out.appendInt(crc(out));
    }

    private static int crc(Buffer bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes.getBytes());
        return (int) crc.getValue();
    }

    @Test
    void aCountThatIsNoWholeNumberIsNotFinal() {
        Metered metered = converseStream(
                delta("x".repeat(30)), event("metadata", "{'usage':{'inputTokens':-5,'outputTokens':6}}"));
        assertEquals(Optional.empty(), metered.usage());
        assertTrue(metered.passed().output() >= 10, metered.toString());
    }
}
