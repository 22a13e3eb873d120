package dev.tollgate.invocations;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The messages of a prompt: roles, and where in the request's bytes their texts stand. */
final class Messages {

    /** Most of one request. */
    static final int MAX = 100_000;

    static final List<String> ROLES = List.of("system", "user", "assistant");
    private static final int SYSTEM = 0;
    private static final int USER = 1;
    private static final int NUMBERS = 3;
    private static final byte[] TEXT = bytes("{\"text\":");

    private int[] numbers = new int[8 * NUMBERS];
    private int count;

    /**
     * Adds one.
     *
     * @param role index in {@link #ROLES}
     * @param start of the text's JSON string, at its opening quote
     * @param end after its closing quote
     */
    void add(int role, int start, int end) {
        int at = count * NUMBERS;
        if (at == numbers.length) {
            numbers = Arrays.copyOf(numbers, numbers.length * 2);
        }
        numbers[at] = role;
        numbers[at + 1] = start;
        numbers[at + 2] = end;
        count++;
    }

    /** Index of the first message that is no system message; -1 if there is none. */
    int firstOfConversation() {
        for (int i = 0; i < count; i++) {
            if (role(i) != SYSTEM) {
                return i;
            }
        }
        return -1;
    }

    boolean fromUser(int message) {
        return role(message) == USER;
    }

    private int role(int message) {
        return numbers[message * NUMBERS];
    }

    /** Writes {@code "messages":[...]} and {@code ,"system":[...]}: neighbours of one role are one message of several texts. */
    void writeTo(ByteArrayOutputStream out, byte[] body) {
        write(out, "\"messages\":[");
        int open = SYSTEM;
        for (int i = 0; i < count; i++) {
            if (role(i) == SYSTEM) {
                continue;
            }
            if (role(i) == open) {
                write(out, ",");
            } else {
                write(out, open == SYSTEM ? "" : "]},");
                write(out, "{\"role\":\"" + ROLES.get(role(i)) + "\",\"content\":[");
                open = role(i);
            }
            text(out, body, i);
        }
        write(out, open == SYSTEM ? "]" : "]}]");
        String before = ",\"system\":[";
        for (int i = 0; i < count; i++) {
            if (role(i) == SYSTEM) {
                write(out, before);
                text(out, body, i);
                before = ",";
            }
        }
        write(out, before.equals(",") ? "]" : "");
    }

    private void text(ByteArrayOutputStream out, byte[] body, int message) {
        int at = message * NUMBERS;
        out.write(TEXT, 0, TEXT.length);
        out.write(body, numbers[at + 1], numbers[at + 2] - numbers[at + 1]);
        out.write('}');
    }

    private static void write(ByteArrayOutputStream out, String text) {
        byte[] bytes = bytes(text);
        out.write(bytes, 0, bytes.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
