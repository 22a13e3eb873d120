package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BedrockPathFuzzTest {

    private static final String LEGAL = "abcXYZ0189-_.:/~@+=,$!*'();&";
    private static final String[] OPERATIONS = {
        "converse", "converse-stream", "invoke", "invoke-with-response-stream", "count-tokens"
    };

    /** Whatever spelling a client sends, the model is the same, and one spelling goes up. */
    @Test
    void everySpellingOfAModelIsOneModelAndOnePath() {
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            String id = id(random);
            String operation = OPERATIONS[random.nextInt(OPERATIONS.length)];
            Optional<BedrockPath> path = BedrockPath.parse("POST", "/model/" + spelled(id, random) + '/' + operation);
            assertEquals(BedrockPath.legalModel(id), path.isPresent(), id);
            if (path.isPresent()) {
                assertEquals(Optional.of(id), path.get().model());
                assertEquals(operation, path.get().operation().label());
                String up = path.get().upstreamPath(id);
                assertEquals("/model/" + percent(id) + '/' + operation, up);
                assertEquals(
                        path.get().model(),
                        BedrockPath.parse("POST", up).orElseThrow().model());
            }
        }
    }

    private static String id(Random random) {
        StringBuilder id = new StringBuilder();
        for (int i = 1 + random.nextInt(40); i > 0; i--) {
            id.append(LEGAL.charAt(random.nextInt(LEGAL.length())));
        }
        return id.toString();
    }

    private static String spelled(String id, Random random) {
        StringBuilder out = new StringBuilder();
        for (char c : id.toCharArray()) {
            boolean escape = random.nextInt(3) == 0;
            out.append(escape ? String.format(random.nextBoolean() ? "%%%02X" : "%%%02x", (int) c) : String.valueOf(c));
        }
        return out.toString();
    }

    private static String percent(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    @Test
    void anyTextIsAPathOrNone() {
        for (int seed = 0; seed < 50_000; seed++) {
            Random random = new Random(seed);
            StringBuilder raw = new StringBuilder(random.nextBoolean() ? "/model/" : "");
            for (int i = random.nextInt(60); i > 0; i--) {
                raw.append(random.nextInt(4) == 0 ? "%/.?#".charAt(random.nextInt(5)) : (char) random.nextInt(256));
            }
            raw.append(random.nextBoolean() ? "/converse" : "");
            BedrockPath.parse("POST", raw.toString())
                    .flatMap(BedrockPath::model)
                    .ifPresent(model -> {
                        assertTrue(BedrockPath.legalModel(model));
                        assertFalse(model.contains("\n") || model.contains("\r") || model.contains(" "));
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                "a/../b",
                "a//b",
                "/a",
                "a%b",
                "a?b",
                "a#b",
                "a b",
                "a\"b",
                "a\\b",
                "a\tb",
                "a\u007fb",
                "é",
                ""
            })
    void whatAPathCannotHoldNamesNoModel(String id) {
        assertFalse(BedrockPath.legalModel(id));
        String encoded = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
        assertEquals(Optional.empty(), BedrockPath.parse("POST", "/model/" + encoded + "/converse"));
    }

    /** A model that is encoded twice is not decoded twice, so that nothing is hidden from the policy. */
    @Test
    void aModelIsDecodedOnce() {
        String twice = "amazon.nova%252Dlite";
        assertEquals("amazon.nova%2Dlite", URLDecoder.decode(twice, StandardCharsets.UTF_8));
        assertEquals(Optional.empty(), BedrockPath.parse("POST", "/model/" + twice + "/converse"));
    }
}
