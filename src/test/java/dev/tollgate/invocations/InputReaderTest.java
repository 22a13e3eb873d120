package dev.tollgate.invocations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.RequestReader;
import dev.tollgate.proxy.InvalidRequestException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputReaderTest {

    private static final String USER = "{'role':'user','content':'Hi'}";
    private static final String WHOLE = "{'model':'m','prompt':{'messages':[" + USER
            + "],'parameters':{'top_p':0.5}},'tags':{'applicationId':'web'},'stream':false}";

    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    /** Every mistake as {@code field|expected|found}. */
    private static List<String> mistakes(byte[] body) {
        Mistakes mistakes = new Mistakes();
        InputReader.read(body, mistakes);
        return mistakes.all().stream()
                .map(m -> m.field() + '|' + m.expected() + '|' + m.found())
                .toList();
    }

    private static List<String> mistakes(String json) {
        return mistakes(bytes(json));
    }

    private static JsonObject converse(String json) {
        byte[] body = bytes(json);
        Mistakes mistakes = new Mistakes();
        Input input = InputReader.read(body, mistakes);
        assertEquals(List.of(), mistakes.all());
        return new JsonObject(new String(Translation.converse(input, body, Optional.empty()), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'model':'m';'model':7;model|a string of 1 to 2048 printable characters that names a model|a number",
                "'model':'m';'model':'';model|a string of 1 to 2048 printable characters that names a model|\"\"",
                "'model':'m';'model':'a b';model|a string of 1 to 2048 printable characters that names a model|\"a b\"",
                "'model':'m';'model':'m','model':'n';model|it once|it twice",
                "'model':'m';'modl':1,'model':'m';modl|one of model, prompt, tags, stream|an unknown field",
                "0.5;2;prompt.parameters.top_p|a number from 0 to 1|2",
                "0.5;-0.1;prompt.parameters.top_p|a number from 0 to 1|-0.1",
                "0.5;1e999;prompt.parameters.top_p|a number from 0 to 1|1e999",
                "0.5;NaN;prompt.parameters.top_p|a number from 0 to 1|NaN",
                "0.5;-Infinity;prompt.parameters.top_p|a number from 0 to 1|-Infinity",
                "0.5;'0.5';prompt.parameters.top_p|a number from 0 to 1|a string",
                "'top_p':0.5;'max_tokens':0;prompt.parameters.max_tokens|a whole number from 1 to 2147483647|0",
                "'top_p':0.5;'max_tokens':1.5;prompt.parameters.max_tokens|a whole number from 1 to 2147483647|1.5",
                "'top_p':0.5;'max_tokens':99999999999999999999;prompt.parameters.max_tokens|a whole number from 1 to 2147483647|99999999999999999999",
                "'top_p':0.5;'top_k':501;prompt.parameters.top_k|a whole number from 1 to 500|501",
                "'top_p':0.5;'top_q':1;prompt.parameters.top_q|one of max_tokens, temperature, top_p, top_k|an unknown field",
                "{'top_p':0.5};[];prompt.parameters|an object|an array",
                "'user';'bot';prompt.messages[0].role|system, user or assistant|\"bot\"",
                "'role':'user';'role':null;prompt.messages[0].role|system, user or assistant|null",
                "'Hi';'';prompt.messages[0].content|a string that is not blank|an empty string",
                "'Hi';' \\n\\t';prompt.messages[0].content|a string that is not blank|only white space",
                "'Hi';['Hi'];prompt.messages[0].content|a string that is not blank|an array",
                "'web';'';tags.applicationId|a string of 1 to 128 letters, digits, spaces and :_@$#=/+,.-|\"\"",
                "'web';'<b>';tags.applicationId|a string of 1 to 128 letters, digits, spaces and :_@$#=/+,.-|\"<b>\"",
                "'web';'a\\u0000b';tags.applicationId|a string of 1 to 128 letters, digits, spaces and :_@$#=/+,.-|\"a?b\"",
                "'web';'web','environment':'test';tags.environment|dev, staging or prod (or development, production)|\"test\"",
                "'web';'web','team':'x';tags.team|one of applicationId, costCenter, environment|an unknown field",
                "'stream':false;'stream':'yes';stream|true or false|a string",
                "'stream':false};'stream':false} {};body|nothing after the object|an object",
            })
    void aMistakeHasItsFieldWhatIsExpectedAndWhatWasFound(String right, String wrong, String mistake) {
        assertEquals(
                List.of(mistake),
                mistakes(WHOLE.replace(right, wrong)).stream()
                        .filter(m -> !m.startsWith("prompt.messages|"))
                        .toList());
    }

    @Test
    void allMistakesAreNamedAtOnce() {
        assertEquals(
                List.of(
                        "prompt.messages[0]",
                        "prompt.messages[1].content",
                        "prompt.messages[1].role",
                        "prompt.messages",
                        "prompt.parameters.temperature",
                        "stream",
                        "model",
                        "tags.applicationId"),
                mistakes("{'prompt':{'messages':['Hi',{'content':1}],'parameters':{'temperature':3}},'stream':0}")
                        .stream()
                        .map(m -> m.substring(0, m.indexOf('|')))
                        .toList());
        assertEquals(
                List.of("model", "prompt.messages", "tags.applicationId"),
                mistakes("{}").stream().map(m -> m.substring(0, m.indexOf('|'))).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[];at least",
                "[{'role':'system','content':'Be kind.'}];none",
                "[{'role':'assistant','content':'A'},{'role':'user','content':'B'}];assistant",
            })
    void aConversationBeginsWithTheUser(String messages, String found) {
        List<String> mistakes = mistakes(WHOLE.replace("[" + USER + "]", messages));
        assertEquals(1, mistakes.size());
        assertTrue(mistakes.get(0).startsWith("prompt.messages|"), mistakes.toString());
        assertTrue(mistakes.get(0).endsWith(found.equals("at least") ? "an empty array" : found), mistakes.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "hello", "{'model':", "[1]", "null", "{'model':'a", "{'a':'\\x'}", "{'a':01}"})
    void whatIsNoJsonObjectIsAMistakeOfTheBody(String body) {
        assertEquals(
                1,
                mistakes(body).stream().filter(m -> m.startsWith("body|")).count(),
                mistakes(body).toString());
    }

    @Test
    void otherEncodingsAreNamed() {
        for (String charset : List.of("UTF-16", "UTF-16LE", "UTF-32")) {
            assertEquals(
                    List.of("body|UTF-8 without a byte order mark|another encoding"),
                    mistakes(WHOLE.replace('\'', '"').getBytes(Charset.forName(charset))));
        }
    }

    @Test
    void whatIsHugeIsNamedAndBoundsWhatIsRemembered() {
        String deep = WHOLE.replace("'top_p':0.5", "'top_q':" + "[".repeat(2000) + "]".repeat(2000));
        assertTrue(mistakes(deep).get(1).startsWith("prompt.parameters.top_q|at most 1000 digits"));
        for (String digits : List.of("1".repeat(5000), "0." + "1".repeat(5000))) {
            String mistake = mistakes(WHOLE.replace("0.5", digits)).get(0);
            assertTrue(mistake.startsWith("prompt.parameters") && mistake.length() < 120, mistake);
        }
        String many = WHOLE.replace(USER, String.join(",", java.util.Collections.nCopies(Messages.MAX + 1, USER)));
        assertEquals(List.of("prompt.messages|at most 100000 messages|100001"), mistakes(many));
        String allWrong = WHOLE.replace(USER, String.join(",", java.util.Collections.nCopies(10_000, "{'role':1}")));
        assertEquals(50, mistakes(allWrong).size());
        String name = "x".repeat(10_000) + "\u202e<script>";
        String shown = mistakes(WHOLE.replace("'stream'", '\'' + name + '\'')).get(0);
        assertTrue(shown.length() < 150 && shown.startsWith("xxx"), shown);
        assertTrue(mistakes(WHOLE.replace("'web'", '\'' + "x".repeat(5000) + '\''))
                .get(0)
                .endsWith("|a string of 5000 bytes"));
    }

    @Test
    void noPromptIsRepeatedInAMistake() {
        String secret = "the merger is on Friday";
        String wrong =
                WHOLE.replace("'content':'Hi'", "'content':['" + secret + "']").replace("0.5", "7");
        assertTrue(
                mistakes(wrong).stream().noneMatch(m -> m.contains("merger")),
                mistakes(wrong).toString());
    }

    @Test
    void nullIsAbsentWhereAFieldIsOptional() {
        JsonObject body =
                converse(WHOLE.replace("'top_p':0.5", "'top_p':null,'max_tokens':null,'temperature':null,'top_k':null")
                        .replace("'web'", "'web','costCenter':null,'environment':null")
                        .replace("'stream':false", "'stream':null"));
        assertEquals(List.of("messages", "requestMetadata"), List.copyOf(body.fieldNames()));
        assertEquals(new JsonObject().put("applicationId", "web"), body.getJsonObject("requestMetadata"));
        assertTrue(converse(WHOLE.replace("{'top_p':0.5}", "null")).getValue("inferenceConfig") == null);
    }

    @Test
    void systemMessagesAndNeighboursOfOneRoleFindTheirPlaces() {
        JsonObject body = converse(WHOLE.replace(
                USER,
                "{'role':'system','content':'S1'},{'content':'U1','role':'user'},{'role':'system','content':'S2'},"
                        + "{'role':'user','content':'U2'},{'role':'assistant','content':'A'}"));
        assertEquals(
                new JsonArray("[{\"role\":\"user\",\"content\":[{\"text\":\"U1\"},{\"text\":\"U2\"}]},"
                        + "{\"role\":\"assistant\",\"content\":[{\"text\":\"A\"}]}]"),
                body.getJsonArray("messages"));
        assertEquals(new JsonArray("[{\"text\":\"S1\"},{\"text\":\"S2\"}]"), body.getJsonArray("system"));
    }

    /** Texts of any characters, written in any way, arrive as they were. */
    @Test
    void textsArriveCharacterByCharacter() {
        Random random = new Random(16);
        for (int round = 0; round < 3000; round++) {
            StringBuilder text = new StringBuilder("x");
            for (int i = random.nextInt(30); i > 0; i--) {
                text.appendCodePoint(
                        random.nextInt(3) == 0
                                ? random.nextInt(128)
                                : random.nextInt(2) == 0 ? "\"\\\n\u2028".charAt(random.nextInt(4)) : 0x1F600 + i);
            }
            String quoted = new String(JsonStringEncoder.getInstance().quoteAsString(text.toString()));
            String body = WHOLE.replace('\'', '"').replace("\"Hi\"", '"' + quoted + '"');
            byte[] request = body.getBytes(StandardCharsets.UTF_8);
            Mistakes none = new Mistakes();
            byte[] sent = Translation.converse(InputReader.read(request, none), request, Optional.empty());
            assertEquals(List.of(), none.all());
            RequestReader.read(Operation.CONVERSE, sent, name -> null);
            assertEquals(
                    text.toString(),
                    new JsonObject(new String(sent, StandardCharsets.UTF_8))
                            .getJsonArray("messages")
                            .getJsonObject(0)
                            .getJsonArray("content")
                            .getJsonObject(0)
                            .getString("text"));
        }
    }

    /** Damaged requests have mistakes, or mean something that Converse takes; nothing else happens. */
    @Test
    void damagedRequestsNeverFailOtherwise() {
        Random random = new Random(17);
        byte[] whole = Calls.AWS_SAMPLE.getBytes(StandardCharsets.UTF_8);
        int valid = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] body = whole.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            Mistakes mistakes = new Mistakes();
            Input input = InputReader.read(body, mistakes);
            if (mistakes.none()) {
                valid++;
                RequestReader.read(
                        Operation.CONVERSE, Translation.converse(input, body, Optional.empty()), name -> null);
            } else {
                assertTrue(
                        new InvalidRequestException(mistakes.all()).getMessage().contains("expected"));
            }
        }
        assertTrue(valid > 500, "expected requests of both kinds, found " + valid + " valid ones");
    }
}
