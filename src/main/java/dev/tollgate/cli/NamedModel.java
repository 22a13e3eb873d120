package dev.tollgate.cli;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Unit;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.policy.Names;
import dev.tollgate.pricing.Price;
import dev.tollgate.pricing.PriceBook;
import dev.tollgate.pricing.PriceBook.Quote;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A name and its model.
 *
 * @param ofPolicy true if the policy file gives the name
 * @param known false if the book lacks the model, so that the prices are those of its dearest relative, or if nobody knows
 *     which model a profile runs
 * @param price of tokens, on one day, for usual requests
 * @param units micro-USD for one of each unit that the model is sold by
 */
record NamedModel(
        String name, ModelTarget target, boolean ofPolicy, boolean known, Price price, Map<Unit, Long> units) {

    private static final List<Unit> UNITS =
            List.of(Unit.IMAGE, Unit.SECOND, Unit.QUERY, Unit.INPUT_IMAGE, Unit.INPUT_SECOND);

    static List<NamedModel> all(Names names, PriceBook prices, LocalDate day) {
        List<NamedModel> models = new ArrayList<>();
        names.all().keySet().forEach(name -> {
            ModelTarget target = names.resolve(name).result();
            models.add(of(name, target, names.ofPolicy(name), prices.quote(target, day, 0)));
        });
        return models;
    }

    private static NamedModel of(String name, ModelTarget target, boolean ofPolicy, Quote quote) {
        Map<Unit, Long> units = new LinkedHashMap<>();
        List<Purchase> each = UNITS.stream().map(unit -> Purchase.of(unit, 1)).toList();
        for (Purchase bought : quote.purchases(each)) {
            long microUsd = quote.cost(Usage.NONE, ServiceTier.DEFAULT, List.of(bought));
            if (microUsd > 0) {
                units.put(bought.unit(), microUsd);
            }
        }
        boolean known = quote.known() && target.pricedModel().isPresent();
        return new NamedModel(name, target, ofPolicy, known, quote.price(), units);
    }

    boolean contains(String text) {
        return Stream.of(name, target.sendId()).anyMatch(t -> t.contains(text));
    }

    boolean soldByTokens() {
        return price.input() + price.output() > 0;
    }
}
