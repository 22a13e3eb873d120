package dev.tollgate.proxy;

import java.util.List;

/** A request with mistakes, all of them; the messages are for the client. */
public final class InvalidRequestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    // Exceptions of this kind stay within the process.
    private final transient List<Mistake> mistakes;

    /**
     * One mistake.
     *
     * @param field such as {@code prompt.parameters.temperature}
     * @param expected what is allowed
     * @param found what was found, printable; nothing of a prompt
     */
    public record Mistake(String field, String expected, String found) {}

    /** @param mistakes at least one */
    public InvalidRequestException(List<Mistake> mistakes) {
        super(message(mistakes), null, false, false);
        this.mistakes = List.copyOf(mistakes);
    }

    private static String message(List<Mistake> mistakes) {
        Mistake first = mistakes.get(0);
        int more = mistakes.size() - 1;
        return first.field + ": expected " + first.expected + ", found " + first.found
                + (more == 0 ? "" : " (and " + more + (more == 1 ? " more mistake)" : " more mistakes)"));
    }

    List<Mistake> mistakes() {
        return mistakes;
    }
}
