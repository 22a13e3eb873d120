package dev.tollgate.invocations;

import dev.tollgate.proxy.InvalidRequestException;
import dev.tollgate.proxy.InvalidRequestException.Mistake;
import java.util.ArrayList;
import java.util.List;

/** The mistakes of one request, the first fifty of them. */
final class Mistakes {

    private static final int MAX = 50;
    private static final int MAX_SHOWN = 60;

    private final List<Mistake> mistakes = new ArrayList<>();

    void add(String field, String expected, String found) {
        if (mistakes.size() < MAX) {
            mistakes.add(new Mistake(field, expected, found));
        }
    }

    boolean none() {
        return mistakes.isEmpty();
    }

    List<Mistake> all() {
        return List.copyOf(mistakes);
    }

    InvalidRequestException exception() {
        return new InvalidRequestException(mistakes);
    }

    /** Foreign text as it may be repeated: one line, cut, printable ASCII. */
    static String shown(String text) {
        StringBuilder out = new StringBuilder(Math.min(MAX_SHOWN, text.length()) + 3);
        for (int i = 0; i < text.length() && i < MAX_SHOWN; i++) {
            char c = text.charAt(i);
            out.append(c < ' ' || c > '~' ? '?' : c);
        }
        return text.length() > MAX_SHOWN ? out.append("...").toString() : out.toString();
    }
}
