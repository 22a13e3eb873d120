package dev.tollgate.metering;

import static dev.tollgate.metering.Answers.sse;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseMeterTest {

    private static final Optional<Usage> USAGE = Optional.of(new Usage(9, 4, 0, 0, 0));
    private static final String CONTENT = "data: {'choices':[{'delta':{'content':'a'}}]}";
    private static final String LAST =
            "data: {'choices':[],'usage':{'prompt_tokens':9,'completion_tokens':4},'service_tier':'flex'}";

    private static String delta(String text) {
        return "data: {'id':'chatcmpl-1','object':'chat.completion.chunk','model':'m','obfuscation':'abcdefghij',"
                + "'choices':[{'index':0,'delta':{'role':'assistant','content':'" + text
                + "'},'finish_reason':null}]}\n\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n\n", "\r\n\r\n", "\r\r"})
    void linesEndInThreeWays(String end) {
        Metered metered = sse(CONTENT + end + LAST + end + "data: [DONE]" + end);
        assertEquals(USAGE, metered.usage());
        assertEquals(Optional.of(ServiceTier.FLEX), metered.tier());
    }

    @Test
    void doneMakesNoCountFinalThatContentFollowed() {
        Metered metered = sse(LAST + "\n\n" + delta("x".repeat(300)) + "data: [DONE]\n\n");
        assertEquals(Optional.empty(), metered.usage());
        assertTrue(metered.passed().output() >= 90, metered.toString());
    }

    @Test
    void theLastLineNeedsNoEnd() {
        assertEquals(USAGE, sse(CONTENT + "\n\n" + LAST).usage());
    }

    @Test
    void anEventMayHaveNoSpaceAndOtherFields() {
        assertEquals(
                USAGE,
                sse(": comment\n\nevent: x\nid: 7\n" + LAST.replace("data: ", "data:") + "\n\n")
                        .usage());
    }

    /** Once charged 6,603,751 micro-USD instead of 715. */
    @Test
    void anEventOfMoreThanAMegabyteIsReadToItsUsage() {
        String text = "x".repeat(1_100_000);
        Metered metered = sse("event: response.completed\ndata: {'type':'response.completed','response':{'output':"
                + "[{'content':[{'text':'" + text + "'}]}],'usage':{'input_tokens':12,'output_tokens':3}}}\n\n");
        assertEquals(Optional.of(new Usage(12, 3, 0, 0, 0)), metered.usage());
    }

    @Test
    void responsesTellWhenTheyAreCompleted() {
        assertEquals(
                Optional.of(new Usage(2, 3, 10, 0, 0)),
                sse("event: response.created\ndata: {'type':'response.created','response':{'usage':null}}\n\n"
                                + "event: response.completed\ndata: {'type':'response.completed','response':"
                                + "{'usage':{'input_tokens':12,'input_tokens_details':{'cached_tokens':10},'output_tokens':3}}}\n\n")
                        .usage());
    }

    /** 122 tokens without usage were once charged as 128,000. */
    @Test
    void aStreamWithoutUsageCountsWhatPassed() {
        StringBuilder stream = new StringBuilder();
        for (int i = 0; i < 122; i++) {
            stream.append(delta("gate "));
        }
        Metered metered = sse(stream + "data: [DONE]\n\n");
        assertEquals(Optional.empty(), metered.usage());
        long output = metered.passed().output();
        assertTrue(output >= 122 && output < 190, "found " + output);
    }

    @Test
    void responsesRepeatTheirTextWhichCountsOnce() {
        String text = "gate ".repeat(12);
        Metered metered = sse("data: {'type':'response.output_text.delta','item_id':'i','delta':'" + text + "'}\n\n"
                + "data: {'type':'response.output_text.done','text':'" + text + "'}\n\n"
                + "data: {'type':'response.output_item.done','item':{'content':[{'text':'" + text + "'}]}}\n\n");
        assertEquals(18, metered.passed().output());
    }

    @Test
    void aCountInEveryEventIsFinalOnlyAtTheEnd() {
        String event = "data: {'choices':[{'delta':{'content':'gate '}}],'usage':{'prompt_tokens':9,"
                + "'completion_tokens':%d}}\n\n";
        Metered cut = sse(String.format(event, 1) + String.format(event, 2));
        assertEquals(Optional.empty(), cut.usage());
        assertEquals(new Usage(9, 3, 0, 0, 0), cut.passed());
        assertEquals(
                Optional.of(new Usage(9, 2, 0, 0, 0)),
                sse(String.format(event, 1) + String.format(event, 2) + "data: [DONE]\n\n")
                        .usage());
    }

    @Test
    void halfAnEventCountsWhatItHolds() {
        Metered cut = sse("data: {'choices':[{'delta':{'content':'" + "gate ".repeat(12));
        assertEquals(18, cut.passed().output());
    }

    @Test
    void anEventMayTakeSeveralLines() {
        assertEquals(
                USAGE,
                sse("data: {'choices':[],\ndata: 'usage':{'prompt_tokens':9,\ndata: 'completion_tokens':4}}\n\n")
                        .usage());
    }

    @Test
    void anEventThatBreaksOffDoesNotSpoilTheNext() {
        Metered metered = sse("data: {'choices':[{'delta':{'content':'gate \n\n" + LAST + "\n\n");
        assertEquals(USAGE, metered.usage());
    }
}
