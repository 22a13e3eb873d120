package dev.tollgate.metering;

import java.nio.charset.StandardCharsets;

/**
 * Reads JSON that is split anywhere, in bounded memory: names, numbers, and of each string its first bytes and how many
 * tokens it may be. Does not validate; what breaks off or is no JSON yields what was read so far.
 */
final class JsonScanner {

    /** Receives what is scanned. */
    interface Sink {
        void open(boolean array);

        void close();

        void name(String name);

        /** A number without fraction. */
        void number(long value);

        /** A string ended; {@link #word} and {@link #tokens} describe it. */
        void string();
    }

    private enum State {
        BETWEEN,
        STRING,
        ESCAPE,
        NUMBER
    }

    private static final int KEPT = 64;
    private static final long MAX_NUMBER = Long.MAX_VALUE / 10 - 1;

    private final Sink sink;
    private final byte[] kept = new byte[KEPT];
    private final TokenCount tokens = new TokenCount();
    private State state = State.BETWEEN;
    private int length;
    private boolean tooLong;
    private boolean pending;
    private boolean negative;
    private boolean fraction;
    private long number;

    JsonScanner(Sink sink) {
        this.sink = sink;
    }

    /** Forgets an unfinished document. */
    void reset() {
        state = State.BETWEEN;
        pending = false;
    }

    void accept(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            accept(bytes[i]);
        }
    }

    void accept(byte b) {
        switch (state) {
            case STRING -> inString(b);
            case ESCAPE -> {
                keep(b);
                state = State.STRING;
            }
            case NUMBER -> inNumber(b);
            default -> between(b);
        }
    }

    private void inString(byte b) {
        if (b == '"') {
            // A name or a value: the next byte tells.
            pending = true;
            state = State.BETWEEN;
        } else if (b == '\\') {
            state = State.ESCAPE;
        } else {
            keep(b);
        }
    }

    private void keep(byte b) {
        tokens.add(b);
        if (length < KEPT) {
            kept[length++] = b;
        } else {
            tooLong = true;
        }
    }

    private void inNumber(byte b) {
        if (b >= '0' && b <= '9') {
            number = number > MAX_NUMBER ? number : number * 10 + (b - '0');
        } else if (b == '.' || b == 'e' || b == 'E' || b == '+' || b == '-') {
            fraction = true;
        } else {
            endNumber();
            between(b);
        }
    }

    private void endNumber() {
        state = State.BETWEEN;
        if (!fraction && !negative) {
            sink.number(number);
        }
    }

    private void between(byte b) {
        switch (b) {
            case ' ', '\t', '\r', '\n' -> {}
            case ':' -> {
                if (pending) {
                    pending = false;
                    sink.name(word());
                }
            }
            default -> value(b);
        }
    }

    private void value(byte b) {
        if (pending) {
            pending = false;
            sink.string();
        }
        switch (b) {
            case '{', '[' -> sink.open(b == '[');
            case '}', ']' -> sink.close();
            case '"' -> {
                state = State.STRING;
                length = 0;
                tooLong = false;
                tokens.restart();
            }
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
                state = State.NUMBER;
                negative = b == '-';
                fraction = false;
                number = negative ? 0 : b - '0';
            }
            default -> {}
        }
    }

    /** The string if it is short, else an empty one; escapes stay as they are, without their backslash. */
    String word() {
        return tooLong ? "" : new String(kept, 0, length, StandardCharsets.UTF_8);
    }

    /** What the current string weighs, complete or not, see {@link TokenCount}. */
    long tokens() {
        return tokens.weight();
    }

    /** True inside a string that has not ended. */
    boolean inString() {
        return state == State.STRING || state == State.ESCAPE;
    }
}
