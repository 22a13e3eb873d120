package dev.tollgate.metering;

import dev.tollgate.bedrock.EventStream;
import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Locale;
import java.util.Optional;

/** Reads one answer's usage while its bytes pass. Keeps a bounded rest between pieces, never the answer. */
public interface Meter {

    /** The next bytes of the answer, split anywhere. */
    void accept(Buffer bytes);

    /** What was used, as far as the bytes so far tell. */
    Optional<Usage> usage();

    /** All that the answer reported. */
    default Metered metered() {
        return new Metered(usage(), Usage.NONE, Optional.empty());
    }

    /** Type of the exception that an event stream ended with. */
    default Optional<String> exception() {
        return Optional.empty();
    }

    /** True where the model has begun to answer. */
    default boolean produced() {
        return true;
    }

    /** True where the bytes so far end between two frames, so that another frame may follow. */
    default boolean atFrameBoundary() {
        return true;
    }

    /** The reader for an answer. */
    static Meter of(Operation operation, MultiMap headers) {
        String type = String.valueOf(headers.get("content-type")).toLowerCase(Locale.ROOT);
        if (!operation.usesTokens()) {
            return new None();
        }
        if (type.startsWith(EventStream.CONTENT_TYPE)) {
            return new EventStreamMeter(operation == Operation.INVOKE_STREAM);
        }
        Meter body = type.startsWith("text/event-stream") ? new SseMeter() : new JsonMeter();
        return new WithHeaders(body, headers);
    }

    /** For operations that use no tokens. */
    final class None implements Meter {
        @Override
        public void accept(Buffer bytes) {}

        @Override
        public Optional<Usage> usage() {
            return Optional.of(Usage.NONE);
        }
    }

    /** The body's usage, else what the headers of a plain invoke say. */
    record WithHeaders(Meter body, MultiMap headers) implements Meter {
        private static final String PREFIX = "X-Amzn-Bedrock-";

        @Override
        public void accept(Buffer bytes) {
            body.accept(bytes);
        }

        @Override
        public Optional<Usage> usage() {
            return body.usage().or(this::fromHeaders);
        }

        private Optional<Usage> fromHeaders() {
            long input = count("Input-Token-Count");
            long output = count("Output-Token-Count");
            return input < 0 && output < 0
                    ? Optional.empty()
                    : Optional.of(new Usage(
                            input,
                            output,
                            count("Cache-Read-Input-Token-Count"),
                            count("Cache-Write-Input-Token-Count"),
                            0));
        }

        private long count(String name) {
            String value = headers.get(PREFIX + name);
            return value != null && value.matches("\\d{1,15}") ? Long.parseLong(value) : -1;
        }
    }
}
