package dev.tollgate.invocations;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads single members of ConverseStream's events. */
final class ConverseEvent {

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private ConverseEvent() {}

    /**
     * A string of a payload.
     *
     * @param path names of members, each within the one before
     * @return empty if there is none, or the payload is no JSON
     */
    static Optional<String> member(ByteBuffer payload, String... path) {
        try (JsonParser in = parser(payload)) {
            return at(in, path) && in.currentToken() == JsonToken.VALUE_STRING
                    ? Optional.of(in.getText())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A number of a payload; 0 if there is none. */
    static int number(ByteBuffer payload, String... path) {
        try (JsonParser in = parser(payload)) {
            return at(in, path) ? in.getValueAsInt() : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static JsonParser parser(ByteBuffer payload) throws IOException {
        return JSON.createParser(payload.array(), payload.arrayOffset() + payload.position(), payload.remaining());
    }

    /** Goes to the value at the path; false if there is none. */
    private static boolean at(JsonParser in, String... path) throws IOException {
        in.nextToken();
        for (String name : path) {
            if (in.currentToken() != JsonToken.START_OBJECT || !member(in, name)) {
                return false;
            }
        }
        return true;
    }

    private static boolean member(JsonParser in, String name) throws IOException {
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = in.currentName().equals(name);
            in.nextToken();
            if (wanted) {
                return true;
            }
            in.skipChildren();
        }
        return false;
    }
}
