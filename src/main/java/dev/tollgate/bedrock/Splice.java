package dev.tollgate.bedrock;

import java.nio.charset.StandardCharsets;

/**
 * One change of a body's bytes: those from {@code start} to before {@code end} give way to the inserted ones.
 *
 * @param start from 0
 * @param end at least {@code start}
 */
public record Splice(int start, int end, byte[] inserted) {

    static Splice of(RequestFacts.Span at, String json) {
        return new Splice(at.start(), at.end(), json.getBytes(StandardCharsets.UTF_8));
    }

    /** How many bytes the body grows by; negative if it shrinks. */
    public int growth() {
        return inserted.length - (end - start);
    }
}
