package dev.tollgate.metering;

import dev.tollgate.bedrock.ServiceTier;
import java.util.Optional;

/** What one document tells. */
final class Findings {

    final Counts counts = new Counts();
    final Iterations iterations = new Iterations();
    final Counts metrics = new Counts();
    final GuardrailUnits guardrail = new GuardrailUnits();
    String type = "";
    Optional<ServiceTier> tier = Optional.empty();
    Optional<Boolean> optimized = Optional.empty();
    private boolean guardrailUsage;
    private boolean messageStart;
    private long content;
    private long detail;
    private boolean detailOneHour;

    void top(String name, long value) {
        switch (name) {
            case "inputTextTokenCount", "prompt_token_count", "generation_token_count", "totalOutputTextTokenCount" ->
                counts.usage(name, value);
            default -> {}
        }
    }

    /** @param inMessage true inside Anthropic's {@code message_start} */
    void usage(String name, long value, boolean inMessage) {
        messageStart |= inMessage;
        counts.usage(name, value);
        guardrailUsage |= guardrail.add(name, value);
    }

    void detail(String name, long value) {
        detail = name.equals("inputTokens") ? value : detail;
    }

    void detailTtl(String ttl) {
        detailOneHour = ttl.equals("1h");
    }

    void endDetail() {
        counts.cacheDetail(detailOneHour, detail);
        detail = 0;
        detailOneHour = false;
    }

    /** Adds what a model wrote, by its weight. */
    void content(long weight) {
        content += weight;
    }

    /** Weight of what the model wrote; events that repeat what earlier ones brought count nothing. */
    long content() {
        boolean repeats = type.startsWith("response.") && !type.endsWith(".delta") || type.equals("stream-end");
        return repeats || type.equals("message_start") ? 0 : content;
    }

    /** True if these counts are the last: they came after all content, or are Bedrock's own. */
    boolean isFinal() {
        return metrics.found() || counts.found() && !messageStart && content() == 0;
    }

    /** True if these counts come with a complete body. */
    boolean hasUsage() {
        return metrics.found() || guardrailUsage || counts.found() && !messageStart;
    }

    /** The same content without any count: of a document that broke off. */
    Findings contentOnly() {
        Findings only = new Findings();
        only.type = type;
        only.content = content;
        return only;
    }

    Findings copy() {
        Findings copy = contentOnly();
        copy.counts.replaceBy(counts);
        copy.metrics.replaceBy(metrics);
        copy.messageStart = messageStart;
        return copy;
    }
}
