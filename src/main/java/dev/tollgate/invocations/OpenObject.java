package dev.tollgate.invocations;

import io.vertx.core.buffer.Buffer;

/**
 * Adds members to a JSON object while its bytes pass: some before its own, and room for more after them, because its closing
 * brace is held back. The object is not read, and never kept.
 */
final class OpenObject {

    private static final int MAX_TAIL = 64 * 1024;

    private enum State {
        BEFORE,
        OPENED,
        WITHIN,
        NO_OBJECT
    }

    private final String first;
    private State state = State.BEFORE;
    // What may be the object's end: a brace, and white space.
    private Buffer tail = Buffer.buffer();

    /** @param first members, at least one */
    OpenObject(String first) {
        this.first = first;
    }

    /** What is to be passed on for these bytes. */
    Buffer pass(Buffer chunk) {
        Buffer out = Buffer.buffer(chunk.length() + first.length() + 2);
        int at = state == State.WITHIN ? 0 : open(chunk, out);
        if (state == State.NO_OBJECT) {
            return chunk;
        }
        int brace = closingBrace(chunk, at);
        if (brace >= 0 || !blank(chunk, at)) {
            release(out);
        }
        if (brace >= 0) {
            out.appendBuffer(chunk, at, brace - at);
            at = brace;
        }
        boolean held = brace >= 0 || tail.length() > 0;
        (held ? tail : out).appendBuffer(chunk, at, chunk.length() - at);
        if (tail.length() > MAX_TAIL) {
            release(out);
        }
        return out;
    }

    /** True if what passed ended with the object's end, which is still to be written. */
    boolean awaitsEnd() {
        return tail.length() > 0;
    }

    /** Finds the opening brace and what follows it; returns where the members begin. */
    private int open(Buffer chunk, Buffer out) {
        for (int at = 0; at < chunk.length(); at++) {
            byte c = chunk.getByte(at);
            if (blank(c)) {
                continue;
            }
            if (state == State.OPENED) {
                out.appendString(c == '}' ? "" : ",");
                state = State.WITHIN;
                return at;
            }
            if (c != '{') {
                state = State.NO_OBJECT;
                return at;
            }
            state = State.OPENED;
            out.appendString('{' + first);
        }
        return chunk.length();
    }

    private void release(Buffer out) {
        out.appendBuffer(tail);
        tail = Buffer.buffer();
    }

    /** Position of a closing brace that only white space follows; -1 if there is none. */
    private static int closingBrace(Buffer chunk, int from) {
        int at = chunk.length() - 1;
        while (at >= from && blank(chunk.getByte(at))) {
            at--;
        }
        return at >= from && chunk.getByte(at) == '}' ? at : -1;
    }

    private static boolean blank(Buffer chunk, int from) {
        for (int at = from; at < chunk.length(); at++) {
            if (!blank(chunk.getByte(at))) {
                return false;
            }
        }
        return true;
    }

    private static boolean blank(byte c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }
}
