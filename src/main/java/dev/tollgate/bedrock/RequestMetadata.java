package dev.tollgate.bedrock;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Request metadata: 1 to 16 entries, keys of 1 to 256 and values of 0 to 256 characters of
 * {@code [a-zA-Z0-9 :_@$#=/+,.-]}; as a header at most 8,500 characters. Bedrock writes it to model invocation logs only.
 */
public final class RequestMetadata {

    /** Header of the invoke operations. */
    public static final String HEADER = "X-Amzn-Bedrock-Request-Metadata";

    private static final int MAX_ENTRIES = 16;
    private static final int MAX_LENGTH = 256;
    private static final int MAX_HEADER = 8500;
    private static final int USUAL_LENGTH = 256;
    private static final JsonFactory JSON = new JsonFactory();

    private RequestMetadata() {}

    /**
     * Puts Tollgate's entries first, then as many of the application's own as fit; Tollgate's win.
     *
     * @param ours Tollgate's entries, in order; values are cut and cleaned to what Bedrock takes
     */
    static Map<String, String> merge(Map<String, String> ours, Map<String, String> own) {
        Map<String, String> merged = new LinkedHashMap<>();
        merge(ours, own, merged::put);
        return merged;
    }

    private static void merge(Map<String, String> ours, Map<String, String> own, BiConsumer<String, String> entry) {
        ours.forEach((key, value) -> entry.accept(key, clean(value)));
        int room = MAX_ENTRIES - ours.size();
        for (Map.Entry<String, String> its : own.entrySet()) {
            if (room > 0 && !ours.containsKey(its.getKey())) {
                entry.accept(its.getKey(), its.getValue());
                room--;
            }
        }
    }

    private static String clean(String value) {
        int length = Math.min(value.length(), MAX_LENGTH);
        int same = 0;
        while (same < length && allowed(value.charAt(same))) {
            same++;
        }
        if (same == value.length()) {
            return value;
        }
        StringBuilder out = new StringBuilder(length).append(value, 0, same);
        for (int i = same; i < length; i++) {
            char c = value.charAt(i);
            out.append(allowed(c) ? c : '_');
        }
        return out.toString();
    }

    private static boolean allowed(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || " :_@$#=/+,.-".indexOf(c) >= 0;
    }

    /** As a JSON object. */
    public static String json(Map<String, String> metadata) {
        StringBuilder out = new StringBuilder(USUAL_LENGTH).append('{');
        metadata.forEach((key, value) -> member(out, 1, key, value));
        return out.append('}').toString();
    }

    private static String json(Map<String, String> ours, Map<String, String> own) {
        StringBuilder out = new StringBuilder(USUAL_LENGTH);
        json(out, ours, own);
        return out.toString();
    }

    private static void json(StringBuilder out, Map<String, String> ours, Map<String, String> own) {
        int start = out.append('{').length();
        merge(ours, own, (key, value) -> member(out, start, key, value));
        out.append('}');
    }

    /** @param start of the first member */
    private static void member(StringBuilder out, int start, String key, String value) {
        out.append(out.length() > start ? "," : "");
        quote(out, key);
        quote(out.append(':'), value);
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, out);
        out.append('"');
    }

    /** As a header value, without the application's own entries if it would be too long with them. */
    public static String header(Map<String, String> ours, Map<String, String> own) {
        String all = json(ours, own);
        return all.length() <= MAX_HEADER ? all : json(ours, Map.of());
    }

    /** @throws BadRequestException if the header is no JSON object of strings, or larger than Bedrock takes */
    public static Map<String, String> parseHeader(String header) {
        if (header.length() > MAX_HEADER) {
            throw new BadRequestException(
                    "expected " + HEADER + " of at most " + MAX_HEADER + " characters, found " + header.length());
        }
        try (JsonParser in = JSON.createParser(header)) {
            in.nextToken();
            return read(in, HEADER);
        } catch (IOException e) {
            throw new BadRequestException("expected " + HEADER + " to be a JSON object of strings");
        }
    }

    /** Reads the parser's current value; {@code place} names it in errors. */
    static Map<String, String> read(JsonParser in, String place) throws IOException {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw new BadRequestException("expected " + place + " to be a JSON object of strings");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String key = in.currentName();
            if (in.nextToken() != JsonToken.VALUE_STRING) {
                throw new BadRequestException("expected " + place + " to be a JSON object of strings");
            }
            if (in.getTextLength() > MAX_LENGTH || metadata.size() >= MAX_ENTRIES) {
                throw new BadRequestException("expected " + place + " with at most " + MAX_ENTRIES
                        + " entries, each value of at most " + MAX_LENGTH + " characters");
            }
            metadata.put(key, in.getText());
        }
        return metadata;
    }

    /** Puts the metadata into a body's top level; no other byte changes. */
    public static Splice splice(RequestFacts facts, Map<String, String> ours) {
        RequestFacts.Layout layout = facts.layout();
        if (layout.metadataAt().isPresent()) {
            return Splice.of(layout.metadataAt().get(), json(ours, facts.metadata()));
        }
        StringBuilder member = new StringBuilder(USUAL_LENGTH).append("\"requestMetadata\":");
        json(member, ours, facts.metadata());
        member.append(layout.empty() ? "" : ",");
        return Splice.of(new RequestFacts.Span(layout.objectStart(), layout.objectStart()), member);
    }

    /** Replaces the model's name in a body that has one; no other byte changes. */
    public static Splice spliceModel(RequestFacts facts, String model) {
        RequestFacts.Span at = facts.layout().model().orElseThrow();
        return Splice.of(at, '"' + model + '"');
    }
}
