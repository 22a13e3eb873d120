package dev.tollgate.bedrock;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Writes a maximum of output tokens into a body that names none, at its schema's own place.
 *
 * @param change of the body's bytes
 * @param facts of the body with that change
 */
public record MaxTokens(Splice change, RequestFacts facts) {

    /** Empty if the body names a maximum, or has no place for one that is known, or another value than a number there. */
    public static Optional<MaxTokens> of(Operation operation, ModelTarget target, RequestFacts facts, long tokens) {
        BodySchema schema = BodySchema.of(operation, target);
        boolean odd = facts.layout().notNumbers().values().stream().anyMatch(Optional::isEmpty);
        if (schema.maxTokens(facts).isPresent() || facts.layout().empty() || odd) {
            return Optional.empty();
        }
        return switch (schema) {
            case CONVERSE, NOVA -> within(facts, "inferenceConfig", "maxTokens", tokens);
            case TITAN -> within(facts, "textGenerationConfig", "maxTokenCount", tokens);
            case CHAT ->
                top(facts, operation == Operation.CHAT_COMPLETIONS ? "max_completion_tokens" : "max_tokens", tokens);
            case RESPONSES -> top(facts, "max_output_tokens", tokens);
            case ANTHROPIC, COHERE, AI21 -> top(facts, "max_tokens", tokens);
            case LLAMA -> top(facts, "max_gen_len", tokens);
            case UNKNOWN -> Optional.empty();
        };
    }

    private static Optional<MaxTokens> top(RequestFacts facts, String member, long tokens) {
        return Optional.of(write(facts, member, tokens, () -> {
            int start = facts.layout().objectStart();
            return Splice.of(new RequestFacts.Span(start, start), pair(member, tokens) + ",");
        }));
    }

    private static Optional<MaxTokens> within(RequestFacts facts, String object, String member, long tokens) {
        RequestFacts.Opening opening = facts.layout().objects().get(object);
        if (opening != null && opening.start() < 0) {
            return Optional.empty();
        }
        return Optional.of(write(facts, object + "." + member, tokens, () -> {
            int start = opening == null ? facts.layout().objectStart() : opening.start();
            String json = opening == null
                    ? '"' + object + "\":{" + pair(member, tokens) + "},"
                    : pair(member, tokens) + (opening.empty() ? "" : ",");
            return Splice.of(new RequestFacts.Span(start, start), json);
        }));
    }

    private static String pair(String member, long tokens) {
        return '"' + member + "\":" + tokens;
    }

    /** In the place of a {@code null}, which means that nothing is named; a second member of the name would not do. */
    private static MaxTokens write(RequestFacts facts, String place, long tokens, Supplier<Splice> insertion) {
        Splice change = facts.layout()
                .notNumbers()
                .getOrDefault(place, Optional.empty())
                .map(at -> Splice.of(at, String.valueOf(tokens)))
                .orElseGet(insertion);
        long own = facts.options().numbers().getOrDefault(ConverseBody.ADDITIONAL_MAX, 0L);
        return new MaxTokens(change, facts.with(place, Math.max(tokens, own)));
    }
}
