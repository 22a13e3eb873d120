package dev.tollgate.pricing;

import dev.tollgate.bedrock.BodySchema;
import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.RequestFacts;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Unit;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.pricing.PriceBook.Quote;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Estimates a call's tokens and cost before it is made, and prices it afterwards. */
public final class Estimator {

    /** Which of the two estimates is reserved. */
    public enum Mode {
        /** What calls usually use; a call can cost more. */
        EXPECTED,
        /** Never less than the call will cost. */
        BOUND
    }

    private static final long SECONDS_A_DAY = 86_400;
    private static final long MAX_OUTPUT = 1_000_000_000L;

    private final PriceBook book;
    private final Mode mode;
    private final InstantSource clock;
    private volatile Day day = new Day(0);
    private final InputEstimate inputs = new InputEstimate();

    /** A day in UTC and its number since 1970. */
    private record Day(long number, LocalDate date) {
        Day(long number) {
            this(number, LocalDate.ofEpochDay(number));
        }
    }

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
        Quote base = quote(target, 0, facts.options().optimized());
        if (operation.free()) {
            return Estimate.free(base);
        }
        return operation.usesTokens() ? tokens(target, operation, facts, base) : units(operation, facts, base);
    }

    /** Of an operation that is sold by units only. */
    private static Estimate units(Operation operation, RequestFacts facts, Quote quote) {
        List<Purchase> bought = quote.tariff().bought(facts.purchases());
        boolean model = operation == Operation.APPLY_GUARDRAIL || quote.known();
        boolean priced = model && !bought.isEmpty() && quote.tariff().prices(bought);
        long cost = quote.cost(Usage.NONE, ServiceTier.DEFAULT, bought);
        return new Estimate(0, 0, Math.max(1, cost), false, priced, quote);
    }

    private Estimate tokens(ModelTarget target, Operation operation, RequestFacts facts, Quote base) {
        List<Purchase> bought = base.tariff().bought(facts.purchases());
        boolean priced =
                base.known() && base.tariff().latencyPriced() && base.tariff().prices(bought);
        if (!base.tariff().soldByTokens()) {
            long cost = base.cost(Usage.NONE, ServiceTier.DEFAULT, bought);
            return new Estimate(0, 0, Math.max(1, cost), true, priced, base);
        }
        long input =
                mode == Mode.BOUND ? InputEstimate.bound(target, facts, base.price()) : inputs.expected(target, facts);
        long output = output(BodySchema.of(operation, target), facts, base);
        Quote quote = quote(target, input, facts.options().optimized());
        long cost = reservation(target, facts, quote, input, output);
        return new Estimate(input, output, Math.max(1, cost), true, priced, quote);
    }

    private long output(BodySchema schema, RequestFacts facts, Quote quote) {
        if (quote.tariff().kind() == ModelKind.EMBEDDING) {
            return 0;
        }
        long unset = quote.price().maxOutputTokens();
        long given = schema.maxTokens(facts).orElse(unset);
        // Nobody knows which of the fields an unknown family obeys.
        long answer = mode == Mode.BOUND && schema == BodySchema.UNKNOWN ? Math.max(given, unset) : given;
        return Math.min(MAX_OUTPUT, answer) * schema.choices(facts);
    }

    /** The most that the call can cost: without a cheaper tier, which Bedrock can decline, and with all input written to a cache. */
    private long reservation(ModelTarget target, RequestFacts facts, Quote quote, long input, long output) {
        ServiceTier asked = facts.options().tier();
        ServiceTier tier = asked.percent() > 100 ? asked : ServiceTier.DEFAULT;
        List<Purchase> bought = new ArrayList<>(quote.tariff().bought(facts.purchases()));
        bought.addAll(mode == Mode.BOUND ? GuardedCall.bound(facts, output) : GuardedCall.expected(facts, output));
        long cost = quote.cost(new Usage(input, output, 0, 0, 0), tier, bought);
        if (facts.options().cacheWrites()) {
            cost = Math.max(cost, quote.cost(new Usage(0, output, 0, 0, input), tier, bought));
        }
        return cachesByItself(target)
                ? Math.max(cost, quote.cost(new Usage(0, output, 0, input, 0), tier, bought))
                : cost;
    }

    /** Models of other providers write to their caches unasked. */
    private static boolean cachesByItself(ModelTarget target) {
        String model = target.pricedModel().orElse("");
        return !model.startsWith("anthropic.") && !model.startsWith("amazon.");
    }

    /**
     * Prices an ended call: by its final usage; else by what is known, never less than what passed, and in bound mode never
     * less than the reservation.
     */
    public Charge charge(ModelTarget target, RequestFacts facts, Estimate estimate, Metered metered) {
        if (!estimate.usesTokens()) {
            return unitCharge(facts, estimate, metered);
        }
        Optional<Usage> reported = reported(estimate, metered);
        boolean exact = reported.isPresent() || !estimate.quote().tariff().soldByTokens();
        Usage usage = exact ? reported.orElse(Usage.NONE) : partial(estimate, metered.passed());
        Quote quote = quote(
                target,
                usage.allInput(),
                metered.optimized().orElse(facts.options().optimized()));
        List<Purchase> bought = new ArrayList<>(quote.tariff().bought(facts.purchases()));
        List<Purchase> units = metered.purchases();
        List<Purchase> guardrail = units.isEmpty() ? GuardedCall.expected(facts, usage.output()) : units;
        bought.addAll(guardrail);
        ServiceTier tier = metered.tier().orElse(facts.options().tier());
        long cost = quote.cost(usage, tier, bought);
        long charged = exact || mode == Mode.EXPECTED ? cost : Math.max(cost, estimate.microUsd());
        boolean known = exact && guardrail.equals(units);
        return new Charge(usage, charged, quote.price().burndown(), !known);
    }

    /** What the answer reports for good. An embedding has no output, so its input is all there is to report. */
    public Optional<Usage> reported(Estimate estimate, Metered metered) {
        Usage passed = metered.passed();
        boolean embedded = estimate.quote().tariff().kind() == ModelKind.EMBEDDING && passed.allInput() > 0;
        Usage input = new Usage(passed.input(), 0, passed.cacheRead(), passed.cacheWrite5m(), passed.cacheWrite1h());
        return metered.usage().or(() -> embedded ? Optional.of(input) : Optional.empty());
    }

    private static Charge unitCharge(RequestFacts facts, Estimate estimate, Metered metered) {
        if (estimate.microUsd() == 0) {
            return Charge.NOTHING;
        }
        if (metered.usage().isPresent()) {
            long cost = estimate.quote().cost(Usage.NONE, ServiceTier.DEFAULT, metered.purchases());
            return new Charge(Usage.NONE, cost, 1, false);
        }
        boolean exact = estimate.priced() && facts.purchases().stream().anyMatch(p -> p.unit() == Unit.SECOND);
        return new Charge(Usage.NONE, estimate.microUsd(), 1, !exact);
    }

    /** What a call used that did not report it: never less than what passed; in bound mode never less than reserved. */
    private Usage partial(Estimate estimate, Usage passed) {
        boolean inputKnown = passed.allInput() > 0;
        if (mode == Mode.EXPECTED) {
            return inputKnown ? passed : new Usage(estimate.inputTokens(), passed.output(), 0, 0, 0);
        }
        long rest = Math.max(0, estimate.inputTokens() - passed.allInput());
        return new Usage(
                passed.input() + rest,
                Math.max(passed.output(), estimate.outputTokens()),
                passed.cacheRead(),
                passed.cacheWrite5m(),
                passed.cacheWrite1h());
    }

    /** Prices a call of which nothing is known as it was reserved. */
    public Charge asEstimated(Estimate estimate) {
        Usage usage = new Usage(estimate.inputTokens(), estimate.outputTokens(), 0, 0, 0);
        return new Charge(usage, estimate.microUsd(), estimate.quote().price().burndown(), true);
    }

    /** Learns from a settled call how many tokens a byte of this model's input makes. */
    public void learn(ModelTarget target, RequestFacts facts, Usage usage) {
        inputs.learn(target, facts, usage);
    }

    private Quote quote(ModelTarget target, long inputTokens, boolean optimized) {
        return book.quote(target, new Terms(PriceBook.scope(target), today(), inputTokens, optimized));
    }

    private LocalDate today() {
        long number = Math.floorDiv(clock.instant().getEpochSecond(), SECONDS_A_DAY);
        Day known = day;
        if (known.number != number) {
            known = new Day(number);
            day = known;
        }
        return known.date;
    }
}
