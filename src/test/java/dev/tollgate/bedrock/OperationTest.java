package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperationTest {

    @ParameterizedTest
    @CsvSource({
        "CONVERSE, converse, CONVERSE, true, false, true, false, false",
        "CONVERSE_STREAM, converse-stream, CONVERSE, true, false, true, true, false",
        "INVOKE, invoke, MODEL, true, false, true, false, false",
        "INVOKE_STREAM, invoke-with-response-stream, MODEL, true, false, true, true, false",
        "COUNT_TOKENS, count-tokens, JSON, false, true, false, false, false",
        "BIDIRECTIONAL_STREAM, invoke-with-bidirectional-stream, NONE, false, false, false, true, false",
        "APPLY_GUARDRAIL, apply-guardrail, JSON, false, false, true, false, false",
        "GUARDRAIL_CHECKS, guardrail-checks, JSON, false, false, false, false, false",
        "ASYNC_INVOKE_START, async-invoke, JSON, false, false, false, false, true",
        "ASYNC_INVOKE_GET, async-invoke-get, NONE, false, true, false, false, false",
        "ASYNC_INVOKE_LIST, async-invoke-list, NONE, false, true, false, false, false",
        "CHAT_COMPLETIONS, chat-completions, OPENAI, true, false, true, false, true",
        "RESPONSES, responses, OPENAI, true, false, true, false, true"
    })
    void whatEachOperationIsIsPinned(
            Operation operation,
            String label,
            Operation.Body body,
            boolean usesTokens,
            boolean free,
            boolean metered,
            boolean eventStream,
            boolean modelInBody) {
        assertEquals(label, operation.label());
        assertEquals(body, operation.body());
        assertEquals(usesTokens, operation.usesTokens(), "uses tokens");
        assertEquals(free, operation.free(), "free");
        assertEquals(metered, operation.metered(), "metered");
        assertEquals(eventStream, operation.eventStream(), "event stream");
        assertEquals(modelInBody, operation.modelInBody(), "model in body");
    }

    @Test
    void noTwoOperationsHaveOneLabel() {
        Set<String> labels = new HashSet<>();
        for (Operation operation : Operation.values()) {
            assertTrue(labels.add(operation.label()), operation.label());
        }
    }

    @Test
    void nothingIsBothFreeAndSoldByTokens() {
        for (Operation operation : Operation.values()) {
            assertTrue(!operation.free() || !operation.usesTokens(), operation.label());
        }
    }
}
