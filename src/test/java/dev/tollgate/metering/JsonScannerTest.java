package dev.tollgate.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Usage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonScannerTest {

    private static List<String> scan(String json) {
        List<String> events = new ArrayList<>();
        JsonScanner[] scanner = new JsonScanner[1];
        scanner[0] = new JsonScanner(new JsonScanner.Sink() {
            @Override
            public void open(boolean array) {
                events.add(array ? "[" : "{");
            }

            @Override
            public void close() {
                events.add("}");
            }

            @Override
            public void name(String name) {
                events.add(name + ":");
            }

            @Override
            public void number(long value) {
                events.add(String.valueOf(value));
            }

            @Override
            public void string() {
                events.add("'" + scanner[0].word() + "'");
            }
        });
        byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        scanner[0].accept(bytes, 0, bytes.length);
        return events;
    }

    @Test
    void tellsNamesFromValues() {
        assertEquals(
                List.of("{", "a:", "'b'", "c:", "[", "'d'", "1", "{", "}", "'e'", "}", "f:", "2", "}"),
                scan("{'a' : 'b','c':['d',1,{},'e'],'f':2}"));
    }

    @Test
    void knowsEscapedQuotesAndForgetsLongStrings() {
        assertEquals(List.of("{", "a:", "'x\"y\\'", "}"), scan("{'a':'x\\'y\\\\'}"));
        assertEquals(List.of("{", "a:", "''", "}"), scan("{'a':'" + "x".repeat(65) + "'}"));
    }

    @Test
    void fractionsNegativesAndLiteralsAreNoCounts() {
        assertEquals(
                List.of("{", "a:", "-1", "b:", "-1", "c:", "-1", "d:", "e:", "7", "}"),
                scan("{'a':1.5,'b':-3,'c':1e9,'d':null,'e':7}"));
    }

    @Test
    void aNumberBeyondALongIsLargerThanAnyCount() {
        assertTrue(Long.parseLong(scan("[99999999999999999999999999]").get(1)) > 1L << 52);
    }

    /** Whatever the bytes are, reading them ends, throws nothing and counts nothing below zero. */
    @Test
    void anyBytesAreHarmless() {
        byte[] letters = "{}[]\":,\\ 0123456789.-eusagetypmr\n".getBytes(StandardCharsets.US_ASCII);
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(300)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] =
                        random.nextInt(20) == 0 ? (byte) random.nextInt(256) : letters[random.nextInt(letters.length)];
            }
            Metered metered = BodyUsage.read(bytes);
            assertTrue(metered.passed().output() <= bytes.length, "seed " + seed);
        }
    }

    /** A body whose structure is cut or doubled at random reports its usage or none, never another number. */
    @Test
    void aBodyBrokenAnywhereNeverReportsMoreThanItSaid() {
        String body = "{'output':{'message':{'content':[{'text':'gate'}]}},'usage':{'inputTokens':7,'outputTokens':3}}";
        for (int at = 0; at <= body.length(); at++) {
            Metered metered =
                    BodyUsage.read(Answers.quoted(body.substring(0, at)).getBytes(StandardCharsets.UTF_8));
            Optional<Usage> expected = at == body.length() ? Optional.of(new Usage(7, 3, 0, 0, 0)) : Optional.empty();
            assertEquals(expected, metered.usage());
            assertTrue(metered.passed().allInput() <= 7 && metered.passed().output() <= 3, "cut at " + at);
        }
    }

    @Test
    void deepNestingIsHarmless() {
        byte[] deep = "[{\"a\":".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
        assertEquals(Metered.NOTHING, BodyUsage.read(deep));
    }
}
