package dev.tollgate.bedrock;

/** The caller's mistake; the message says what was expected and what was found, and never quotes a body. */
public final class BadRequest extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BadRequest(String message) {
        super(message, null, false, false);
    }
}
