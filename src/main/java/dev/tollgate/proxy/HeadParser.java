package dev.tollgate.proxy;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Follows the framing of HTTP/1.1 requests on one connection: where heads, bodies and chunks begin and end. */
final class HeadParser {

    /** The problem of a connection that begins as HTTP/2 does. */
    static final String HTTP_2 = "HTTP/2";

    private static final String FINE = "";
    // Longer lines are kept in part: what is looked for is short, and Netty bounds the head.
    private static final int KEPT = 512;
    private static final int MAX_CHUNK_DIGITS = 8;
    private static final byte[] HTTP_2_LINE = "PRI * HTTP/2".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] HTTP_1_0 = " HTTP/1.0".getBytes(StandardCharsets.ISO_8859_1);

    private enum State {
        REQUEST_LINE,
        HEADERS,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        TRAILERS
    }

    private final byte[] line = new byte[KEPT];
    private int kept;
    private int last = -1;
    private State state = State.REQUEST_LINE;
    private long left;
    private boolean http11;
    private int hosts;
    private int encodings;
    private long length = -1;

    /** True between a head's first byte and its end. */
    boolean insideHead() {
        return state == State.HEADERS || state == State.REQUEST_LINE && kept > 0;
    }

    /** Follows the bytes, without taking them. Returns what is wrong, empty if nothing is. */
    String accept(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (state == State.BODY || state == State.CHUNK) {
                long n = Math.min(left, (long) end - at);
                left -= n;
                at += (int) n;
                if (left == 0) {
                    state = state == State.BODY ? State.REQUEST_LINE : State.CHUNK_SIZE;
                }
                continue;
            }
            String problem = accept(bytes.getByte(at++));
            if (!problem.isEmpty()) {
                return problem;
            }
        }
        return FINE;
    }

    private String accept(byte b) {
        if (last == '\r' && b != '\n') {
            return "expected a line feed after a carriage return";
        }
        if (b == '\n') {
            if (last != '\r') {
                return "expected lines that end with CR LF, found a bare line feed";
            }
            last = -1;
            String problem = FINE;
            if (state == State.REQUEST_LINE) {
                problem = requestLine();
            } else if (!ordinaryHeader()) {
                problem = line(new String(line, 0, kept, StandardCharsets.ISO_8859_1));
            }
            kept = 0;
            return problem;
        }
        last = b;
        if (b == '\r') {
            return FINE;
        }
        if (b >= 0 && b < ' ' && b != '\t' || b == 127) {
            return "expected no control character in a request's head";
        }
        if (kept < KEPT) {
            line[kept++] = b;
        }
        return FINE;
    }

    /** True for a well-formed header that says nothing of framing; most are, and need no text of their own. */
    private boolean ordinaryHeader() {
        if (state != State.HEADERS || kept == 0 || line[0] == ' ' || line[0] == '\t') {
            return false;
        }
        int colon = 0;
        while (colon < kept && inName(line[colon])) {
            colon++;
        }
        return colon > 0
                && colon < kept
                && line[colon] == ':'
                && colon != "host".length()
                && colon != "content-length".length()
                && colon != "transfer-encoding".length();
    }

    /** A letter, digit or mark that a header's name may have (RFC 9110, token). */
    private static boolean inName(int c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c > ' ' && c < 127 && "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    private String line(String text) {
        return switch (state) {
            case HEADERS -> text.isEmpty() ? endOfHead() : header(text);
            case CHUNK_SIZE -> chunkSize(text);
            case TRAILERS -> {
                state = text.isEmpty() ? State.REQUEST_LINE : State.TRAILERS;
                yield FINE;
            }
            case REQUEST_LINE, BODY, CHUNK -> FINE;
        };
    }

    private String requestLine() {
        if (kept == 0) {
            return FINE;
        }
        if (isAt(0, HTTP_2_LINE)) {
            return HTTP_2;
        }
        // A line that is longer than what is kept ends elsewhere; HTTP/1.0 is sent by hand only.
        http11 = !isAt(kept - HTTP_1_0.length, HTTP_1_0);
        hosts = 0;
        encodings = 0;
        length = -1;
        state = State.HEADERS;
        return FINE;
    }

    private boolean isAt(int start, byte[] text) {
        return start >= 0
                && start + text.length <= kept
                && Arrays.equals(line, start, start + text.length, text, 0, text.length);
    }

    private String header(String text) {
        char first = text.charAt(0);
        if (first == ' ' || first == '\t') {
            return "expected a header in one line, found one that is folded";
        }
        int colon = text.indexOf(':');
        if (colon < 1 || !allInName(text, colon)) {
            return colon < 0 && text.length() >= KEPT && allInName(text, text.length())
                    ? FINE
                    : "expected a header's name and a colon right behind it";
        }
        if (isNamed(text, colon, "host")) {
            return ++hosts > 1 ? "expected one Host header, found two" : FINE;
        }
        if (isNamed(text, colon, "content-length")) {
            return contentLength(text.substring(colon + 1).strip());
        }
        if (isNamed(text, colon, "transfer-encoding")) {
            return ++encodings > 1 || !text.substring(colon + 1).strip().equalsIgnoreCase("chunked")
                    ? "expected no Transfer-Encoding but chunked"
                    : FINE;
        }
        return FINE;
    }

    private static boolean allInName(String text, int end) {
        for (int i = 0; i < end; i++) {
            if (!inName(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNamed(String text, int colon, String name) {
        return colon == name.length() && text.regionMatches(true, 0, name, 0, colon);
    }

    private String contentLength(String value) {
        if (length >= 0) {
            return "expected one Content-Length, found two";
        }
        if (!isLength(value)) {
            return "expected a Content-Length of at most 18 digits";
        }
        length = Long.parseLong(value);
        return FINE;
    }

    /** True for 1 to 18 digits. */
    static boolean isLength(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= 18;
    }

    private String endOfHead() {
        if (length >= 0 && encodings > 0) {
            return "expected Content-Length or Transfer-Encoding, found both";
        }
        if (http11 && hosts == 0) {
            return "expected a Host header, found none";
        }
        left = Math.max(0, length);
        state = encodings > 0 ? State.CHUNK_SIZE : left > 0 ? State.BODY : State.REQUEST_LINE;
        return FINE;
    }

    private String chunkSize(String text) {
        int semicolon = text.indexOf(';');
        String digits = (semicolon < 0 ? text : text.substring(0, semicolon)).strip();
        if (digits.isEmpty()
                || digits.length() > MAX_CHUNK_DIGITS
                || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
            return "expected a chunk's size in hexadecimal digits";
        }
        long size = Long.parseLong(digits, 16);
        // Two more for the line end behind the chunk.
        left = size + 2;
        state = size == 0 ? State.TRAILERS : State.CHUNK;
        return FINE;
    }
}
