package dev.tollgate.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.bedrock.EventStream;
import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family's answer: its usage is the same however its bytes are split, and never known before it is complete. */
class MeterSplitTest {

    private record Case(Operation operation, String type, Buffer answer, Usage usage) {
        @Override
        public String toString() {
            return operation + " " + type + " " + usage;
        }
    }

    private static Case json(Operation operation, String body, Usage usage) {
        return new Case(operation, "application/json", Buffer.buffer(body.replace('\'', '"')), usage);
    }

    private static Buffer event(String type, String body) {
        return EventStream.event(type, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static Buffer chunk(String body) {
        byte[] json = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return event("chunk", "{'bytes':'" + Base64.getEncoder().encodeToString(json) + "','p':'abc'}");
    }

    private static Case stream(Operation operation, Usage usage, Buffer... frames) {
        Buffer all = Buffer.buffer();
        for (Buffer frame : frames) {
            all.appendBuffer(frame);
        }
        return new Case(operation, EventStream.CONTENT_TYPE, all, usage);
    }

    private static Case sse(Operation operation, String text, Usage usage) {
        return new Case(operation, "text/event-stream", Buffer.buffer(text.replace('\'', '"')), usage);
    }

    private static Usage usage(long input, long output) {
        return new Usage(input, output, 0, 0, 0);
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                        json(
                                Operation.CONVERSE,
                                "{'output':{'message':{'content':[{'text':'say \\'usage\\''}]}},'usage':{'inputTokens':7,'outputTokens':5,"
                                        + "'cacheReadInputTokens':3,'cacheWriteInputTokens':2,'totalTokens':17}}",
                                new Usage(7, 5, 3, 2, 0)),
                        json(
                                Operation.INVOKE,
                                "{'type':'message','content':[{'type':'text','text':'hi'}],'usage':{'input_tokens':7,'output_tokens':5,"
                                        + "'cache_read_input_tokens':3,'cache_creation_input_tokens':6,"
                                        + "'cache_creation':{'ephemeral_5m_input_tokens':2,'ephemeral_1h_input_tokens':4}}}",
                                new Usage(7, 5, 3, 2, 4)),
                        json(
                                Operation.INVOKE,
                                "{'inputTextTokenCount':7,'results':[{'tokenCount':5,'outputText':'x'}]}",
                                usage(7, 5)),
                        json(
                                Operation.INVOKE,
                                "{'generation':'x','prompt_token_count':7,'generation_token_count':5,'stop_reason':'stop'}",
                                usage(7, 5)),
                        json(
                                Operation.CHAT_COMPLETIONS,
                                "{'choices':[{'message':{'content':'x'}}],'usage':{'prompt_tokens':10,'completion_tokens':5,"
                                        + "'prompt_tokens_details':{'cached_tokens':3}}}",
                                new Usage(7, 5, 3, 0, 0)),
                        json(
                                Operation.RESPONSES,
                                "{'output':[{'content':[{'text':'x'}]}],'usage':{'input_tokens':7,'output_tokens':5}}",
                                usage(7, 5)),
                        stream(
                                Operation.CONVERSE_STREAM,
                                usage(7, 5),
                                event("messageStart", "{'role':'assistant'}"),
                                event("contentBlockDelta", "{'delta':{'text':'{\\'usage\\':{}}'}}"),
                                event("messageStop", "{'stopReason':'end_turn'}"),
                                event("metadata", "{'usage':{'inputTokens':7,'outputTokens':5}}")),
                        stream(
                                Operation.INVOKE_STREAM,
                                usage(7, 5),
                                chunk(
                                        "{'type':'message_start','message':{'usage':{'input_tokens':7,'output_tokens':1}}}"),
                                chunk("{'type':'content_block_delta','delta':{'text':'hello'}}"),
                                chunk("{'type':'message_delta','usage':{'output_tokens':5}}"),
                                chunk(
                                        "{'type':'message_stop','amazon-bedrock-invocationMetrics':{'inputTokenCount':7,'outputTokenCount':5}}")),
                        sse(
                                Operation.CHAT_COMPLETIONS,
                                "data: {'choices':[{'delta':{'content':'hi'}}]}\n\n"
                                        + "data: {'choices':[],'usage':{'prompt_tokens':7,'completion_tokens':5}}\n\ndata: [DONE]\n\n",
                                usage(7, 5)))
                .map(Arguments::of);
    }

    private static Meter meter(Case answer) {
        return Meter.of(answer.operation, MultiMap.caseInsensitiveMultiMap().add("Content-Type", answer.type));
    }

    private static Metered metered(Case answer, Random random, int max) {
        Meter meter = meter(answer);
        for (int at = 0; at < answer.answer.length(); ) {
            int end = Math.min(answer.answer.length(), at + 1 + random.nextInt(max));
            meter.accept(answer.answer.slice(at, end));
            at = end;
        }
        return meter.metered();
    }

    @ParameterizedTest
    @MethodSource("answers")
    void theUsageIsWhatTheAnswerReports(Case answer) {
        Meter meter = meter(answer);
        meter.accept(answer.answer);
        assertEquals(Optional.of(answer.usage), meter.metered().usage());
    }

    @ParameterizedTest
    @MethodSource("answers")
    void theUsageIsTheSameHoweverTheBytesAreSplit(Case answer) {
        Random random = new Random(81);
        Meter whole = meter(answer);
        whole.accept(answer.answer);
        Metered expected = whole.metered();
        for (int i = 0; i < 300; i++) {
            assertEquals(expected, metered(answer, random, 1 + i % 60));
        }
    }

    @ParameterizedTest
    @MethodSource("answers")
    void whatPassedNeverShrinksWhileAnAnswerPasses(Case answer) {
        Meter meter = meter(answer);
        long output = 0;
        for (int at = 0; at < answer.answer.length(); at++) {
            meter.accept(answer.answer.slice(at, at + 1));
            long now = meter.metered().usage().map(Usage::output).orElse(output);
            assertEquals(true, now >= 0);
            output = Math.max(output, now);
        }
        assertEquals(
                answer.usage.output(), meter.metered().usage().orElseThrow().output());
    }

    @ParameterizedTest
    @MethodSource("answers")
    void spoiledAnswersNeverThrow(Case answer) {
        Random random = new Random(82);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = answer.answer.getBytes();
            for (int n = 1 + random.nextInt(5); n > 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Meter meter = meter(answer);
            meter.accept(Buffer.buffer(bytes));
            Usage passed = meter.metered().passed();
            assertEquals(true, passed.input() >= 0 && passed.output() >= 0);
        }
    }
}
