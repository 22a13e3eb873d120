package dev.tollgate.bedrock;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What has to be known of a request's body; never any of its text.
 *
 * @param model of bodies that name it
 * @param maxTokens largest of the spellings that are given
 * @param textBytes size without base64 media, an upper bound of the text's tokens
 * @param images number of images
 * @param documents number of documents, videos and sounds, whose tokens their size does not bound
 * @param choices answers asked for, at least 1
 * @param tools true where tools are declared, which costs a hidden prompt
 * @param cacheWrites true where the body marks something for the prompt cache
 * @param streaming true where an OpenAI-shaped body asks for a stream
 * @param metadata the body's own {@code requestMetadata}
 * @param layout where things stand in the body's bytes
 */
public record RequestFacts(
        Optional<String> model,
        OptionalLong maxTokens,
        long textBytes,
        int images,
        int documents,
        int choices,
        boolean tools,
        boolean cacheWrites,
        boolean streaming,
        ServiceTier tier,
        Map<String, String> metadata,
        Layout layout) {

    /** Of a call without a body that matters. */
    public static final RequestFacts NONE = new RequestFacts(
            Optional.empty(),
            OptionalLong.empty(),
            0,
            0,
            0,
            1,
            false,
            false,
            false,
            ServiceTier.DEFAULT,
            Map.of(),
            new Layout(Optional.empty(), Optional.empty(), 0, true));

    /** Bytes from {@code start} to before {@code end}. */
    public record Span(int start, int end) {}

    /**
     * @param model the model's value, with its quotes
     * @param metadata the value of {@code requestMetadata}
     * @param objectStart offset after the body's opening brace
     * @param empty true where the body is <code>{}</code>
     */
    public record Layout(Optional<Span> model, Optional<Span> metadata, int objectStart, boolean empty) {}

    /** The same with another tier. */
    public RequestFacts withTier(ServiceTier other) {
        return new RequestFacts(
                model,
                maxTokens,
                textBytes,
                images,
                documents,
                choices,
                tools,
                cacheWrites,
                streaming,
                other,
                metadata,
                layout);
    }
}
