package dev.tollgate.pricing;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.RequestFacts;
import dev.tollgate.bedrock.Usage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Estimates a call's input tokens, in one of two ways. */
final class InputEstimate {

    private static final double FIRST_TOKENS_PER_BYTE = 1 / 3.3;
    private static final double LEARNING = 1 / 16.0;
    private static final int MAX_MODELS = 1000;
    private static final int MIN_LEARNED_BYTES = 16;

    // An image costs at most about 4,800 tokens on the models of 2026 (Anthropic's high-resolution images), usually
    // 1,600.
    private static final long IMAGE_BOUND = 5000;
    private static final long IMAGE_EXPECTED = 1600;
    private static final long DOCUMENT_EXPECTED = 3000;
    // Chat templates and the hidden prompts for tools are not in the body. Anthropic's bash, editor and computer tools
    // together add 2,084 tokens.
    private static final long TEMPLATE_BOUND = 64;
    private static final long TOOLS_BOUND = 4096;
    private static final long TOOL_BOUND = 1000;

    private final Map<String, Double> tokensPerByte = new ConcurrentHashMap<>();

    /**
     * Never less than the call uses, because a byte-level tokenizer makes no more tokens than there are bytes; the model's
     * whole context if the body does not hold all that is read.
     */
    static long bound(ModelTarget target, RequestFacts facts, Price price) {
        RequestFacts.Input input = facts.input();
        if (input.documents() > 0 || input.onServer() || target.onServer()) {
            return price.contextTokens();
        }
        long tools = input.tools() > 0 ? TOOLS_BOUND + input.tools() * TOOL_BOUND : 0;
        long tokens = input.textBytes() + input.images() * IMAGE_BOUND + TEMPLATE_BOUND + tools;
        return Math.min(tokens, price.contextTokens());
    }

    /** What calls of this model used by the byte so far. */
    long expected(ModelTarget target, RequestFacts facts) {
        double ratio = tokensPerByte.getOrDefault(target.name(), FIRST_TOKENS_PER_BYTE);
        RequestFacts.Input input = facts.input();
        return (long) Math.ceil(input.textBytes() * ratio)
                + input.images() * IMAGE_EXPECTED
                + input.documents() * DOCUMENT_EXPECTED;
    }

    /** Learns from a settled call whose input was all text of its body. */
    void learn(ModelTarget target, RequestFacts facts, Usage usage) {
        RequestFacts.Input input = facts.input();
        boolean textOnly = input.images() + input.documents() == 0 && !input.onServer() && !target.onServer();
        if (!textOnly || input.textBytes() < MIN_LEARNED_BYTES || usage.allInput() == 0) {
            return;
        }
        double seen = Math.max(1 / 16.0, Math.min(1, (double) usage.allInput() / input.textBytes()));
        if (tokensPerByte.size() < MAX_MODELS || tokensPerByte.containsKey(target.name())) {
            tokensPerByte.merge(target.name(), seen, (old, now) -> old + (now - old) * LEARNING);
        }
    }
}
