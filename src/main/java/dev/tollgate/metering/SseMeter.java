package dev.tollgate.metering;

import dev.tollgate.bedrock.Metered;
import io.vertx.core.buffer.Buffer;

/**
 * Meters server-sent events, as the OpenAI-shaped endpoints stream them. Reads the data of each line as it passes, however
 * long, and ends an event with its JSON, so that a last line without line end counts. Lines end with LF, CR or both.
 */
final class SseMeter implements Meter {

    private enum At {
        LINE_START,
        FIELD,
        DATA,
        OTHER
    }

    private static final byte[] DATA = {'d', 'a', 't', 'a', ':'};

    private final Document document = new Document(new Tally(true));
    private At at = At.LINE_START;
    private int matched;
    private boolean afterCr;

    @Override
    public void accept(Buffer bytes) {
        byte[] chunk = bytes.getBytes();
        for (int i = 0; i < chunk.length; i++) {
            byte b = chunk[i];
            if (b == '\n' || b == '\r') {
                endOfLine(b);
            } else if (at == At.DATA) {
                int end = endOfData(chunk, i);
                document.accept(chunk, i, end);
                i = end - 1;
            } else if (at != At.OTHER) {
                field(b);
            }
        }
    }

    private static int endOfData(byte[] chunk, int from) {
        int end = from;
        while (end < chunk.length && chunk[end] != '\n' && chunk[end] != '\r') {
            end++;
        }
        return end;
    }

    private void field(byte b) {
        matched = at == At.LINE_START ? 0 : matched;
        if (b != DATA[matched]) {
            at = At.OTHER;
        } else if (++matched == DATA.length) {
            at = At.DATA;
        } else {
            at = At.FIELD;
        }
    }

    /** An empty line ends the event; a CR followed by LF is one line end, and the LF then seems an empty line. */
    private void endOfLine(byte b) {
        if (at == At.LINE_START && !(b == '\n' && afterCr)) {
            document.restart();
        }
        afterCr = b == '\r';
        at = At.LINE_START;
    }

    @Override
    public Metered metered() {
        return document.metered();
    }
}
