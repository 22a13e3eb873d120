package dev.tollgate.invocations;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.tollgate.bedrock.BadRequestException;
import dev.tollgate.bedrock.BedrockPath;
import dev.tollgate.bedrock.RequestReader;
import dev.tollgate.invocations.Input.Parameters;
import dev.tollgate.invocations.Input.Tags;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads a request of the friendly API in one pass, and notes every mistake. */
final class InputReader {

    // NaN and the like are read, so that they can be named as what was found. Names come from callers: not interned.
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();
    private static final String A_MODEL =
            "a string of 1 to " + BedrockPath.MAX_MODEL_ID + " printable characters that names a model";
    private static final String A_TAG = "a string of 1 to 128 letters, digits, spaces and :_@$#=/+,.-";
    private static final String AN_ENVIRONMENT = "dev, staging or prod (or development, production)";
    private static final String MESSAGES = "prompt.messages";
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9 :_@$#=/+,.-]{1,128}");
    private static final Map<String, String> ENVIRONMENTS =
            Map.of("dev", "dev", "development", "dev", "staging", "staging", "prod", "prod", "production", "prod");
    private static final int MAX_ENCODED = 6 * 128;
    private static final long MAX_TOKENS = Integer.MAX_VALUE;
    private static final long MAX_TOP_K = 500;

    private final JsonParser in;
    private final Cursor at;
    private final Messages messages = new Messages();
    private String model = "";
    private OptionalLong maxTokens = OptionalLong.empty();
    private Optional<String> temperature = Optional.empty();
    private Optional<String> topP = Optional.empty();
    private OptionalLong topK = OptionalLong.empty();
    private Optional<String> applicationId = Optional.empty();
    private Optional<String> costCenter = Optional.empty();
    private Optional<String> environment = Optional.empty();
    private boolean named;
    private boolean prompted;
    private boolean tagged;
    private boolean stream;

    private InputReader(byte[] body, JsonParser in, Mistakes mistakes) {
        this.in = in;
        this.at = new Cursor(body, in, mistakes);
    }

    /** Whatever can be read; the rest are mistakes. */
    static Input read(byte[] body, Mistakes mistakes) {
        try (JsonParser in = JSON.createParser(body)) {
            RequestReader.requireUtf8(body);
            return new InputReader(body, in, mistakes).read();
        } catch (BadRequestException e) {
            mistakes.add("body", "UTF-8 without a byte order mark", "another encoding");
        } catch (IOException e) {
            mistakes.add("body", "JSON", "something else");
        }
        return new Input("", new Messages(), Parameters.NONE, Tags.NONE, false);
    }

    private Input read() throws IOException {
        try {
            in.nextToken();
            at.members("body", List.of("model", "prompt", "tags", "stream"), this::member);
            if (in.currentToken() == JsonToken.END_OBJECT) {
                required();
                if (in.nextToken() != null) {
                    at.mistake("body", "nothing after the object", at.kind());
                }
            }
        } catch (StreamConstraintsException e) {
            at.mistake(
                    at.place(), "at most 1000 digits a number and 1000 levels of nesting", "more, and read no further");
        } catch (JsonProcessingException e) {
            long offset = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
            at.mistake("body", "JSON", "what breaks off or is malformed at byte " + Math.max(0, offset));
        }
        return new Input(
                model,
                messages,
                new Parameters(maxTokens, temperature, topP, topK),
                new Tags(applicationId.orElse(""), costCenter, environment),
                stream);
    }

    private void required() {
        if (!named) {
            at.mistake("model", A_MODEL, "nothing");
        }
        if (!prompted) {
            at.mistake(MESSAGES, "an array of messages", "nothing");
        }
        if (!tagged) {
            at.mistake("tags.applicationId", A_TAG, "nothing");
        }
    }

    private void member(String name, String place) throws IOException {
        switch (name) {
            case "model" -> model(place);
            case "prompt" -> at.members(place, List.of("messages", "parameters"), this::prompt);
            case "tags" -> at.members(place, List.of("applicationId", "costCenter", "environment"), this::tag);
            default -> stream = !at.absent() && at.truth(place);
        }
    }

    private void model(String place) throws IOException {
        named = true;
        at.text(place, A_MODEL, BedrockPath.MAX_MODEL_ID).ifPresent(text -> {
            if (BedrockPath.legalModel(text)) {
                model = text;
            } else {
                at.mistake(place, A_MODEL, '"' + Mistakes.shown(text) + '"');
            }
        });
    }

    private void prompt(String name, String place) throws IOException {
        if (name.equals("messages")) {
            prompted = true;
            messages(place);
        } else if (!at.absent()) {
            at.members(place, List.of("max_tokens", "temperature", "top_p", "top_k"), this::parameter);
        }
    }

    private void messages(String place) throws IOException {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            at.mistake(place, "an array of messages", at.kind());
            return;
        }
        int count = 0;
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (count < Messages.MAX) {
                new MessageReader(in, at, messages).read(place + '[' + count + ']');
            }
            in.skipChildren();
            count++;
        }
        if (count > Messages.MAX) {
            at.mistake(place, "at most " + Messages.MAX + " messages", String.valueOf(count));
        }
        if (count == 0) {
            at.mistake(place, "a message of role user", "an empty array");
        } else if (messages.firstOfConversation() < 0) {
            at.mistake(place, "a message of role user", "none");
        } else if (!messages.fromUser(messages.firstOfConversation())) {
            at.mistake(place, "a conversation that begins with role user", "assistant");
        }
    }

    private void parameter(String name, String place) throws IOException {
        if (at.absent()) {
            return;
        }
        switch (name) {
            case "max_tokens" -> maxTokens = at.whole(place, 1, MAX_TOKENS);
            case "temperature" -> temperature = at.fraction(place);
            case "top_p" -> topP = at.fraction(place);
            default -> topK = at.whole(place, 1, MAX_TOP_K);
        }
    }

    private void tag(String name, String place) throws IOException {
        switch (name) {
            case "applicationId" -> {
                tagged = true;
                applicationId = tag(place);
            }
            case "costCenter" -> costCenter = at.absent() ? Optional.empty() : tag(place);
            default -> environment = at.absent() ? Optional.empty() : environment(place);
        }
    }

    private Optional<String> tag(String place) throws IOException {
        Optional<String> text = at.text(place, A_TAG, MAX_ENCODED);
        if (text.isPresent() && !TAG.matcher(text.get()).matches()) {
            at.mistake(place, A_TAG, '"' + Mistakes.shown(text.get()) + '"');
            return Optional.empty();
        }
        return text;
    }

    private Optional<String> environment(String place) throws IOException {
        Optional<String> text = at.text(place, AN_ENVIRONMENT, MAX_ENCODED);
        if (text.isPresent() && !ENVIRONMENTS.containsKey(text.get())) {
            at.mistake(place, AN_ENVIRONMENT, '"' + Mistakes.shown(text.get()) + '"');
        }
        return text.map(ENVIRONMENTS::get);
    }
}
