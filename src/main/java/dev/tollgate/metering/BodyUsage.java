package dev.tollgate.metering;

import dev.tollgate.bedrock.Metered;

/**
 * Usage of a complete answer that is already at hand, such as the body of a model invocation log: one JSON object of any
 * operation and family, or an array of a stream's events.
 */
public final class BodyUsage {

    private BodyUsage() {}

    /**
     * Reads an answer.
     *
     * @param json the body in UTF-8
     * @return final usage, if the body reports it; else what passed, counted from the content
     */
    public static Metered read(byte[] json) {
        boolean events = firstByte(json) == '[';
        Document document = new Document(new Tally(events));
        document.accept(json, 0, json.length);
        return document.metered();
    }

    private static byte firstByte(byte[] json) {
        for (byte b : json) {
            if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                return b;
            }
        }
        return 0;
    }
}
