package dev.tollgate.metering;

import dev.tollgate.bedrock.EventStreamDecoder;
import dev.tollgate.bedrock.Metered;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Meters an event stream: the events of ConverseStream, or the chunks of InvokeModelWithResponseStream, whose payload is
 * the model's own JSON in base64.
 */
final class EventStreamMeter implements Meter {

    private static final int MAX_FRAME_KEPT = 4 * 1024 * 1024;

    private final Tally tally = new Tally(true);
    private final Document document = new Document(tally);
    private final ChunkPayload payloads = new ChunkPayload(document);
    private final EventStreamDecoder decoder = new EventStreamDecoder(MAX_FRAME_KEPT, new Frames());
    private final boolean chunks;
    private Optional<String> exception = Optional.empty();
    private boolean produced;

    /** @param chunks true for InvokeModelWithResponseStream */
    EventStreamMeter(boolean chunks) {
        this.chunks = chunks;
    }

    @Override
    public void accept(Buffer bytes) {
        int unread = decoder.accept(bytes);
        if (unread > 0) {
            // What a stream says in a bad frame and behind it is not known, only that it passed.
            produced = true;
            tally.addUnread(unread);
        }
    }

    @Override
    public Metered metered() {
        return document.metered();
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

    private final class Frames implements EventStreamDecoder.Listener {

        @Override
        public void frame(String messageType, String type, ByteBuffer payload) {
            if (messageType.equals("exception") || messageType.equals("error")) {
                exception = Optional.of(type);
                return;
            }
            produced = true;
            if (!messageType.equals("event")) {
                tally.addUnread(payload.remaining());
                return;
            }
            int from = payload.arrayOffset() + payload.position();
            if (!chunks && knownEvent(type)) {
                document.restart();
                document.accept(payload.array(), from, from + payload.remaining());
            } else if (chunks && type.equals("chunk")) {
                document.restart();
                payloads.read(payload.array(), from, from + payload.remaining());
            }
        }

        @Override
        public void skipped(long payloadBytes) {
            produced = true;
            tally.addUnread(payloadBytes);
        }
    }

    private static boolean knownEvent(String type) {
        return type.equals("metadata") || type.equals("contentBlockDelta") || type.equals("contentBlockStart");
    }
}
