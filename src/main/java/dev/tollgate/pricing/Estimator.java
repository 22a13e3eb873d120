package dev.tollgate.pricing;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.RequestFacts;
import dev.tollgate.bedrock.Usage;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Estimates a call's tokens and cost. {@code bound}: never less than it will use, because a byte-level tokenizer makes no
 * more tokens than there are bytes. {@code expected}: tokens a byte as learned from settled calls, for each model.
 */
public final class Estimator {

    /** Which of the two estimates is reserved. */
    public enum Mode {
        EXPECTED,
        BOUND
    }

    private static final double FIRST_TOKENS_PER_BYTE = 1 / 3.3;
    private static final double LEARNING = 1 / 16.0;
    private static final int MAX_MODELS = 1000;
    private static final long MAX_OUTPUT = 1_000_000_000L;

    // An image costs at most about 4,800 tokens on the models of 2026 (Anthropic's high-resolution images), usually
    // 1,600.
    private static final long IMAGE_BOUND = 5000;
    private static final long IMAGE_EXPECTED = 1600;
    private static final long DOCUMENT_EXPECTED = 3000;
    // Chat templates and the hidden prompt for tools are not in the body.
    private static final long TEMPLATE_BOUND = 64;
    private static final long TOOLS_BOUND = 1024;

    private final PriceBook book;
    private final Mode mode;
    private final InstantSource clock;
    private final Map<String, Double> tokensPerByte = new ConcurrentHashMap<>();

    public Estimator(PriceBook book, Mode mode, InstantSource clock) {
        this.book = book;
        this.mode = mode;
        this.clock = clock;
    }

    /** Name of the price book in use. */
    public String priceVersion() {
        return book.version();
    }

    public Estimate estimate(ModelTarget target, Operation operation, RequestFacts facts) {
        PriceBook.Quote base = book.quote(target, today(), 0);
        if (!operation.usesTokens()) {
            return Estimate.free(base);
        }
        long input = mode == Mode.BOUND ? bound(facts, base.price()) : expected(target, facts);
        long answer = facts.maxTokens().orElse(base.price().maxOutputTokens());
        long output = Math.min(answer, MAX_OUTPUT) * facts.choices();
        PriceBook.Quote quote = book.quote(target, today(), input);
        Price price = quote.price();
        Usage asInput = new Usage(input, output, 0, 0, 0);
        long cost = price.atMost(asInput, facts.tier());
        if (facts.cacheWrites()) {
            cost = Math.max(cost, price.atMost(new Usage(0, output, 0, 0, input), facts.tier()));
        }
        return new Estimate(input, output, cost, true, quote.known(), quote);
    }

    private static long bound(RequestFacts facts, Price price) {
        if (facts.documents() > 0) {
            return price.contextTokens();
        }
        long tokens =
                facts.textBytes() + facts.images() * IMAGE_BOUND + TEMPLATE_BOUND + (facts.tools() ? TOOLS_BOUND : 0);
        return Math.min(tokens, price.contextTokens());
    }

    private long expected(ModelTarget target, RequestFacts facts) {
        double ratio = tokensPerByte.getOrDefault(target.name(), FIRST_TOKENS_PER_BYTE);
        return (long) Math.ceil(facts.textBytes() * ratio)
                + facts.images() * IMAGE_EXPECTED
                + facts.documents() * DOCUMENT_EXPECTED;
    }

    /** Charges the final usage; else what is known, and never less than what passed; bound mode then charges the estimate. */
    public Charge charge(ModelTarget target, RequestFacts facts, Estimate estimate, Metered metered) {
        if (metered.usage().isEmpty()) {
            return asEstimated(estimate);
        }
        Usage usage = metered.usage().get();
        Price price = book.quote(target, today(), usage.allInput()).price();
        return new Charge(usage, price.cost(usage, metered.tier().orElse(facts.tier())), price.burndown(), false);
    }

    /** Charges what was reserved, because nothing is known of the usage. */
    public Charge asEstimated(Estimate estimate) {
        Usage usage = new Usage(estimate.inputTokens(), estimate.outputTokens(), 0, 0, 0);
        return new Charge(usage, estimate.microUsd(), estimate.quote().price().burndown(), true);
    }

    /** Learns from a settled call without media. */
    public void learn(ModelTarget target, RequestFacts facts, Usage usage) {
        if (facts.textBytes() < 16 || facts.images() + facts.documents() > 0 || usage.allInput() == 0) {
            return;
        }
        double seen = Math.max(1 / 16.0, Math.min(1, (double) usage.allInput() / facts.textBytes()));
        if (tokensPerByte.size() < MAX_MODELS || tokensPerByte.containsKey(target.name())) {
            tokensPerByte.merge(target.name(), seen, (old, now) -> old + (now - old) * LEARNING);
        }
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
