package dev.tollgate.pricing;

import static dev.tollgate.pricing.Calls.BOOK;
import static dev.tollgate.pricing.Calls.NOW;
import static dev.tollgate.pricing.Calls.facts;
import static dev.tollgate.pricing.Calls.target;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.RequestFacts;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.harness.ManualClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every line of the bundled book, read by other code, priced with exact decimals. */
class PriceOracleTest {

    private static final String[] ASKED = {"", "global.", "us.", "eu.", "apac.", "mx.", "us-gov."};

    /** A line as the file spells it. */
    private record Row(String[] cells) {
        String cell(int i) {
            return i < cells.length ? cells[i] : "";
        }

        BigDecimal dollars(int i) {
            return new BigDecimal(cell(i)).movePointLeft(6);
        }

        boolean tokens() {
            return cell(13).isEmpty() && cell(14).isEmpty();
        }
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(PriceBook.class.getResourceAsStream("prices.csv")), StandardCharsets.UTF_8))) {
            for (String line; (line = in.readLine()) != null; ) {
                if (!line.startsWith("#") && !line.startsWith("model,")) {
                    rows.add(new Row(line.split(",", -1)));
                }
            }
        }
        return rows;
    }

    /** The latest line in force for the scope and the size of the request; of equal days the one for the largest requests. */
    private static Optional<Row> choose(List<Row> rows, String model, String scope, LocalDate day, long input) {
        Row best = null;
        for (Row row : rows) {
            long above = Long.parseLong(row.cell(3));
            boolean fits = row.cell(0).equals(model)
                    && row.tokens()
                    && (row.cell(1).equals("any") || row.cell(1).equals(scope))
                    && !LocalDate.parse(row.cell(2)).isAfter(day)
                    && (above == 0 || input > above);
            if (fits
                    && (best == null
                            || row.cell(2).compareTo(best.cell(2)) > 0
                            || row.cell(2).equals(best.cell(2)) && above > Long.parseLong(best.cell(3)))) {
                best = row;
            }
        }
        return Optional.ofNullable(best);
    }

    private static long exact(Row row, Usage usage, ServiceTier tier) {
        long[] tokens = {usage.input(), usage.output(), usage.cacheRead(), usage.cacheWrite5m(), usage.cacheWrite1h()};
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < tokens.length; i++) {
            sum = sum.add(row.dollars(4 + i).multiply(BigDecimal.valueOf(tokens[i])));
        }
        return sum.multiply(BigDecimal.valueOf(tier.percent(), 2))
                .movePointRight(6)
                .setScale(0, RoundingMode.CEILING)
                .longValueExact();
    }

    @Test
    void everyTokenLineIsChargedExactlyAndRoundedUpOnce() throws IOException {
        List<Row> rows = rows();
        int compared = 0;
        for (int seed = 0; seed < 40_000; seed++) {
            Random random = new Random(seed);
            Row any = rows.get(random.nextInt(rows.size()));
            String prefix = ASKED[random.nextInt(ASKED.length)];
            String id = prefix + any.cell(0) + (random.nextBoolean() ? "-v1:0" : "");
            LocalDate day = LocalDate.of(2026, 1, 1).plusDays(random.nextInt(365));
            Usage usage = new Usage(
                    tokens(random), tokens(random), tokens(random) / 3, tokens(random) / 5, tokens(random) / 7);
            Optional<Row> row =
                    choose(rows, any.cell(0), prefix.equals("global.") ? "global" : "regional", day, usage.allInput());
            if (row.isPresent() && any.tokens()) {
                ServiceTier tier = ServiceTier.values()[random.nextInt(ServiceTier.values().length)];
                PriceBook.Quote quote = BOOK.quote(target(id), day, usage.allInput());
                assertEquals(exact(row.get(), usage, tier), quote.price().cost(usage, tier), "seed " + seed + ' ' + id);
                assertTrue(quote.known());
                compared++;
            }
        }
        assertTrue(compared > 20_000, "compared " + compared);
    }

    private static long tokens(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> random.nextInt(10);
            case 2 -> 199_990 + random.nextInt(20);
            case 3 -> random.nextInt(1_000_000_000);
            default -> random.nextInt(10_000);
        };
    }

    /** What is reserved covers every answer that stays within the tokens that were reserved. */
    @Test
    void aCallWithinItsEstimatedTokensNeverCostsMoreThanItsReservation() throws IOException {
        List<Row> rows = rows();
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            ModelTarget target = target(ASKED[random.nextInt(ASKED.length)]
                    + rows.get(random.nextInt(rows.size())).cell(0));
            Operation operation = random.nextBoolean() ? Operation.CONVERSE : Operation.CONVERSE_STREAM;
            RequestFacts facts = facts(operation, body(random));
            Estimator.Mode mode = Estimator.Mode.values()[random.nextInt(2)];
            Estimator estimator = new Estimator(BOOK, mode, new ManualClock(NOW.toEpochMilli()));
            Estimate estimate = estimator.estimate(target, operation, facts);
            long input = part(random, estimate.inputTokens());
            long read = part(random, estimate.inputTokens() - input);
            Usage usage = new Usage(input, part(random, estimate.outputTokens()), read, 0, 0);
            ServiceTier served =
                    random.nextBoolean() ? ServiceTier.DEFAULT : facts.options().tier();
            Metered metered = new Metered(Optional.of(usage), usage, Optional.of(served));
            long charged = estimator.charge(target, facts, estimate, metered).microUsd();
            assertTrue(
                    charged <= estimate.microUsd(),
                    () -> target.name() + ": charged " + charged + ", reserved " + estimate.microUsd() + ", " + usage);
        }
    }

    private static long part(Random random, long whole) {
        return random.nextInt(4) == 0 ? whole : (long) (random.nextDouble() * whole);
    }

    private static String body(Random random) {
        StringBuilder body = new StringBuilder("{'messages':[{'role':'user','content':[{'text':'");
        body.append("lorem ipsum ".repeat(random.nextInt(300))).append("'}]}]");
        if (random.nextBoolean()) {
            body.append(",'inferenceConfig':{'maxTokens':")
                    .append(random.nextInt(5000))
                    .append('}');
        }
        if (random.nextInt(3) == 0) {
            body.append(",'serviceTier':{'type':'")
                    .append(random.nextBoolean() ? "flex" : "priority")
                    .append("'}");
        }
        return body.append('}').toString();
    }

    /** Money beyond what a bucket can hold stays a number. */
    @Test
    void theLargestUsageOverflowsNothing() throws IOException {
        Usage all = new Usage(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
        for (Row row : rows()) {
            PriceBook.Quote quote = BOOK.quote(target(row.cell(0)), LocalDate.of(2026, 11, 26), all.allInput());
            for (ServiceTier tier : ServiceTier.values()) {
                long cost = quote.price().cost(all, tier);
                assertTrue(cost >= 0 && cost < 1L << 52, row.cell(0) + ' ' + cost);
            }
        }
    }
}
