package dev.tollgate.metering;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Unwraps a chunk's payload, {@code {"bytes": base64, "p": padding}}. */
final class ChunkPayload {

    private static final JsonFactory JSON = new JsonFactory();

    private final Document document;

    ChunkPayload(Document document) {
        this.document = document;
    }

    void read(byte[] payload, int from, int to) {
        try (JsonParser in = JSON.createParser(payload, from, to - from)) {
            while (in.nextToken() != null) {
                if (in.currentToken() == JsonToken.FIELD_NAME
                        && in.currentName().equals("bytes")) {
                    in.nextToken();
                    byte[] inner = in.getBinaryValue();
                    document.accept(inner, 0, inner.length);
                }
            }
        } catch (IOException e) {
            // Not a chunk that can be read; it passes as it is.
        }
    }
}
