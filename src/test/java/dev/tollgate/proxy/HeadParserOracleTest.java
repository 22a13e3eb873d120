package dev.tollgate.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random requests, sound and spoiled, against what they were made to be; and every split means the same as the whole. */
class HeadParserOracleTest {

    private final Random random = new Random(17);

    private static String accept(HeadParser parser, String text) {
        return parser.accept(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private String body(int length) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < length; i++) {
            out.append("ab\r\n0 :".charAt(random.nextInt(7)));
        }
        return out.toString();
    }

    private String chunks() {
        StringBuilder out = new StringBuilder();
        for (int n = random.nextInt(4); n > 0; n--) {
            String data = body(1 + random.nextInt(40));
            String size = Integer.toHexString(data.length());
            out.append(random.nextBoolean() ? size.toUpperCase(Locale.ROOT) : size)
                    .append(random.nextInt(3) == 0 ? ";ext=\"v\"" : "")
                    .append("\r\n")
                    .append(data)
                    .append("\r\n");
        }
        out.append("0\r\n");
        for (int n = random.nextInt(3); n > 0; n--) {
            out.append("X-Trailer: v\r\n");
        }
        return out.append("\r\n").toString();
    }

    private String headers(int count) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < count; i++) {
            out.append("X-")
                    .append(i)
                    .append(random.nextBoolean() ? ": " : ":")
                    .append("v".repeat(random.nextInt(700)));
            out.append("\r\n");
        }
        return out.toString();
    }

    private String request() {
        String start = random.nextInt(8) == 0 ? "\r\n" : "";
        String line =
                (random.nextBoolean() ? "POST" : "GET") + " /" + "x".repeat(random.nextInt(600)) + " HTTP/1.1\r\n";
        String head = start + line + headers(random.nextInt(3)) + "Host: localhost\r\n" + headers(random.nextInt(3));
        return switch (random.nextInt(3)) {
            case 0 -> head + "\r\n";
            case 1 -> {
                String body = body(random.nextInt(300));
                yield head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
            }
            default -> head + "Transfer-Encoding: chunked\r\n\r\n" + chunks();
        };
    }

    @Test
    void soundRequestsPassWhateverTheSplit() {
        for (int i = 0; i < 3_000; i++) {
            String text = request() + request();
            HeadParser parser = new HeadParser();
            for (int at = 0; at < text.length(); ) {
                int end = Math.min(text.length(), at + 1 + random.nextInt(200));
                assertEquals("", accept(parser, text.substring(at, end)), () -> text);
                at = end;
            }
            assertFalse(parser.insideHead(), () -> text);
        }
    }

    @Test
    void theVerdictOnASpoiledRequestDoesNotDependOnTheSplit() {
        int problems = 0;
        for (int i = 0; i < 3_000; i++) {
            StringBuilder spoiled = new StringBuilder(request());
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                spoiled.setCharAt(random.nextInt(spoiled.length()), (char) random.nextInt(256));
            }
            String text = spoiled.toString();
            String whole = accept(new HeadParser(), text);
            HeadParser bytewise = new HeadParser();
            String split = "";
            for (int at = 0; at < text.length() && split.isEmpty(); at++) {
                split = accept(bytewise, text.substring(at, at + 1));
            }
            assertEquals(whole, split, () -> text);
            problems += whole.isEmpty() ? 0 : 1;
        }
        assertTrue(problems > 500, problems + " problems");
    }

    @Test
    void theBytesAreFollowedAndNotTaken() {
        ByteBuf bytes = Unpooled.copiedBuffer(request(), StandardCharsets.ISO_8859_1);
        int readable = bytes.readableBytes();
        new HeadParser().accept(bytes);
        assertEquals(readable, bytes.readableBytes());
    }

    @Test
    void onlyWhatIsReadableIsFollowed() {
        ByteBuf bytes = Unpooled.copiedBuffer("\0\0GET / HTTP/1.0\r\n\r\n\0\0", StandardCharsets.ISO_8859_1);
        bytes.readerIndex(2).writerIndex(bytes.writerIndex() - 2);
        assertEquals("", new HeadParser().accept(bytes));
    }

    @Test
    void garbageNeverThrows() {
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            new HeadParser().accept(Unpooled.wrappedBuffer(bytes));
        }
    }

    @Test
    void aRequestCannotHideBehindABodyThatIsShorterThanItSays() {
        HeadParser parser = new HeadParser();
        String first = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n";
        assertEquals("", accept(parser, first + "GET /hidden HTTP/1.1\r\n\r\n"));
        assertFalse(parser.insideHead(), "still the body");
    }

    @Test
    void anOldRequestNeedsNoHost() {
        assertEquals("", accept(new HeadParser(), "GET / HTTP/1.0\r\nX: y\r\n\r\n"));
    }

    @Test
    void theLargestChunkIsFollowedToItsEnd() {
        HeadParser parser = new HeadParser();
        String head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        assertEquals("", accept(parser, head + "fffff\r\n" + "x".repeat(0xfffff) + "\r\n0\r\n\r\n"));
        assertEquals("", accept(parser, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
}
