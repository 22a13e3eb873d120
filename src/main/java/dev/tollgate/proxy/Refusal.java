package dev.tollgate.proxy;

import java.util.Locale;

/** Why Tollgate itself refuses a call before any limit is checked. {@link ErrorResponses} knows what each looks like. */
enum Refusal {
    UNKNOWN_OPERATION,
    NOT_METERED,
    BAD_REQUEST,
    TOO_LARGE,
    TENANT,
    /** The Host header names something other than this sidecar. */
    HOST,
    /** A web page made the request. */
    BROWSER,
    /** The body did not arrive in time. */
    SLOW_BODY,
    BUSY,
    STOPPING,
    /** A bug of ours. */
    INTERNAL;

    /** True if the rest of the request is not worth waiting for. */
    boolean closes() {
        return this == TOO_LARGE || this == SLOW_BODY || this == STOPPING;
    }

    /** Metric label. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
