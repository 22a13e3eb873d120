package dev.tollgate.bedrock;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.tollgate.bedrock.RequestFacts.Layout;
import dev.tollgate.bedrock.RequestFacts.Span;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a request's facts in one pass over its bytes, without building a tree and without keeping any text. */
public final class RequestReader {

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(200)
                    .maxStringLength(25_000_000)
                    .build())
            .build();
    private static final Set<String> MAX_TOKENS = Set.of(
            "maxTokens",
            "max_tokens",
            "max_completion_tokens",
            "max_output_tokens",
            "max_new_tokens",
            "max_gen_len",
            "max_tokens_to_sample",
            "maxTokenCount");
    private static final Set<String> MAX_TOKENS_PARENTS =
            Set.of("inferenceConfig", "textGenerationConfig", "additionalModelRequestFields");
    private static final Set<String> MEDIA_DATA = Set.of("bytes", "data", "url", "inputImage", "b64_json", "file_data");
    private static final Set<String> MEDIA_PARENTS = Set.of("source", "image_url", "input_audio", "file", "inputImage");
    private static final Set<String> IMAGES = Set.of("image", "image_url", "input_image", "inputImage");
    private static final Set<String> DOCUMENTS =
            Set.of("document", "video", "audio", "input_audio", "input_file", "file");
    private static final int MIN_MEDIA = 64;

    private final byte[] body;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private Optional<String> model = Optional.empty();
    private OptionalLong maxTokens = OptionalLong.empty();
    private ServiceTier tier = ServiceTier.DEFAULT;
    private long mediaBytes;
    private int images;
    private int documents;
    private int choices = 1;
    private boolean tools;
    private boolean cacheWrites;
    private boolean streaming;
    private Optional<Span> modelAt = Optional.empty();
    private Optional<Span> metadataAt = Optional.empty();

    private RequestReader(byte[] body) {
        this.body = body;
    }

    /** @throws BadRequest where the body is not one JSON object */
    public static RequestFacts read(byte[] body) {
        return new RequestReader(body).read();
    }

    /**
     * The facts of one operation's request.
     *
     * @param header values of the request's headers by name; null if there is none
     * @throws BadRequest if the body is not what the operation takes
     */
    public static RequestFacts read(Operation operation, byte[] body, Function<String, @Nullable String> header) {
        RequestFacts facts = operation.body() == Operation.Body.NONE ? RequestFacts.NONE : read(body);
        String tier = header.apply("X-Amzn-Bedrock-Service-Tier");
        return tier == null ? facts : facts.withTier(ServiceTier.of(tier));
    }

    private RequestFacts read() {
        try (JsonParser in = JSON.createParser(body)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new BadRequest("expected a JSON object as the body");
            }
            int objectStart = (int) in.currentLocation().getByteOffset();
            boolean empty = true;
            while (in.nextToken() != JsonToken.END_OBJECT) {
                empty = false;
                member(in, in.currentName());
            }
            if (in.nextToken() != null) {
                throw new BadRequest("expected nothing after the body's JSON object");
            }
            return new RequestFacts(
                    model,
                    maxTokens,
                    Math.max(0, body.length - mediaBytes),
                    images,
                    documents,
                    choices,
                    tools,
                    cacheWrites,
                    streaming,
                    tier,
                    metadata,
                    new Layout(modelAt, metadataAt, objectStart, empty));
        } catch (JsonProcessingException e) {
            throw new BadRequest("expected JSON as the body; it breaks off or is malformed at byte "
                    + Math.max(0, e.getLocation() == null ? 0 : e.getLocation().getByteOffset()));
        } catch (IOException e) {
            throw new BadRequest("expected JSON as the body");
        }
    }

    private void member(JsonParser in, String name) throws IOException {
        JsonToken value = in.nextToken();
        switch (name) {
            case "model", "modelId" -> {
                if (value == JsonToken.VALUE_STRING) {
                    if (model.isPresent()) {
                        throw new BadRequest("expected one model in the body, found two");
                    }
                    model = Optional.of(in.getText());
                    int start = (int) in.currentTokenLocation().getByteOffset();
                    in.finishToken();
                    modelAt = Optional.of(
                            new Span(start, (int) in.currentLocation().getByteOffset()));
                    return;
                }
            }
            case "stream" -> streaming = value == JsonToken.VALUE_TRUE;
            case "n", "num_generations", "numberOfImages" -> {
                if (value == JsonToken.VALUE_NUMBER_INT) {
                    choices = (int) Math.max(choices, Math.min(1000, number(in)));
                }
            }
            case "service_tier" -> tier = value == JsonToken.VALUE_STRING ? ServiceTier.of(in.getText()) : tier;
            case "requestMetadata" -> {
                readMetadata(in, value);
                return;
            }
            default -> {}
        }
        walk(in, value, name, name, true);
    }

    private void walk(JsonParser in, JsonToken value, String name, String parent, boolean top) throws IOException {
        note(in, value, name, parent, top);
        if (value == JsonToken.START_OBJECT) {
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String inner = in.currentName();
                walk(in, in.nextToken(), inner, name, false);
            }
        } else if (value == JsonToken.START_ARRAY) {
            JsonToken element;
            while ((element = in.nextToken()) != JsonToken.END_ARRAY) {
                walk(in, element, name, parent, false);
            }
        }
    }

    private void note(JsonParser in, JsonToken value, String name, String parent, boolean top) throws IOException {
        switch (value) {
            case VALUE_NUMBER_INT -> {
                if (MAX_TOKENS.contains(name) && (top || MAX_TOKENS_PARENTS.contains(parent))) {
                    long given = number(in);
                    maxTokens = OptionalLong.of(Math.max(given, maxTokens.orElse(0)));
                }
            }
            case VALUE_STRING -> noteString(in, name, parent);
            case START_OBJECT -> {
                images += IMAGES.contains(name) ? 1 : 0;
                documents += DOCUMENTS.contains(name) ? 1 : 0;
                cacheWrites |= name.equals("cachePoint") || name.equals("cache_control");
                tools |= name.equals("toolConfig") || name.equals("tools");
            }
            default -> {}
        }
    }

    private void noteString(JsonParser in, String name, String parent) throws IOException {
        if (name.equals("type")) {
            String type = in.getText();
            // Anthropic and the responses API name the block by its type; the keyed forms are counted as objects.
            images += type.equals("image") || type.equals("input_image") ? 1 : 0;
            documents += type.equals("document") || type.equals("input_file") ? 1 : 0;
            tier = parent.equals("serviceTier") ? ServiceTier.of(type) : tier;
        } else if (MEDIA_DATA.contains(name) && MEDIA_PARENTS.contains(parent)) {
            int length = in.getTextLength();
            boolean media =
                    length >= MIN_MEDIA && (!name.equals("url") || in.getText().startsWith("data:"));
            mediaBytes += media && (images > 0 || documents > 0) ? length : 0;
        }
    }

    private void readMetadata(JsonParser in, JsonToken value) throws IOException {
        if (metadataAt.isPresent()) {
            throw new BadRequest("expected requestMetadata once, found it twice");
        }
        if (value != JsonToken.START_OBJECT) {
            throw new BadRequest("expected requestMetadata to be an object of strings");
        }
        int start = (int) in.currentTokenLocation().getByteOffset();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String key = in.currentName();
            if (in.nextToken() != JsonToken.VALUE_STRING) {
                throw new BadRequest("expected requestMetadata to be an object of strings");
            }
            metadata.put(key, in.getText());
        }
        metadataAt = Optional.of(new Span(start, (int) in.currentLocation().getByteOffset()));
    }

    /** Numbers beyond a long count as the largest. */
    private static long number(JsonParser in) throws IOException {
        return in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? (in.getBigIntegerValue().signum() < 0 ? 0 : Long.MAX_VALUE)
                : Math.max(0, in.getLongValue());
    }
}
