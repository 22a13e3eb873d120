package dev.tollgate.report;

/** A line that is no record; the message says what was expected and what was found, never the line's content. */
final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableException(String message) {
        super(message, null, false, false);
    }
}
