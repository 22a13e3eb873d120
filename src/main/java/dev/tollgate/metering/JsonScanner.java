package dev.tollgate.metering;

/**
 * Reads JSON that is split anywhere, in bounded memory: names, numbers, and of each string its first bytes and how many
 * tokens it may hold. Does not validate; input that breaks off or is no JSON yields what was read so far.
 */
final class JsonScanner {

    /** Receives what is scanned. */
    interface Sink {
        void open(boolean array);

        void close();

        void name(String name);

        /** @param value {@link #NO_COUNT} if it is written with sign, fraction or exponent */
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

    /** Stands for a number that counts nothing: negative, or not written as a whole one. */
    static final long NO_COUNT = -1;

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
        int at = from;
        while (at < to) {
            if (state == State.STRING) {
                at = string(bytes, at, to);
            } else {
                accept(bytes[at++]);
            }
        }
    }

    private void accept(byte b) {
        switch (state) {
            case ESCAPE -> {
                tokens.add(b);
                keep(new byte[] {b}, 0, 1);
                state = State.STRING;
            }
            case NUMBER -> inNumber(b);
            default -> between(b);
        }
    }

    /** Reads a string up to its end, an escape or the end of the bytes; most bytes of an answer are read here. */
    private int string(byte[] bytes, int from, int to) {
        int end = from;
        while (end < to && bytes[end] != '"' && bytes[end] != '\\') {
            end++;
        }
        tokens.add(bytes, from, end);
        keep(bytes, from, end);
        if (end == to) {
            return end;
        }
        // The next byte decides whether an ended string is a name or a value.
        pending = bytes[end] == '"';
        state = pending ? State.BETWEEN : State.ESCAPE;
        return end + 1;
    }

    private void keep(byte[] bytes, int from, int to) {
        int n = Math.min(to - from, KEPT - length);
        System.arraycopy(bytes, from, kept, length, n);
        length += n;
        tooLong |= n < to - from;
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
        sink.number(fraction || negative ? NO_COUNT : number);
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
        return tooLong ? "" : Names.of(kept, length);
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
