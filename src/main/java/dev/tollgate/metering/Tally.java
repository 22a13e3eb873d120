package dev.tollgate.metering;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import java.util.Optional;

/** Adds up what an answer's documents report: one document for a plain body, one for each event of a stream. */
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

    /** @param stream true if content can follow a count, so that not every count is final */
    Tally(boolean stream) {
        this.stream = stream;
    }

    void add(Findings found) {
        addContent(found.content());
        if (found.reported()) {
            report(found);
        }
    }

    /** Adds content by its weight; a count that came before is not the last. */
    void addContent(long weight) {
        if (weight > 0) {
            content += weight;
            contentEvents++;
            complete = false;
            usageSeen = false;
        }
    }

    private void report(Findings found) {
        counts.replaceBy(found.counts());
        counts.replaceByMetrics(found.metrics());
        guardrail.addAll(found.guardrail());
        Usage sum = found.iterations().sum();
        iterations = sum.allInput() + sum.output() > 0 ? sum : iterations;
        tier = found.tier().or(() -> tier);
        optimized = found.optimized().or(() -> optimized);
        usageSeen |= found.hasUsage();
        complete |= stream ? found.isFinal() : found.hasUsage();
    }

    /** Adds content of a known size in bytes that could not be read: half a token each. */
    void addUnread(long bytes) {
        addContent(bytes * TokenCount.TOKEN / 2);
    }

    /** A list of documents, or {@code [DONE]}, ended: nothing follows, so what was reported last is final. */
    void endOfList() {
        complete |= usageSeen;
    }

    /**
     * All that is known so far.
     *
     * @param unfinished what a document reports that has not ended, if there is one
     * @param more weight of that document's content
     */
    Metered metered(Optional<Findings> unfinished, long more) {
        Counts all = new Counts();
        all.replaceBy(counts);
        unfinished.filter(Findings::reported).ifPresent(found -> all.replaceBy(found.counts()));
        Usage reported = largest(all.toUsage(), iterations);
        long counted = Math.max(contentEvents + (more > 0 ? 1 : 0), TokenCount.tokens(content + more));
        Usage passed = new Usage(
                reported.input(),
                Math.max(reported.output(), counted),
                reported.cacheRead(),
                reported.cacheWrite5m(),
                reported.cacheWrite1h());
        Optional<Usage> last = complete && more == 0 && all.whole() ? Optional.of(reported) : Optional.empty();
        return new Metered(last, passed, tier, optimized, guardrail.purchases());
    }

    /** The larger count of each class: the counts beside the iterations sometimes include them. */
    private static Usage largest(Usage one, Usage other) {
        return new Usage(
                Math.max(one.input(), other.input()),
                Math.max(one.output(), other.output()),
                Math.max(one.cacheRead(), other.cacheRead()),
                Math.max(one.cacheWrite5m(), other.cacheWrite5m()),
                Math.max(one.cacheWrite1h(), other.cacheWrite1h()));
    }
}
