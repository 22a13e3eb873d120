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
 * @param metadataStart offset of that member's value, -1 where there is none
 * @param metadataEnd offset after it
 * @param objectStart offset after the body's opening brace
 * @param empty true where the body is <code>{}</code>
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
        int metadataStart,
        int metadataEnd,
        int objectStart,
        boolean empty) {

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
            -1,
            -1,
            0,
            true);
}
