package dev.tollgate.pricing;

import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.Unit;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All lines of one model, the latest first, among those of one day the one for the largest requests first. */
final class ModelPrices {

    static final Price NO_TOKENS = new Price(TokenRates.NONE, 0, 0, 0, 1);
    private static final Comparator<Line> LATEST_AND_LARGEST = Comparator.<Line, LocalDate>comparing(
                    line -> line.validity().from())
            .thenComparing(line -> line.validity().above())
            .reversed();

    private final String model;
    private final ModelKind kind;
    private final List<Line> tokens = new ArrayList<>();
    private final List<Line> units = new ArrayList<>();
    private final Set<Unit> sold = EnumSet.noneOf(Unit.class);

    ModelPrices(String model, List<Line> lines) {
        this.model = model;
        this.kind = lines.get(0).kind();
        lines.stream().sorted(LATEST_AND_LARGEST).forEach(line -> {
            line.unit().ifPresent(unit -> sold.add(unit.unit()));
            (line.unit().isPresent() ? units : tokens).add(line);
        });
    }

    String model() {
        return model;
    }

    ModelKind kind() {
        return kind;
    }

    /** Units beside tokens that the model is sold by. */
    Set<Unit> sold() {
        return sold;
    }

    boolean soldByTokens() {
        return !tokens.isEmpty();
    }

    /** The token price; that of a model that is not sold by tokens is nothing. Null if there is no such variant. */
    @Nullable
    Price price(Terms terms) {
        if (tokens.isEmpty()) {
            return terms.optimized() ? null : NO_TOKENS;
        }
        String variant = terms.optimized() ? "optimized" : "";
        Line line = select(
                tokens, terms, terms.inputTokens(), l -> l.validity().variant().equals(variant));
        return line == null ? null : line.price();
    }

    /** Price of one unit in pico-USD; -1 if there is no line for it. */
    long unitPico(Terms terms, Purchase purchase) {
        Unit unit = purchase.unit();
        String variant = purchase.premium() ? "premium" : "";
        Line line = select(
                units,
                terms,
                purchase.pixels(),
                l -> sells(l, unit) && l.validity().variant().equals(variant));
        if (line == null && purchase.premium()) {
            line = select(units, terms, purchase.pixels(), l -> sells(l, unit));
        }
        return line == null ? -1 : line.unit().orElseThrow().pico();
    }

    private static boolean sells(Line line, Unit unit) {
        return line.unit().isPresent() && line.unit().get().unit() == unit;
    }

    /** The line in force of this scope, else the dearest of another; before the first day the lines of any day. */
    private static @Nullable Line select(List<Line> lines, Terms terms, long size, Predicate<Line> wanted) {
        Line dearest = null;
        Line future = null;
        for (Line line : lines) {
            if (wanted.test(line) && line.validity().covers(size)) {
                if (!line.validity().begun(terms.day())) {
                    future = dearer(future, line);
                } else if (line.validity().in(terms.scope())) {
                    return line;
                } else {
                    dearest = dearer(dearest, line);
                }
            }
        }
        return dearest == null ? future : dearest;
    }

    private static Line dearer(@Nullable Line one, Line other) {
        return one == null || weight(other) > weight(one) ? other : one;
    }

    private static long weight(Line line) {
        return line.price().rates().weight()
                + line.unit().map(Line.UnitPrice::pico).orElse(0L);
    }

    /** What makes this model dearer than another of its kind: the token price of text and embeddings, else the dearest unit. */
    long weight(Terms terms) {
        if (kind == ModelKind.TEXT || kind == ModelKind.EMBEDDING) {
            Price price = price(terms);
            return price == null ? 0 : price.rates().weight();
        }
        long weight = 0;
        for (Line line : units) {
            weight = Math.max(weight, weight(line));
        }
        return weight;
    }
}
