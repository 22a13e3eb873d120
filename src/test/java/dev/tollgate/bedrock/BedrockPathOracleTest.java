package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever spelling a client chooses, the model is the same and goes up in one spelling. */
class BedrockPathOracleTest {

    private static final List<String> OPERATIONS =
            List.of("converse", "converse-stream", "invoke", "invoke-with-response-stream", "count-tokens");
    private static final List<String> MODELS = List.of(
            "amazon.nova-lite-v1:0",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123",
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0",
            "my-alias",
            "a+b",
            "a(b)!*'",
            "a~b",
            "a@b",
            "a=b&c");

    private final Random random = new Random(91);

    /** Each character as it is, or percent-encoded in upper or lower case. */
    private String spelled(String model) {
        StringBuilder out = new StringBuilder();
        for (char c : model.toCharArray()) {
            if (random.nextInt(3) == 0) {
                String hex = Integer.toHexString(c);
                out.append('%').append(random.nextBoolean() ? hex : hex.toUpperCase(java.util.Locale.ROOT));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static String once(String model) {
        return URLEncoder.encode(model, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    @Test
    void everySpellingIsTheSameModelAndOneSpellingUp() {
        for (int i = 0; i < 20_000; i++) {
            String model = MODELS.get(random.nextInt(MODELS.size()));
            String operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
            String raw = "/model/" + spelled(model) + "/" + operation;
            BedrockPath path = BedrockPath.parse("POST", raw).orElseThrow(() -> new AssertionError(raw));
            assertEquals(Optional.of(model), path.model(), raw);
            assertEquals(operation, path.operation().label());
            assertEquals("/model/" + once(model) + "/" + operation, path.upstreamPath(model));
        }
    }

    @Test
    void theSpellingThatGoesUpIsReadAsTheSameModel() {
        for (String model : MODELS) {
            BedrockPath path = BedrockPath.parse("POST", "/model/" + once(model) + "/converse")
                    .orElseThrow();
            assertEquals(Optional.of(path), BedrockPath.parse("POST", path.upstreamPath(model)));
        }
    }

    @Test
    void garbageIsNoOperationAndNeverThrows() {
        String letters = "/model/converse%2F%invoke.:?#\\ \u00fc";
        for (int i = 0; i < 50_000; i++) {
            StringBuilder raw = new StringBuilder("/model/");
            for (int n = random.nextInt(20); n > 0; n--) {
                raw.append(letters.charAt(random.nextInt(letters.length())));
            }
            Optional<BedrockPath> path = BedrockPath.parse("POST", raw + "/converse");
            path.flatMap(BedrockPath::model).ifPresent(model -> assertTrue(BedrockPath.legalModel(model), model));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "a b", "a%b", "a?b", "a#b", "a\\b", "a\"b", "a..b", "..", "a//b", "/a", "a\nb", "a\u007f", "\u00fc",
                "𝕏"
            })
    void whatAPathCannotHoldNamesNoModel(String model) {
        assertFalse(BedrockPath.legalModel(model));
    }

    @ParameterizedTest
    @CsvSource({"1, true", "2048, true", "2049, false"})
    void aModelsNameHasAtMost2048Characters(int length, boolean legal) {
        assertEquals(legal, BedrockPath.legalModel("x".repeat(length)));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /model/m/converse",
        "PUT, /model/m/converse",
        "post, /model/m/converse",
        "POST, /model/converse",
        "POST, /model//converse",
        "POST, /model/m/Converse",
        "POST, /model/m/converse/",
        "POST, /models/m/converse",
        "POST, model/m/converse",
        "POST, /model/%/converse",
        "POST, /model/%zz/converse",
        "POST, /model/a%00b/converse",
        "POST, /model/..%2F..%2Fx/converse",
        "GET, /guardrail/g/version/1/apply",
        "POST, /guardrail/g/version/1/apply/x",
        "POST, /guardrail//version/1/apply",
        "POST, /guardrail/g/version/1-2/apply",
        "DELETE, /async-invoke",
        "POST, /async-invoke/abc",
        "GET, /async-invoke/",
        "GET, /openai/v1/chat/completions",
        "POST, /openai/v1/chat/completions/",
        "POST, /openai/v1/embeddings"
    })
    void anotherMethodOrPathIsNoOperation(String method, String path) {
        assertEquals(Optional.empty(), BedrockPath.parse(method, path));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /guardrail/gr1/version/DRAFT/apply, APPLY_GUARDRAIL",
        "POST, /guardrail/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aguardrail%2Fx/version/1/apply, APPLY_GUARDRAIL",
        "POST, /guardrail-checks/invoke, GUARDRAIL_CHECKS",
        "POST, /async-invoke, ASYNC_INVOKE_START",
        "GET, /async-invoke, ASYNC_INVOKE_LIST",
        "GET, /async-invoke/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aasync-invoke%2Fx, ASYNC_INVOKE_GET",
        "POST, /openai/v1/chat/completions, CHAT_COMPLETIONS",
        "POST, /openai/v1/responses, RESPONSES"
    })
    void aPathWithoutAModelGoesUpAsItCame(String method, String raw, Operation operation) {
        BedrockPath path = BedrockPath.parse(method, raw).orElseThrow();
        assertEquals(operation, path.operation());
        assertEquals(Optional.empty(), path.model());
        assertEquals(raw, path.upstreamPath("whatever"));
    }
}
