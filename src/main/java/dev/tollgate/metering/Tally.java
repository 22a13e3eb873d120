package dev.tollgate.metering;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import java.util.Optional;

/** Adds up what an answer's documents tell: one for a plain body, one for each event of a stream. */
final class Tally {

    private final boolean stream;
    private final Counts counts = new Counts();
    private final GuardrailUnits guardrail = new GuardrailUnits();
    private Usage iterations = Usage.NONE;
    private Optional<ServiceTier> tier = Optional.empty();
    private Optional<Boolean> optimized = Optional.empty();
    private boolean complete;
    private boolean usageSeen;
    private long content;
    private long contentEvents;

    /** @param stream true if content may follow a count, so that not every count is final */
    Tally(boolean stream) {
        this.stream = stream;
    }

    void add(Findings found) {
        counts.replaceBy(found.counts);
        counts.replaceByMetrics(found.metrics);
        guardrail.addAll(found.guardrail);
        Usage sum = found.iterations.sum();
        iterations = sum.allInput() + sum.output() > 0 ? sum : iterations;
        tier = found.tier.or(() -> tier);
        optimized = found.optimized.or(() -> optimized);
        usageSeen |= found.hasUsage();
        if (found.content() > 0) {
            content += found.content();
            contentEvents++;
            complete = false;
        }
        complete |= stream ? found.isFinal() : found.hasUsage();
    }

    /** Adds content of a known size that could not be read. */
    void addUnread(long bytes) {
        content += bytes * TokenCount.TOKEN / 2;
        contentEvents++;
    }

    /** A list of documents, or {@code [DONE]}, ended: nothing follows, so what was reported last is final. */
    void endOfList() {
        complete |= usageSeen;
    }

    /**
     * All that is known so far.
     *
     * @param unfinished what the document says that has not ended
     */
    Metered metered(Findings unfinished) {
        Usage reported = largest(counts.toUsage(), iterations);
        long events = contentEvents + (unfinished.content() > 0 ? 1 : 0);
        long counted = Math.max(events, TokenCount.tokens(content + unfinished.content()));
        Usage passed = new Usage(
                reported.input(),
                Math.max(reported.output(), counted),
                reported.cacheRead(),
                reported.cacheWrite5m(),
                reported.cacheWrite1h());
        boolean last = complete && unfinished.content() == 0;
        return new Metered(
                last ? Optional.of(reported) : Optional.empty(), passed, tier, optimized, guardrail.purchases());
    }

    /** The larger count of each class: sums over iterations may or may not be in the counts beside them. */
    private static Usage largest(Usage one, Usage other) {
        return new Usage(
                Math.max(one.input(), other.input()),
                Math.max(one.output(), other.output()),
                Math.max(one.cacheRead(), other.cacheRead()),
                Math.max(one.cacheWrite5m(), other.cacheWrite5m()),
                Math.max(one.cacheWrite1h(), other.cacheWrite1h()));
    }
}
