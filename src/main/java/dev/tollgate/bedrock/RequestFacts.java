package dev.tollgate.bedrock;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What Tollgate needs to know of a request, read before the model is resolved; never any of its text.
 *
 * @param model named by the body, if the body names one
 * @param purchases what is requested beside tokens, such as images
 * @param layout positions in the body's bytes of what Tollgate replaces
 */
public record RequestFacts(
        Optional<String> model, Input input, Options options, List<Purchase> purchases, Layout layout) {

    /** Of a call without a body that matters. */
    public static final RequestFacts NONE = new RequestFacts(
            Optional.empty(),
            new Input(0, 0, 0, 0, false),
            Options.NONE,
            List.of(),
            new Layout(Map.of(), Optional.empty(), Optional.empty(), 0, true, Map.of(), Map.of()));

    /**
     * What the model reads.
     *
     * @param textBytes the body's size without media, in bytes: an upper bound of the text's tokens
     * @param images number of images
     * @param documents number of documents, videos and sounds, whose size does not bound their tokens
     * @param tools number of declared tools; each costs hidden text
     * @param onServer true if the request refers to text that the body does not hold, such as an earlier response
     */
    public record Input(long textBytes, int images, int documents, int tools, boolean onServer) {}

    /**
     * Options that decide the price. Numbers are kept by place, because the model's family, known later, decides which
     * place counts.
     *
     * @param numbers by place, such as {@code inferenceConfig.maxTokens}; see {@link BodySchema}
     * @param cacheWrites true if the body marks something for the prompt cache
     * @param optimized true if latency-optimised inference is requested
     * @param guarded true if a guardrail examines the call
     */
    public record Options(
            Map<String, Long> numbers, boolean cacheWrites, ServiceTier tier, boolean optimized, boolean guarded) {

        static final Options NONE = new Options(Map.of(), false, ServiceTier.DEFAULT, false, false);
    }

    /** Bytes from {@code start} to before {@code end}. */
    public record Span(int start, int end) {}

    /**
     * Where the body holds what Tollgate replaces.
     *
     * @param metadata the body's own {@code requestMetadata}
     * @param model position of the model's value, with its quotes
     * @param metadataAt position of the value of {@code requestMetadata}
     * @param objectStart offset after the body's opening brace
     * @param empty true if the body is <code>{}</code>
     * @param objects where the body's objects of options take further members, by name
     * @param notNumbers places that hold no number, with where their {@code null} stands; empty if it is another value
     */
    public record Layout(
            Map<String, String> metadata,
            Optional<Span> model,
            Optional<Span> metadataAt,
            int objectStart,
            boolean empty,
            Map<String, Opening> objects,
            Map<String, Optional<Span>> notNumbers) {}

    /**
     * Where an object takes further members.
     *
     * @param start after its opening brace; negative if there is no object at its name
     * @param empty true if it has no member
     */
    public record Opening(int start, boolean empty) {
        static final Opening NONE = new Opening(-1, true);
    }

    /** These facts after a number was written to a place that had none. */
    RequestFacts with(String place, long number) {
        Map<String, Long> numbers = new HashMap<>(options.numbers);
        numbers.put(place, number);
        return new RequestFacts(
                model,
                input,
                new Options(numbers, options.cacheWrites, options.tier, options.optimized, options.guarded),
                purchases,
                layout);
    }

    /** The body's own {@code requestMetadata}. */
    public Map<String, String> metadata() {
        return layout.metadata();
    }
}
