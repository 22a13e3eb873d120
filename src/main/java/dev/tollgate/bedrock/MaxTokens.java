package dev.tollgate.bedrock;

import java.util.Optional;

/**
 * Writes a maximum of output tokens into a body that names none, at its schema's own place.
 *
 * @param change of the body's bytes
 * @param facts of the body with that change
 */
public record MaxTokens(Splice change, RequestFacts facts) {

    /** Empty if the body names a maximum, or has no place for one that is known. */
    public static Optional<MaxTokens> of(Operation operation, ModelTarget target, RequestFacts facts, long tokens) {
        BodySchema schema = BodySchema.of(operation, target);
        if (schema.maxTokens(facts).isPresent() || facts.layout().empty()) {
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
        return Optional.of(insert(facts, facts.layout().objectStart(), pair(member, tokens) + ",", member, tokens));
    }

    private static Optional<MaxTokens> within(RequestFacts facts, String object, String member, long tokens) {
        RequestFacts.Opening opening = facts.layout().objects().get(object);
        String place = object + "." + member;
        if (opening == null) {
            String whole = '"' + object + "\":{" + pair(member, tokens) + "},";
            return Optional.of(insert(facts, facts.layout().objectStart(), whole, place, tokens));
        }
        if (opening.start() < 0) {
            return Optional.empty();
        }
        String inner = pair(member, tokens) + (opening.empty() ? "" : ",");
        return Optional.of(insert(facts, opening.start(), inner, place, tokens));
    }

    private static String pair(String member, long tokens) {
        return '"' + member + "\":" + tokens;
    }

    private static MaxTokens insert(RequestFacts facts, int at, String json, String place, long tokens) {
        return new MaxTokens(Splice.of(new RequestFacts.Span(at, at), json), facts.with(place, tokens));
    }
}
