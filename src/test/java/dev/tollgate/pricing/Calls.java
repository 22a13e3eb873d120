package dev.tollgate.pricing;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.RequestFacts;
import dev.tollgate.bedrock.RequestReader;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.harness.ManualClock;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Calls to price, and prices computed another way; apostrophes stand for quotes. */
final class Calls {

    static final PriceBook BOOK = PriceBook.bundled();
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    static final String NOVA = "us.amazon.nova-lite-v1:0";
    static final String SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

    private Calls() {}

    static Estimator expected() {
        return new Estimator(BOOK, Estimator.Mode.EXPECTED, new ManualClock(NOW.toEpochMilli()));
    }

    static Estimator bound() {
        return new Estimator(BOOK, Estimator.Mode.BOUND, new ManualClock(NOW.toEpochMilli()));
    }

    static ModelTarget target(String id) {
        return ModelTarget.of(ModelId.parse(id), Optional.empty());
    }

    static RequestFacts facts(Operation operation, String json) {
        return facts(operation, json, Map.of());
    }

    static RequestFacts facts(Operation operation, String json, Map<String, String> headers) {
        byte[] body = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return RequestReader.read(operation, body, headers::get);
    }

    static Estimate estimate(Estimator estimator, String model, Operation operation, String json) {
        return estimator.estimate(target(model), operation, facts(operation, json));
    }

    static Charge charge(Estimator estimator, String model, Operation operation, String json, Metered metered) {
        RequestFacts facts = facts(operation, json);
        Estimate estimate = estimator.estimate(target(model), operation, facts);
        return estimator.charge(target(model), facts, estimate, metered);
    }

    static Metered reported(Usage usage) {
        return new Metered(Optional.of(usage), usage, Optional.empty());
    }

    static Metered reported(Usage usage, ServiceTier tier) {
        return new Metered(Optional.of(usage), usage, Optional.of(tier));
    }

    static Metered passed(Usage usage) {
        return new Metered(Optional.empty(), usage, Optional.empty());
    }

    /** Dollars for so many units of so many dollars each, one after the other, in micro-USD, rounded up. */
    static long microUsd(String... pairs) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < pairs.length; i += 2) {
            sum = sum.add(new BigDecimal(pairs[i]).multiply(new BigDecimal(pairs[i + 1])));
        }
        return sum.movePointRight(6).setScale(0, RoundingMode.CEILING).longValueExact();
    }

    /** Dollars a token of a price for a million. */
    static String million(String dollars) {
        return new BigDecimal(dollars).movePointLeft(6).toPlainString();
    }
}
