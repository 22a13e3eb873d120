package dev.tollgate.upstream;

import java.util.Locale;

/** Why the upstream gave no answer, and how far the request had come. */
public enum UpstreamFault {
    /** It could not be signed. */
    NO_CREDENTIALS(false),
    /** No connection, so nothing can have been used. */
    UNREACHABLE(false),
    /** It was sent, and the connection broke before an answer. */
    RESET(true),
    /** It was sent, and nothing came within the idle timeout. */
    TIMEOUT(true);

    private final boolean sent;

    UpstreamFault(boolean sent) {
        this.sent = sent;
    }

    /** True if the model may have worked. */
    public boolean sent() {
        return sent;
    }

    /** Metric label. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
