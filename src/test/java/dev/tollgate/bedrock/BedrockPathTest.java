package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BedrockPathTest {

    private static final String ARN = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333%3Aapplication-inference-profile%2Fabc123/converse",
                "/model/arn:aws:bedrock:us-east-1:111122223333:application-inference-profile%2Fabc123/converse",
                "/model/arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123/converse"
            })
    void allSpellingsOfAnArnAreOneModelAndGoUpInOneForm(String raw) {
        BedrockPath path = BedrockPath.parse("POST", raw).orElseThrow();
        assertEquals(Optional.of(ARN), path.model());
        assertEquals(
                "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333%3Aapplication-inference-profile%2Fabc123/converse",
                path.upstreamPath(path.model().orElseThrow()));
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/model/m/converse,CONVERSE",
        "POST,/model/m/converse-stream,CONVERSE_STREAM",
        "POST,/model/m/invoke,INVOKE",
        "POST,/model/m/invoke-with-response-stream,INVOKE_STREAM",
        "POST,/model/m/count-tokens,COUNT_TOKENS",
        "POST,/model/m/invoke-with-bidirectional-stream,BIDIRECTIONAL_STREAM",
        "POST,/guardrail/gr/version/1/apply,APPLY_GUARDRAIL",
        "POST,/guardrail-checks/invoke,GUARDRAIL_CHECKS",
        "POST,/async-invoke,ASYNC_INVOKE_START",
        "GET,/async-invoke,ASYNC_INVOKE_LIST",
        "GET,/async-invoke/arn%3Aaws%3Abedrock,ASYNC_INVOKE_GET",
        "POST,/openai/v1/chat/completions,CHAT_COMPLETIONS",
        "POST,/openai/v1/responses,RESPONSES"
    })
    void knowsTheOperations(String method, String path, Operation operation) {
        assertEquals(operation, BedrockPath.parse(method, path).orElseThrow().operation());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/model/m",
                "/model//converse",
                "/model/m/train",
                "/model/../etc/converse",
                "/model/a%2F%2Fb/invoke",
                "/model/a%0d%0aX/converse",
                "/model/%zz/converse",
                "/model/a%3Fb/converse",
                "/model/%252e/converse",
                "/openai/v1/models",
                "/async-invoke/../x",
                "/guardrail/a/b/version/1/apply"
            })
    void allElseIsNoOperation(String path) {
        assertTrue(BedrockPath.parse("POST", path).isEmpty());
    }

    @Test
    void anotherMethodIsNoOperation() {
        assertTrue(BedrockPath.parse("GET", "/model/m/converse").isEmpty());
        assertTrue(BedrockPath.parse("DELETE", "/async-invoke").isEmpty());
    }

    @Test
    void aModelIdOfTheLargestSizePassesAndALongerOneDoesNot() {
        assertTrue(BedrockPath.parse("POST", "/model/" + "a".repeat(2048) + "/invoke")
                .isPresent());
        assertTrue(BedrockPath.parse("POST", "/model/" + "a".repeat(2049) + "/invoke")
                .isEmpty());
    }
}
