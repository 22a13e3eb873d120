package dev.tollgate.pricing;

import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.Unit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The lines of the book for one call's model and terms. */
final class Tariff {

    private static final Set<Unit> GUARDRAIL = EnumSet.range(Unit.TOPIC_TEXT, Unit.CONTENT_IMAGE);
    private static final Purchase ONE_IMAGE = new Purchase(Unit.IMAGE, 1, 1024L * 1024, false);
    private static final Purchase ONE_QUERY = Purchase.of(Unit.QUERY, 1);
    private static final long MAX_PICO = 1_000_000_000_000_000_000L;

    private final ModelPrices model;
    private final @Nullable ModelPrices guardrail;
    private final Terms terms;
    private final Price price;
    private final boolean latencyPriced;

    private Tariff(ModelPrices model, @Nullable ModelPrices guardrail, Terms terms) {
        this.model = model;
        this.guardrail = guardrail;
        this.terms = terms;
        Price wanted = model.price(terms);
        Price standard = wanted == null ? model.price(terms.standard()) : wanted;
        this.price = standard == null ? ModelPrices.NO_TOKENS : standard;
        this.latencyPriced = wanted != null;
    }

    static Tariff of(ModelPrices model, @Nullable ModelPrices guardrail, Terms terms) {
        return new Tariff(model, guardrail, terms);
    }

    PriceBook.Quote quote(boolean known) {
        return new PriceBook.Quote(price, known, this);
    }

    ModelKind kind() {
        return model.kind();
    }

    boolean soldByTokens() {
        return model.soldByTokens();
    }

    /** False if latency-optimised inference is requested and the book has no line for it. */
    boolean latencyPriced() {
        return latencyPriced;
    }

    /** What a request to this model buys: those of the requested units that the model is sold by, else one unit. */
    List<Purchase> bought(List<Purchase> asked) {
        List<Purchase> bought = new ArrayList<>(asked.size() + 1);
        for (Purchase purchase : asked) {
            if (GUARDRAIL.contains(purchase.unit()) || relevant(purchase.unit())) {
                bought.add(purchase);
            }
        }
        if (bought.isEmpty() && model.sold().contains(Unit.IMAGE)) {
            bought.add(ONE_IMAGE);
        } else if (bought.isEmpty() && model.sold().contains(Unit.QUERY)) {
            bought.add(ONE_QUERY);
        }
        return bought;
    }

    /** An embedding of an image costs something whether or not the book has a line for it. */
    private boolean relevant(Unit unit) {
        boolean embeds = kind() == ModelKind.EMBEDDING && (unit == Unit.INPUT_IMAGE || unit == Unit.INPUT_SECOND);
        boolean query = unit == Unit.QUERY && kind() == ModelKind.EMBEDDING;
        return (model.sold().contains(unit) || embeds) && !query;
    }

    /** True if the book has a line for each purchase, and each has a known amount. */
    boolean prices(List<Purchase> purchases) {
        for (Purchase purchase : purchases) {
            if (!purchase.measured() || unitPico(purchase) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Cost of what the book has a line for, in pico-USD, at most 10^18. */
    long pico(List<Purchase> purchases) {
        long sum = 0;
        for (Purchase purchase : purchases) {
            long each = Math.max(0, unitPico(purchase));
            long high = Math.multiplyHigh(each, purchase.count());
            long low = each * purchase.count();
            sum = Math.min(MAX_PICO, sum + (high == 0 && low >= 0 ? Math.min(MAX_PICO, low) : MAX_PICO));
        }
        return sum;
    }

    private long unitPico(Purchase purchase) {
        boolean guarded = GUARDRAIL.contains(purchase.unit());
        ModelPrices prices = guarded ? guardrail : model;
        return prices == null ? -1 : prices.unitPico(terms, purchase);
    }
}
