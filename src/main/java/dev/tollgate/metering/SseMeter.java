package dev.tollgate.metering;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tollgate.bedrock.Usage;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Usage out of server-sent events, as the OpenAI-shaped endpoints stream: the last {@code data:} lines carry it. */
final class SseMeter implements Meter {

    private static final int MAX_LINE = 1024 * 1024;
    private static final byte[] USAGE = "\"usage\"".getBytes(StandardCharsets.US_ASCII);

    private final UsageFields fields = new UsageFields();
    private byte[] line = new byte[1024];
    private int length;
    private boolean tooLong;

    @Override
    public void accept(Buffer bytes) {
        for (int i = 0; i < bytes.length(); i++) {
            byte b = bytes.getByte(i);
            if (b == '\n') {
                if (!tooLong) {
                    line();
                }
                length = 0;
                tooLong = false;
            } else if (length < MAX_LINE) {
                if (length == line.length) {
                    line = Arrays.copyOf(line, length * 2);
                }
                line[length++] = b;
            } else {
                tooLong = true;
            }
        }
    }

    private void line() {
        boolean data = length > 6 && line[0] == 'd' && line[1] == 'a' && line[2] == 't' && line[3] == 'a';
        if (!data || !hasUsage()) {
            return;
        }
        fields.restart();
        try (JsonParser in = JsonMeter.JSON.createParser(line, 5, length - 5)) {
            for (JsonToken token; (token = in.nextToken()) != null; ) {
                fields.token(in, token);
            }
        } catch (IOException e) {
            // Not JSON, such as [DONE].
        }
    }

    private boolean hasUsage() {
        for (int i = 5; i <= length - USAGE.length; i++) {
            if (Arrays.equals(line, i, i + USAGE.length, USAGE, 0, USAGE.length)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Optional<Usage> usage() {
        return fields.usage();
    }
}
