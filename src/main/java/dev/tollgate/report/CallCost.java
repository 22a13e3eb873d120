package dev.tollgate.report;

import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Unit;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.pricing.Price;
import dev.tollgate.pricing.PriceBook;
import java.time.LocalDate;
import java.util.List;

/**
 * What a call costs: the only place of this room that knows the price book. The whole cost is rounded up once, to a
 * micro-USD, as the ledger charges it; the parts add up to it exactly.
 */
final class CallCost {

    /** Input and units beside tokens, output, cache read, cache write of five minutes, of one hour. */
    static final int PARTS = 5;

    private static final long DAY_MILLIS = 86_400_000;
    private static final long MAX_TOKENS = 1L << 40;
    private static final long MAX_PRICED_TOKENS = 1_000_000_000L;
    private static final List<Purchase> NOTHING = List.of();

    private final PriceBook book;
    private final long[] parts = new long[PARTS];

    /**
     * The prices of a model on one day.
     *
     * @param base for requests of up to {@code upTo} tokens
     * @param large for those beyond
     * @param twoSteps false if there are more prices than these two
     * @param byTokens false if it is sold by images, seconds or queries
     */
    record DayPrices(PriceBook.Quote base, PriceBook.Quote large, long upTo, boolean twoSteps, boolean byTokens) {}

    CallCost(PriceBook book) {
        this.book = book;
    }

    String priceVersion() {
        return book.version();
    }

    /** True if the book has the model; else the price is that of its dearest relative. */
    boolean known(PricedModel model, long millis) {
        return prices(model, millis).base().known();
    }

    /** Quota tokens that an output token counts. */
    int burndown(PricedModel model, long millis) {
        return prices(model, millis).base().price().burndown();
    }

    /** Micro-USD of a call: what its usage record states if that comes from this book and no log says otherwise. */
    long microUsd(PricedModel model, CallRecord call) {
        if (call.usage && !call.log && call.statedMicroUsd > 0 && call.priceVersion.equals(book.version())) {
            return call.statedMicroUsd;
        }
        long sum = 0;
        for (long part : parts(model, call)) {
            sum += part;
        }
        return sum;
    }

    /** Micro-USD of each part; the same array for every call. */
    long[] parts(PricedModel model, CallRecord call) {
        PriceBook.Quote quote = quote(model, call.millis, call.input + call.cacheRead + call.cacheWrite);
        if (call.noTokens()) {
            return units(quote, call);
        }
        Price price = quote.price();
        long oneHour = Math.min(call.cacheWrite, call.cacheWrite1h);
        long pico = pico(call.input, price.input());
        long before = part(0, 0, price.microUsd(pico, call.tier));
        pico += pico(call.output, price.output());
        before = part(1, before, price.microUsd(pico, call.tier));
        pico += pico(call.cacheRead, price.cacheRead());
        before = part(2, before, price.microUsd(pico, call.tier));
        pico += pico(call.cacheWrite - oneHour, price.cacheWrite5m());
        before = part(3, before, price.microUsd(pico, call.tier));
        pico += pico(oneHour, price.cacheWrite1h());
        part(4, before, price.microUsd(pico, call.tier));
        return parts;
    }

    /** As the price book itself counts it, see its TokenRates. */
    private static long pico(long tokens, long price) {
        return Math.min(tokens, MAX_PRICED_TOKENS) * price;
    }

    /** A stated cost, divided as the tokens' prices divide it. */
    long[] stated(PricedModel model, CallRecord call) {
        long stated = call.statedMicroUsd;
        parts(model, call);
        long whole = 0;
        for (long part : parts) {
            whole += part;
        }
        long sum = 0;
        long before = 0;
        for (int i = 0; i < PARTS && whole != stated; i++) {
            sum += parts[i];
            long share = whole == 0 || i == PARTS - 1 ? stated : (long) ((double) sum / whole * stated);
            before = part(i, before, share);
        }
        return parts;
    }

    private long part(int index, long before, long sum) {
        parts[index] = sum - before;
        return sum;
    }

    /** A call without tokens: images, a video, or a query. */
    private long[] units(PriceBook.Quote quote, CallRecord call) {
        long[] none = new long[PARTS];
        if (!call.failed && !call.denied) {
            none[0] = quote.cost(Usage.NONE, call.tier, List.of(purchase(call)));
        }
        System.arraycopy(none, 0, parts, 0, PARTS);
        return parts;
    }

    private static Purchase purchase(CallRecord call) {
        if (call.seconds > 0) {
            return new Purchase(Unit.SECOND, call.seconds, call.pixels, call.premium);
        }
        return call.images > 0
                ? new Purchase(Unit.IMAGE, call.images, call.pixels, call.premium)
                : Purchase.of(Unit.QUERY, 1);
    }

    /** False for models that are sold by images, seconds or queries. */
    boolean soldByTokens(PricedModel model, CallRecord call) {
        return prices(model, call.millis).byTokens();
    }

    /** Pico-USD of a token of each part for a call like this, at the default tier. */
    long[] unitPrices(PricedModel model, CallRecord call) {
        PriceBook.Quote quote = quote(model, call.millis, call.tokens().allInput());
        long million = 1_000_000;
        Usage[] ones = {
            new Usage(million, 0, 0, 0, 0),
            new Usage(0, million, 0, 0, 0),
            new Usage(0, 0, million, 0, 0),
            new Usage(0, 0, 0, million, 0),
            new Usage(0, 0, 0, 0, million)
        };
        long[] prices = new long[PARTS];
        for (int i = 0; i < PARTS; i++) {
            // Micro-USD of a million tokens are pico-USD of one.
            prices[i] = quote.cost(ones[i], ServiceTier.DEFAULT, NOTHING);
        }
        return prices;
    }

    private PriceBook.Quote quote(PricedModel model, long millis, long inputTokens) {
        DayPrices prices = prices(model, millis);
        if (!prices.twoSteps()) {
            return book.quote(model.target, day(millis), inputTokens);
        }
        return inputTokens <= prices.upTo() ? prices.base() : prices.large();
    }

    private DayPrices prices(PricedModel model, long millis) {
        long day = Math.floorDiv(millis, DAY_MILLIS);
        int slot = (int) Math.floorMod(day, (long) PricedModel.DAYS);
        DayPrices prices = model.prices[slot];
        if (model.days[slot] != day || prices == null) {
            prices = dayPrices(model, day(millis));
            model.days[slot] = day;
            model.prices[slot] = prices;
        }
        return prices;
    }

    /** Looks up the size at which the book's price changes, once instead of for each call. */
    private DayPrices dayPrices(PricedModel model, LocalDate day) {
        PriceBook.Quote base = book.quote(model.target, day, 0);
        PriceBook.Quote large = book.quote(model.target, day, MAX_TOKENS);
        boolean byTokens = base.price().input() > 0;
        if (base.price().equals(large.price())) {
            return new DayPrices(base, large, MAX_TOKENS, true, byTokens);
        }
        long same = 0;
        long other = MAX_TOKENS;
        while (other - same > 1) {
            long middle = (same + other) / 2;
            if (book.quote(model.target, day, middle).price().equals(base.price())) {
                same = middle;
            } else {
                other = middle;
            }
        }
        boolean twoSteps = book.quote(model.target, day, other).price().equals(large.price());
        return new DayPrices(base, large, same, twoSteps, byTokens);
    }

    private static LocalDate day(long millis) {
        return LocalDate.ofEpochDay(Math.floorDiv(millis, DAY_MILLIS));
    }
}
