package dev.tollgate.report;

import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.pricing.Price;
import dev.tollgate.pricing.PriceBook;
import java.math.BigInteger;
import java.time.LocalDate;

/**
 * What a call costs: the only place of this room that knows the price book. The whole cost is rounded up once, to a
 * micro-USD; the parts add up to it exactly.
 */
final class CallCost {

    /** Input, output, cache read, cache write of five minutes, of one hour. */
    static final int PARTS = 5;

    private static final long DAY_MILLIS = 86_400_000;
    // A hundred percent of a micro-USD in pico-USD.
    private static final long SCALE = 100_000_000L;
    private static final long MAX_TOKENS = 1_000_000_000L;

    private final PriceBook book;
    private final long[] parts = new long[PARTS];

    /** The price for short requests, for those longer than {@code above} tokens, and whether the book has the model. */
    record DayPrices(Price base, Price large, long above, boolean twoSteps, boolean known) {}

    CallCost(PriceBook book) {
        this.book = book;
    }

    String priceVersion() {
        return book.version();
    }

    /** True if the book has the model; else the price is that of its dearest relative. */
    boolean known(PricedModel model, long millis) {
        return prices(model, millis).known();
    }

    /** Micro-USD of each part; the same array for every call. */
    long[] parts(PricedModel model, long millis, ServiceTier tier, Usage usage) {
        Price price = price(model, millis, usage.allInput());
        int percent = tier.percent();
        long pico = pico(usage.input(), price.input());
        long before = micro(pico, percent);
        parts[0] = before;
        pico += pico(usage.output(), price.output());
        before = part(1, pico, percent, before);
        pico += pico(usage.cacheRead(), price.cacheRead());
        before = part(2, pico, percent, before);
        pico += pico(usage.cacheWrite5m(), price.cacheWrite5m());
        before = part(3, pico, percent, before);
        pico += pico(usage.cacheWrite1h(), price.cacheWrite1h());
        part(4, pico, percent, before);
        return parts;
    }

    private long part(int index, long pico, int percent, long before) {
        long sum = micro(pico, percent);
        parts[index] = sum - before;
        return sum;
    }

    private static long pico(long tokens, long price) {
        return Math.min(tokens, MAX_TOKENS) * price;
    }

    /** Rounded up. */
    private static long micro(long pico, int percent) {
        if (pico < Long.MAX_VALUE / 1000) {
            return (pico * percent + SCALE - 1) / SCALE;
        }
        return BigInteger.valueOf(pico)
                .multiply(BigInteger.valueOf(percent))
                .add(BigInteger.valueOf(SCALE - 1))
                .divide(BigInteger.valueOf(SCALE))
                .longValueExact();
    }

    private Price price(PricedModel model, long millis, long inputTokens) {
        DayPrices prices = prices(model, millis);
        if (inputTokens <= prices.above()) {
            return prices.twoSteps()
                    ? prices.base()
                    : quote(model, millis, inputTokens).price();
        }
        return prices.large();
    }

    private DayPrices prices(PricedModel model, long millis) {
        long day = Math.floorDiv(millis, DAY_MILLIS);
        if (model.day != day || model.dayPrices == null) {
            model.day = day;
            model.dayPrices = model.prices.computeIfAbsent(day, d -> dayPrices(model, millis));
        }
        return model.dayPrices;
    }

    private DayPrices dayPrices(PricedModel model, long millis) {
        PriceBook.Quote large = quote(model, millis, Long.MAX_VALUE);
        long above = large.price().above();
        Price base = quote(model, millis, 0).price();
        boolean twoSteps = quote(model, millis, above).price().equals(base);
        return new DayPrices(base, large.price(), above, twoSteps, large.known());
    }

    private PriceBook.Quote quote(PricedModel model, long millis, long inputTokens) {
        return book.quote(model.target, LocalDate.ofEpochDay(Math.floorDiv(millis, DAY_MILLIS)), inputTokens);
    }
}
