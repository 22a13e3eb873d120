package dev.tollgate.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadParserTest {

    private static final String LINE = "POST /x HTTP/1.1\r\nHost: localhost\r\n";

    private static String accept(HeadParser parser, String text) {
        return parser.accept(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                LINE + "Content-Length: 2\r\n\r\n{}",
                LINE + "\r\n",
                "\r\n" + LINE + "\r\n",
                LINE + "Content-Length: 4\r\n\r\n\r\n x",
                LINE + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                LINE + "Transfer-Encoding: Chunked\r\n\r\n3;a=b\r\n\r\n \r\n1\r\n\n\r\n0\r\nX: y\r\n\r\n",
                "GET / HTTP/1.0\r\n\r\n",
                LINE + "X:\r\n\r\n"
            })
    void soundFramingPassesAnySplitAndRepeated(String request) {
        HeadParser whole = new HeadParser();
        assertEquals("", accept(whole, request + request));
        assertFalse(whole.insideHead());
        HeadParser single = new HeadParser();
        for (int i = 0; i < request.length(); i++) {
            assertEquals("", accept(single, request.substring(i, i + 1)), "at byte " + i);
        }
        assertFalse(single.insideHead());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                LINE + "X: a\r\n b\r\n\r\n",
                LINE + "X: a\r\n\tb\r\n\r\n",
                LINE + "Host: b\r\n\r\n",
                "POST /x HTTP/1.1\r\n\r\n",
                LINE + "Content-Length\t: 1\r\n\r\n",
                LINE + "Content-Length : 1\r\n\r\n",
                LINE + "Transfer-Encoding\t: chunked\r\n\r\n",
                LINE + "Ho\u00adst: x\r\n\r\n",
                LINE + "X Y: 1\r\n\r\n",
                LINE + "X(Y): 1\r\n\r\n",
                LINE + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
                LINE + "Content-Length: 1, 1\r\n\r\n",
                LINE + "Content-Length: -1\r\n\r\n",
                LINE + "Content-Length: +1\r\n\r\n",
                LINE + "Content-Length: 0x1\r\n\r\n",
                LINE + "Content-Length:\r\n\r\n",
                LINE + "Content-Length: 99999999999999999999\r\n\r\n",
                LINE + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                LINE + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
                LINE + "Transfer-Encoding: gzip\r\n\r\n",
                LINE + "Transfer-Encoding: chunked, chunked\r\n\r\n",
                LINE + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                LINE + "Transfer-Encoding : chunked\r\n\r\n",
                LINE + "Transfer-Encoding: chunked\r\n\r\n\r\n",
                LINE + "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
                LINE + "Transfer-Encoding: chunked\r\n\r\n123456789\r\n",
                LINE + "X: a\n\r\n",
                LINE + "X: a\rb\r\n\r\n",
                LINE + "X: a\u0000b\r\n\r\n",
                LINE + "no colon\r\n\r\n",
                LINE + ": no name\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\n"
            })
    void unsoundFramingIsNamed(String request) {
        assertFalse(accept(new HeadParser(), request).isEmpty());
    }

    @Test
    void knowsWhetherItIsInsideAHead() {
        HeadParser parser = new HeadParser();
        assertFalse(parser.insideHead());
        accept(parser, "P");
        assertTrue(parser.insideHead());
        accept(parser, "OST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n");
        assertTrue(parser.insideHead());
        accept(parser, "\r\n");
        assertFalse(parser.insideHead());
    }
}
