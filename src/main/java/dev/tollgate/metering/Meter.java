package dev.tollgate.metering;

import dev.tollgate.bedrock.EventStream;
import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Locale;
import java.util.Optional;

/** Reads one answer's usage while its bytes pass, in bounded memory; it never keeps the answer. */
public interface Meter {

    /** Reads the next bytes of the answer, split anywhere. */
    void accept(Buffer bytes);

    /** All that the answer reported so far; complete once the answer is. */
    Metered metered();

    /** Type of the exception that an event stream ended with. */
    default Optional<String> exception() {
        return Optional.empty();
    }

    /** True once the model has begun to answer. */
    default boolean produced() {
        return true;
    }

    /** True if the answer is an error that came with a status of success, and reports no usage. */
    default boolean refused() {
        return false;
    }

    /** True if the bytes so far end between two frames, so that another frame can follow. */
    default boolean atFrameBoundary() {
        return true;
    }

    /** The meter of an answer with these response headers. */
    static Meter of(Operation operation, MultiMap headers) {
        if (!operation.metered()) {
            return new Unmetered(operation.free());
        }
        String type = String.valueOf(headers.get("content-type")).toLowerCase(Locale.ROOT);
        Encoding encoding = Encoding.of(headers);
        if (type.startsWith(EventStream.CONTENT_TYPE)) {
            return encoding.decode(new EventStreamMeter(operation == Operation.INVOKE_STREAM));
        }
        Meter body = type.startsWith("text/event-stream")
                ? new SseMeter()
                : new JsonMeter(encoding == Encoding.IDENTITY ? AnswerHeaders.contentLength(headers) : 0);
        return new AnswerHeaders(encoding.decode(body), headers);
    }

    /**
     * For operations whose answers report no usage.
     *
     * @param free true if the final usage is nothing, false if it is not known
     */
    record Unmetered(boolean free) implements Meter {
        @Override
        public void accept(Buffer bytes) {}

        @Override
        public Metered metered() {
            return free ? new Metered(Optional.of(Usage.NONE), Usage.NONE, Optional.empty()) : Metered.NOTHING;
        }
    }
}
