package dev.tollgate.bedrock;

import java.util.List;
import java.util.OptionalLong;

/**
 * Where an operation's body, and for InvokeModel a model family's body, holds the numbers that bound its output. A number
 * at another family's place means nothing.
 */
public enum BodySchema {
    CONVERSE(List.of("inferenceConfig.maxTokens"), List.of()),
    CHAT(List.of("max_tokens", "max_completion_tokens"), List.of("n")),
    RESPONSES(List.of("max_output_tokens"), List.of()),
    /** {@code max_tokens_to_sample} belongs to the text completions of Claude 2. */
    ANTHROPIC(List.of("max_tokens", "max_tokens_to_sample"), List.of()),
    NOVA(List.of("inferenceConfig.maxTokens", "inferenceConfig.max_new_tokens"), List.of()),
    TITAN(List.of("textGenerationConfig.maxTokenCount"), List.of()),
    LLAMA(List.of("max_gen_len"), List.of()),
    COHERE(List.of("max_tokens"), List.of("num_generations")),
    /** {@code maxTokens} and {@code numResults} belong to Jurassic-2. */
    AI21(List.of("max_tokens", "maxTokens"), List.of("n", "numResults")),
    /** An imported or unnamed model, whose family nobody knows. */
    UNKNOWN(
            List.of(
                    "max_tokens",
                    "max_completion_tokens",
                    "max_tokens_to_sample",
                    "max_gen_len",
                    "maxTokens",
                    "inferenceConfig.maxTokens",
                    "inferenceConfig.max_new_tokens",
                    "textGenerationConfig.maxTokenCount"),
            List.of("n", "num_generations", "numResults"));

    private static final long MAX_CHOICES = 1000;

    // Both are made by List.of.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> maxTokens;

    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> choices;

    BodySchema(List<String> maxTokens, List<String> choices) {
        this.maxTokens = maxTokens;
        this.choices = choices;
    }

    /** The schema of a call's body. */
    public static BodySchema of(Operation operation, ModelTarget target) {
        return switch (operation) {
            case CONVERSE, CONVERSE_STREAM -> CONVERSE;
            case CHAT_COMPLETIONS -> CHAT;
            case RESPONSES -> RESPONSES;
            default -> target.pricedModel().map(BodySchema::family).orElse(UNKNOWN);
        };
    }

    private static BodySchema family(String model) {
        return switch (ModelId.provider(model)) {
            case "anthropic" -> ANTHROPIC;
            case "amazon" -> model.startsWith("amazon.titan") ? TITAN : NOVA;
            case "meta" -> LLAMA;
            case "cohere" -> COHERE;
            case "ai21" -> AI21;
            case "" -> UNKNOWN;
            default -> CHAT;
        };
    }

    /** The largest maximum of output tokens that the schema's own places give; empty if there is none. */
    public OptionalLong maxTokens(RequestFacts facts) {
        return largest(maxTokens, facts);
    }

    /** Number of requested answers, from 1 to 1,000. */
    public long choices(RequestFacts facts) {
        return Math.max(1, Math.min(MAX_CHOICES, largest(choices, facts).orElse(1)));
    }

    private static OptionalLong largest(List<String> places, RequestFacts facts) {
        long largest = -1;
        for (String place : places) {
            Long given = facts.options().numbers().get(place);
            largest = given == null ? largest : Math.max(largest, given);
        }
        return largest < 0 ? OptionalLong.empty() : OptionalLong.of(largest);
    }
}
