package dev.tollgate.proxy;

import dev.tollgate.bedrock.Metered;

/**
 * What came from the upstream.
 *
 * @param status HTTP status
 * @param produced false if the model cannot have worked: an error status, or an exception before the first event
 * @param errorType {@code none} if the answer reports no error
 * @param upstreamId the upstream's request id, empty if it gave none
 * @param firstByteNanos from the request's head to the answer's first byte, 0 if none came
 */
record Answer(int status, Metered metered, boolean produced, String errorType, String upstreamId, long firstByteNanos) {

    static final String NO_ERROR = "none";

    /** Nothing was sent, so nothing came. */
    static final Answer NONE = new Answer(0, Metered.NOTHING, false, "client-gone", "", 0);

    boolean ok() {
        return errorType.equals(NO_ERROR);
    }
}
