package dev.tollgate.metering;

import java.util.Locale;

/** How an answer ended; told once for each call. */
public enum StreamEnd {
    COMPLETED,
    /** The upstream answered with an error status, or with an exception inside the stream. */
    UPSTREAM_ERROR,
    /** The upstream could not be reached, or broke off. */
    UPSTREAM_FAILED,
    /** The upstream was silent for longer than its idle timeout. */
    UPSTREAM_TIMEOUT,
    /** The client went away; the answer was read to its end all the same. */
    CLIENT_GONE,
    /** The client went away and the answer could not be read to its end. */
    CLIENT_GONE_UNREAD,
    /** This process was stopping. */
    STOPPED;

    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
