package dev.tollgate.pricing;

import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;

/**
 * One row of the price book: prices in pico-USD (10^-12 USD) a token, so that every published price is an integer.
 *
 * @param scope {@code global}, {@code regional} or {@code any}
 * @param from first day, UTC
 * @param above applies to requests with more input tokens than this, cache included
 * @param contextTokens most input tokens the model takes
 * @param maxOutputTokens what an unset maximum stands for
 * @param burndown how often an output token counts against Bedrock's own quota
 */
public record Price(
        String model,
        String scope,
        LocalDate from,
        long above,
        long input,
        long output,
        long cacheRead,
        long cacheWrite5m,
        long cacheWrite1h,
        long contextTokens,
        long maxOutputTokens,
        int burndown) {

    private static final long MAX_PRICE = 1_000_000_000L;
    private static final long MAX_TOKENS = 1_000_000_000L;
    private static final BigDecimal PICO_PER_MICRO_HUNDREDTHS = BigDecimal.valueOf(100_000_000L);

    public Price {
        for (long price : new long[] {input, output, cacheRead, cacheWrite5m, cacheWrite1h}) {
            if (price < 0 || price > MAX_PRICE) {
                throw new IllegalArgumentException("expected a price from 0 to 1000 USD for a million tokens");
            }
        }
    }

    /** Cost in micro-USD, rounded half-even: what a settlement charges. */
    public long cost(Usage usage, ServiceTier tier) {
        return cost(usage, tier.percent(), RoundingMode.HALF_EVEN);
    }

    /** Cost in micro-USD, rounded up: what a reservation holds. A cheaper tier may be refused, so it is not counted on. */
    long atMost(Usage usage, ServiceTier tier) {
        return cost(usage, Math.max(100, tier.percent()), RoundingMode.CEILING);
    }

    private long cost(Usage usage, int percent, RoundingMode rounding) {
        long pico = of(usage.input(), input)
                + of(usage.output(), output)
                + of(usage.cacheRead(), cacheRead)
                + of(usage.cacheWrite5m(), cacheWrite5m)
                + of(usage.cacheWrite1h(), cacheWrite1h);
        return BigDecimal.valueOf(pico)
                .multiply(BigDecimal.valueOf(percent))
                .divide(PICO_PER_MICRO_HUNDREDTHS, 0, rounding)
                .longValueExact();
    }

    private static long of(long tokens, long price) {
        return Math.min(tokens, MAX_TOKENS) * price;
    }

    /** What makes one price dearer than another where a model is unknown. */
    long weight() {
        return input + output;
    }
}
