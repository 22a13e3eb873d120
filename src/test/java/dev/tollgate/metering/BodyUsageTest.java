package dev.tollgate.metering;

import static dev.tollgate.metering.Answers.quoted;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyUsageTest {

    private static Metered read(String json) {
        return BodyUsage.read(quoted(json).getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'output':{},'usage':{'inputTokens':10,'outputTokens':20}}",
                " [{'type':'message_start','message':{'usage':{'input_tokens':10,'output_tokens':1}}},{'type':'content_block_delta','delta':{'text':'x'}},{'type':'message_delta','usage':{'output_tokens':20}}]",
                "[{'messageStart':{}},{'contentBlockDelta':{'delta':{'text':'x'}}},{'metadata':{'usage':{'inputTokens':10,'outputTokens':20}}}]",
                "[{'generation':'x','generation_token_count':1},{'generation':'','amazon-bedrock-invocationMetrics':{'inputTokenCount':10,'outputTokenCount':20}}]",
                "[{'choices':[{'delta':{'content':'x'}}],'usage':{'prompt_tokens':10,'completion_tokens':20}}]"
            })
    void readsBodiesAndArraysOfEvents(String json) {
        assertEquals(Optional.of(new Usage(10, 20, 0, 0, 0)), read(json).usage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{'type':'message_start','message':{'usage':{'input_tokens':10,'output_tokens':1}}},{'type':'content_block_delta','delta':{'text':'gate gate '}}]|10|3",
                "{'generations':[{'text':'gate gate '}]}|0|3",
                "[]|0|0",
                "''|0|0",
                "x|0|0"
            })
    void tellsWhatPassedIfThereIsNoFinalCount(String json, long input, long output) {
        Metered metered = read(json);
        assertEquals(Optional.empty(), metered.usage());
        assertEquals(new Usage(input, output, 0, 0, 0), metered.passed());
    }
}
