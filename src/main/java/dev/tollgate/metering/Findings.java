package dev.tollgate.metering;

import dev.tollgate.bedrock.ServiceTier;
import java.util.Optional;

/** What one document reports; used again for the next, because most events of a stream report nothing but content. */
final class Findings {

    private final Counts counts = new Counts();
    private final Iterations iterations = new Iterations();
    private final Counts metrics = new Counts();
    private GuardrailUnits guardrail = new GuardrailUnits();
    private Optional<ServiceTier> tier = Optional.empty();
    private Optional<Boolean> optimized = Optional.empty();
    private String type = "";
    private boolean reported;
    private boolean guardrailUsage;
    private boolean messageStart;
    private long content;
    private long detail;
    private boolean detailOneHour;

    void restart() {
        type = "";
        content = 0;
        if (reported) {
            counts.restart();
            iterations.restart();
            metrics.restart();
            guardrail = new GuardrailUnits();
            tier = Optional.empty();
            optimized = Optional.empty();
            guardrailUsage = false;
            messageStart = false;
            reported = false;
        }
    }

    /** True if anything but content was reported. */
    boolean reported() {
        return reported;
    }

    /** Counts of a usage object; for reading or adding. */
    Counts counts() {
        reported = true;
        return counts;
    }

    /** Counts of {@code amazon-bedrock-invocationMetrics}; for reading or adding. */
    Counts metrics() {
        reported = true;
        return metrics;
    }

    Iterations iterations() {
        reported = true;
        return iterations;
    }

    GuardrailUnits guardrail() {
        reported = true;
        return guardrail;
    }

    void tier(String name) {
        reported = true;
        tier = Optional.of(ServiceTier.of(name));
    }

    Optional<ServiceTier> tier() {
        return tier;
    }

    void latency(String name) {
        reported = true;
        optimized = Optional.of(name.equals("optimized"));
    }

    Optional<Boolean> optimized() {
        return optimized;
    }

    void type(String name) {
        type = name;
    }

    void top(String name, long value) {
        switch (name) {
            case "inputTextTokenCount", "prompt_token_count", "generation_token_count", "totalOutputTextTokenCount" ->
                counts().usage(name, value);
            default -> {}
        }
    }

    /** @param inMessage true inside Anthropic's {@code message_start} */
    void usage(String name, long value, boolean inMessage) {
        messageStart |= inMessage;
        counts().usage(name, value);
        guardrailUsage |= guardrail.add(name, value);
    }

    void detail(String name, long value) {
        detail = name.equals("inputTokens") ? value : detail;
    }

    void detailTtl(String ttl) {
        detailOneHour = ttl.equals("1h");
    }

    void endDetail() {
        counts().cacheDetail(detailOneHour, detail);
        detail = 0;
        detailOneHour = false;
    }

    /** Adds what a model wrote, by its weight. */
    void addContent(long weight) {
        content += weight;
    }

    long content() {
        return content(0);
    }

    /** Weight of what the model wrote, and of {@code more}; events that repeat what earlier ones brought count nothing. */
    long content(long more) {
        boolean repeats = type.startsWith("response.") && !type.endsWith(".delta") || type.equals("stream-end");
        return repeats || type.equals("message_start") ? 0 : content + more;
    }

    /** True if these counts are the last: they came after all content, or are Bedrock's own. */
    boolean isFinal() {
        return metrics.found() || counts.found() && !messageStart && content() == 0;
    }

    /** True if these counts come with a complete body. */
    boolean hasUsage() {
        return metrics.found() || guardrailUsage || counts.found() && !messageStart;
    }
}
