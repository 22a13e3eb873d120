package dev.tollgate.telemetry;

import java.util.Optional;

/**
 * The position of a request in a distributed trace: the header {@code traceparent} of
 * <a href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a>.
 *
 * @param traceId 32 lower-case hexadecimal digits, not all of them 0
 * @param spanId 16 lower-case hexadecimal digits, not all of them 0
 * @param sampled true if the caller records the trace
 */
record TraceParent(String traceId, String spanId, boolean sampled) {

    static final String HEADER = "traceparent";
    static final String STATE = "tracestate";

    private static final int TRACE = 3;
    private static final int SPAN = 36;
    private static final int FLAGS = 53;
    private static final int LENGTH = 55;

    /** Empty if the header is not valid: the trace then starts here. */
    static Optional<TraceParent> parse(String header) {
        if (header.length() < LENGTH
                || header.charAt(TRACE - 1) != '-'
                || header.charAt(SPAN - 1) != '-'
                || header.charAt(FLAGS - 1) != '-'
                || !knownVersion(header)) {
            return Optional.empty();
        }
        String traceId = header.substring(TRACE, SPAN - 1);
        String spanId = header.substring(SPAN, FLAGS - 1);
        String flags = header.substring(FLAGS, LENGTH);
        if (!isId(traceId) || !isId(spanId) || !isHex(flags)) {
            return Optional.empty();
        }
        return Optional.of(new TraceParent(traceId, spanId, (Character.digit(flags.charAt(1), 16) & 1) == 1));
    }

    /** A later version may carry more after a hyphen; ff is none. */
    private static boolean knownVersion(String header) {
        String version = header.substring(0, TRACE - 1);
        if (version.equals("00")) {
            return header.length() == LENGTH;
        }
        return isHex(version) && !version.equals("ff") && (header.length() == LENGTH || header.charAt(LENGTH) == '-');
    }

    private static boolean isId(String text) {
        return isHex(text) && text.chars().anyMatch(c -> c != '0');
    }

    private static boolean isHex(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
    }

    /** The header's value. */
    String header() {
        return "00-" + traceId + '-' + spanId + (sampled ? "-01" : "-00");
    }
}
