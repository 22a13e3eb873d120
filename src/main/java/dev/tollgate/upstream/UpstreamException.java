package dev.tollgate.upstream;

/** The upstream gave no answer. */
public final class UpstreamException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** How far the request had come. */
    public enum Stage {
        /** It could not be signed: no credentials. */
        SIGN,
        /** It never left: nothing can have been used. */
        CONNECT,
        /** It was sent and the connection broke. */
        SENT,
        /** It was sent and nothing came within the idle timeout. */
        TIMEOUT
    }

    private final Stage stage;

    UpstreamException(Stage stage, String message) {
        super(message, null, false, false);
        this.stage = stage;
    }

    public Stage stage() {
        return stage;
    }
}
