package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentBlocksTest {

    private static final String DATA = "A".repeat(4000);

    private static RequestFacts.Input read(Operation operation, String json) {
        byte[] body = json.replace('\'', '"').replace("DATA", DATA).getBytes(StandardCharsets.UTF_8);
        return RequestReader.read(operation, body, name -> null).input();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CONVERSE|{'messages':[{'content':[{'image':{'format':'png','source':{'bytes':'DATA'}}}]}]}",
                "CONVERSE|{'messages':[{'content':[{'toolResult':{'content':[{'image':{'source':{'bytes':'DATA'}}}]}}]}]}",
                "CONVERSE|{'system':[{'guardContent':{'image':{'source':{'bytes':'DATA'}}}}]}",
                "INVOKE|{'messages':[{'content':[{'type':'image','source':{'type':'base64','data':'DATA'}}]}]}",
                "INVOKE|{'messages':[{'content':[{'source':{'data':'DATA','type':'base64'},'type':'image'}]}]}",
                "INVOKE|{'messages':[{'content':[{'type':'tool_result','content':[{'type':'image','source':{'type':'base64','data':'DATA'}}]}]}]}",
                "INVOKE|{'inputImage':'DATA'}",
                "INVOKE|{'images':['DATA']}",
                "CHAT_COMPLETIONS|{'messages':[{'content':[{'type':'image_url','image_url':{'url':'data:image/png;base64,DATA'}}]}]}",
                "RESPONSES|{'input':[{'content':[{'type':'input_image','image_url':'data:image/png;base64,DATA'}]}]}"
            })
    void anImageIsNoText(Operation operation, String json) {
        RequestFacts.Input input = read(operation, json);
        assertEquals(1, input.images());
        assertEquals(0, input.documents());
        assertTrue(input.textBytes() < 200, "found " + input.textBytes());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CONVERSE|{'messages':[{'content':[{'document':{'source':{'bytes':'DATA'}}}]}]}",
                "CONVERSE|{'messages':[{'content':[{'video':{'source':{'bytes':'DATA'}}}]}]}",
                "CONVERSE|{'messages':[{'content':[{'document':{'source':{'s3Location':{'uri':'s3://b/k'}}}}]}]}",
                "INVOKE|{'messages':[{'content':[{'type':'document','source':{'type':'base64','data':'DATA'}}]}]}",
                "INVOKE|{'messages':[{'content':[{'type':'document','source':{'type':'url','url':'https://x'}}]}]}",
                "CHAT_COMPLETIONS|{'messages':[{'content':[{'type':'file','file':{'file_data':'DATA'}}]}]}",
                "CHAT_COMPLETIONS|{'messages':[{'content':[{'type':'input_audio','input_audio':{'data':'DATA'}}]}]}",
                "RESPONSES|{'input':[{'content':[{'type':'input_file','file_id':'f'}]}]}"
            })
    void aDocumentHasTokensThatItsSizeDoesNotBound(Operation operation, String json) {
        RequestFacts.Input input = read(operation, json);
        assertEquals(1, input.documents());
        assertTrue(input.textBytes() < 200, "found " + input.textBytes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONVERSE|{'messages':[{'content':[{'document':{'source':{'text':'DATA'}}}]}]}",
                "CONVERSE|{'messages':[{'content':[{'document':{'source':{'content':[{'text':'DATA'}]}}}]}]}",
                "INVOKE|{'messages':[{'content':[{'type':'document','source':{'type':'text','data':'DATA'}}]}]}",
                "INVOKE|{'messages':[{'content':[{'type':'document','source':{'data':'DATA','type':'text'}}]}]}"
            })
    void aDocumentOfPlainTextIsText(String line) {
        String[] parts = line.split("\\|", 2);
        RequestFacts.Input input = read(Operation.valueOf(parts[0]), parts[1]);
        assertEquals(0, input.documents());
        assertTrue(input.textBytes() > 4000, "found " + input.textBytes());
    }

    /** 300 kB of a tool's input were once taken for an image, and charged as 1,600 tokens. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONVERSE|{'messages':[{'content':[{'toolUse':{'input':{'image':{'source':{'bytes':'DATA'}}}}}]}]}",
                "CONVERSE|{'messages':[{'content':[{'image':{'source':{'bytes':''}}},{'toolUse':{'input':{'source':{'bytes':'DATA'}}}}]}]}",
                "CONVERSE|{'messages':[{'content':[{'toolResult':{'content':[{'json':{'image':{'source':{'bytes':'DATA'}}}}]}}]}]}",
                "CONVERSE|{'image':{'source':{'bytes':'DATA'}}}",
                "CONVERSE|{'toolConfig':{'tools':[{'toolSpec':{'inputSchema':{'json':{'source':{'bytes':'DATA'}}}}}]}}",
                "CONVERSE|{'messages':[{'image':{'source':{'bytes':'DATA'}}}]}",
                "CONVERSE|{'additionalModelRequestFields':{'messages':[{'content':[{'image':{'source':{'bytes':'DATA'}}}]}]}}",
                "INVOKE|{'messages':[{'content':[{'type':'tool_use','input':{'type':'image','source':{'type':'base64','data':'DATA'}}}]}]}",
                "INVOKE|{'prompt':'DATA','source':{'data':'DATA'}}"
            })
    void textThatOnlyLooksLikeMediaIsText(String line) {
        String[] parts = line.split("\\|", 2);
        assertTrue(read(Operation.valueOf(parts[0]), parts[1]).textBytes() > 4000);
    }

    @Test
    void escapedQuotesDoNotEndAMediaString() {
        RequestFacts.Input input = read(
                Operation.CONVERSE,
                "{'messages':[{'content':[{'image':{'source':{'bytes':'AA\\'BB\\\\'}}},{'text':'DATA'}]}]}");
        assertEquals(1, input.images());
        assertTrue(input.textBytes() > 4000);
    }
}
