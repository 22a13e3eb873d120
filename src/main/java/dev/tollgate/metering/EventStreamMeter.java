package dev.tollgate.metering;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tollgate.bedrock.EventStreamDecoder;
import dev.tollgate.bedrock.Usage;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Usage out of an event stream: the {@code metadata} event of ConverseStream, or the chunks of
 * InvokeModelWithResponseStream, whose payload is the model's own JSON in base64.
 */
final class EventStreamMeter implements Meter {

    private static final int MAX_FRAME_KEPT = 1024 * 1024;

    private final UsageFields fields = new UsageFields();
    private final EventStreamDecoder decoder = new EventStreamDecoder(MAX_FRAME_KEPT, this::frame);
    private final boolean chunks;
    private Optional<String> exception = Optional.empty();
    private boolean produced;

    EventStreamMeter(boolean chunks) {
        this.chunks = chunks;
    }

    @Override
    public void accept(Buffer bytes) {
        decoder.accept(bytes);
    }

    @Override
    public Optional<Usage> usage() {
        return fields.usage();
    }

    @Override
    public Optional<String> exception() {
        return exception;
    }

    @Override
    public boolean produced() {
        return produced;
    }

    @Override
    public boolean atFrameBoundary() {
        return !decoder.broken() && decoder.atBoundary();
    }

    private void frame(String messageType, String type, ByteBuffer payload) {
        if (!messageType.equals("event")) {
            exception = Optional.of(type);
            return;
        }
        produced = true;
        if (chunks && type.equals("chunk")) {
            chunk(payload);
        } else if (!chunks && type.equals("metadata")) {
            json(payload.array(), payload.arrayOffset() + payload.position(), payload.remaining());
        }
    }

    private void chunk(ByteBuffer payload) {
        int at = payload.arrayOffset() + payload.position();
        try (JsonParser in = JsonMeter.JSON.createParser(payload.array(), at, payload.remaining())) {
            while (in.nextToken() != null) {
                if (in.currentToken() == JsonToken.FIELD_NAME
                        && in.currentName().equals("bytes")) {
                    in.nextToken();
                    byte[] inner = in.getBinaryValue();
                    json(inner, 0, inner.length);
                }
            }
        } catch (IOException e) {
            // Not a chunk that tells anything; it passes as it is.
        }
    }

    private void json(byte[] bytes, int offset, int length) {
        fields.restart();
        try (JsonParser in = JsonMeter.JSON.createParser(bytes, offset, length)) {
            for (JsonToken token; (token = in.nextToken()) != null; ) {
                fields.token(in, token);
            }
        } catch (IOException e) {
            // Counts seen so far stay.
        }
    }
}
