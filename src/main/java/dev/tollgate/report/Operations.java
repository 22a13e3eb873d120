package dev.tollgate.report;

/** Words of the two kinds of records, in one vocabulary. */
final class Operations {

    private Operations() {}

    /** An operation as metrics and usage records name it. */
    static String label(String operation) {
        return switch (operation) {
            case "Converse" -> "converse";
            case "ConverseStream" -> "converse-stream";
            case "InvokeModel" -> "invoke";
            case "InvokeModelWithResponseStream" -> "invoke-with-response-stream";
            case "InvokeModelWithBidirectionalStream" -> "invoke-with-bidirectional-stream";
            case "StartAsyncInvoke" -> "async-invoke";
            case "CountTokens" -> "count-tokens";
            default -> operation;
        };
    }

    /** True if a usage record's {@code end} says that the model did not answer to the end. */
    static boolean failed(String end) {
        return switch (end) {
            case "completed", "denied", "client-gone", "client-gone-unread", "answered", "abandoned" -> false;
            default -> true;
        };
    }
}
