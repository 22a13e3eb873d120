package dev.tollgate.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who exports: the attributes of the resource, and the instrumentation scope.
 *
 * @param attributes by name
 */
public record OtlpResource(Map<String, String> attributes, String version) {

    static final JsonFactory JSON = new JsonFactory();
    private static final int MAX_ATTRIBUTES = 50;

    /**
     * @param name overrides {@code service.name}, as {@code OTEL_SERVICE_NAME} does
     * @param more further attributes in the form of {@code OTEL_RESOURCE_ATTRIBUTES}
     */
    public static OtlpResource of(
            String version, String instance, String host, Optional<String> name, Optional<String> more) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("service.name", "tollgate");
        attributes.put("service.version", version);
        attributes.put("service.instance.id", instance);
        attributes.put("host.name", host);
        attributes.putAll(pairs(more.orElse("")));
        name.ifPresent(n -> attributes.put("service.name", n));
        return new OtlpResource(attributes, version);
    }

    /** {@code name=value} with a comma between two and values percent-encoded; what has another form is left out. */
    static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : text.split(",")) {
            int equals = pair.indexOf('=');
            if (equals > 0 && !pair.substring(0, equals).isBlank() && pairs.size() < MAX_ATTRIBUTES) {
                pairs.put(
                        pair.substring(0, equals).strip(),
                        decoded(pair.substring(equals + 1).strip()));
            }
        }
        return pairs;
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value;
        }
    }

    /** The start of a message, up to the first element of a list such as {@code spans}. */
    String head(String resources, String scopes, String list) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart(resources);
            json.writeStartObject();
            json.writeObjectFieldStart("resource");
            json.writeArrayFieldStart("attributes");
            for (Map.Entry<String, String> attribute : attributes.entrySet()) {
                text(json, attribute.getKey(), attribute.getValue());
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeArrayFieldStart(scopes);
            json.writeStartObject();
            json.writeObjectFieldStart("scope");
            json.writeStringField("name", "dev.tollgate");
            json.writeStringField("version", version);
            json.writeEndObject();
            json.writeArrayFieldStart(list);
            json.flush();
            return out.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of a message that {@link #head} began. */
    static String tail() {
        return "]}]}]}";
    }

    static void text(JsonGenerator json, String name, String value) throws IOException {
        json.writeStartObject();
        json.writeStringField("key", name);
        json.writeObjectFieldStart("value");
        json.writeStringField("stringValue", value);
        json.writeEndObject();
        json.writeEndObject();
    }

    /** The protocol writes 64-bit numbers as text. */
    static void number(JsonGenerator json, String name, long value) throws IOException {
        json.writeStartObject();
        json.writeStringField("key", name);
        json.writeObjectFieldStart("value");
        json.writeStringField("intValue", Long.toString(value));
        json.writeEndObject();
        json.writeEndObject();
    }
}
