package dev.tollgate.bedrock;

import java.nio.charset.StandardCharsets;

/**
 * One change of a body's bytes: those from {@code start} to before {@code end} give way to the inserted ones.
 *
 * @param start from 0
 * @param end at least {@code start}
 */
public record Splice(int start, int end, byte[] inserted) {

    static Splice of(RequestFacts.Span at, CharSequence json) {
        return new Splice(at.start(), at.end(), utf8(json));
    }

    private static byte[] utf8(CharSequence text) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = text.charAt(i);
            if (c >= 128) {
                return text.toString().getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) c;
        }
        return bytes;
    }

    /** How many bytes the body grows by; negative if it shrinks. */
    public int growth() {
        return inserted.length - (end - start);
    }
}
