package dev.tollgate.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random books, and the line that applies by the plainest reading of the rules. */
class PriceBookOracleTest {

    private static final String HEADER =
            "model,scope,from,above,input,output,cache-read,cache-write-5m,cache-write-1h,context,max-output,burndown";
    private static final LocalDate FIRST = LocalDate.of(2026, 1, 1);

    private record Entry(String scope, LocalDate from, long above, long input, long output) {
        String csv() {
            return "vendor.model,%s,%s,%d,%d,%d,0,0,0,1000000,1000,1".formatted(scope, from, above, input, output);
        }
    }

    private final Random random = new Random(97);

    private static ModelTarget target(String id) {
        return ModelTarget.of(ModelId.parse(id), Optional.empty());
    }

    private List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (int n = 1 + random.nextInt(6); n > 0; n--) {
            Entry entry = new Entry(
                    List.of("any", "global", "regional").get(random.nextInt(3)),
                    FIRST.plusDays(random.nextInt(4)),
                    random.nextInt(3) * 1000L,
                    1 + random.nextInt(500),
                    1 + random.nextInt(500));
            boolean same = entries.stream().anyMatch(e -> e.from.equals(entry.from) && e.above == entry.above);
            if (!same) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /** The latest line in force for this size, of those the one for the largest requests; of this scope if there is one. */
    private static Optional<Entry> expected(List<Entry> entries, String scope, LocalDate day, long tokens) {
        return entries.stream()
                .filter(e -> !e.from.isAfter(day))
                .filter(e -> e.above == 0 || tokens > e.above)
                .filter(e -> e.scope.equals("any") || e.scope.equals(scope))
                .max(java.util.Comparator.comparing(Entry::from).thenComparing(Entry::above));
    }

    @Test
    void theLineThatAppliesIsTheLatestForScopeAndSize(@TempDir Path folder) throws IOException {
        int compared = 0;
        for (int i = 0; i < 400; i++) {
            List<Entry> entries = entries();
            Path file = Files.writeString(
                    folder.resolve("p" + i + ".csv"),
                    HEADER + "\n"
                            + String.join("\n", entries.stream().map(Entry::csv).toList()) + "\n");
            PriceBook book = PriceBook.read(file);
            for (int k = 0; k < 20; k++) {
                boolean global = random.nextBoolean();
                LocalDate day = FIRST.plusDays(random.nextInt(6));
                long tokens = random.nextInt(3_000);
                Optional<Entry> entry = expected(entries, global ? "global" : "regional", day, tokens);
                if (entry.isPresent()) {
                    ModelTarget target =
                            new ModelTarget("x", global ? "global" : "us", Optional.of("vendor.model"), "x", "model");
                    Price price = book.quote(target, day, tokens).price();
                    assertEquals(entry.get().input * 1_000_000, price.input(), entries + " " + day + " " + tokens);
                    assertEquals(entry.get().output * 1_000_000, price.output());
                    compared++;
                }
            }
        }
        assertTrue(compared > 2_000, compared + " compared");
    }

    @Test
    void everyModelOfTheBundledBookIsKnownInEverySpelling() {
        PriceBook book = PriceBook.bundled();
        for (String model : book.modelNames()) {
            assertTrue(book.knows(model), model);
            assertTrue(book.quote(target(model), LocalDate.of(2026, 11, 1), 0).known(), model);
        }
        assertEquals(book.modelNames().size(), book.models());
    }

    @ParameterizedTest
    @CsvSource({
        "us.amazon.nova-lite-v1:0, true",
        "amazon.nova-lite-v1:0:300k, true",
        "global.anthropic.claude-sonnet-4-5-20250929-v1:0, true",
        "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0, true",
        "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc, false",
        "vendor.made-up-v1:0, false",
        "'', false"
    })
    void aModelIsKnownByItsFamilyWhateverItsSpelling(String id, boolean known) {
        assertEquals(known, PriceBook.bundled().knows(id));
    }

    @Test
    void anUnknownModelCostsNoLessThanAnyOfItsFamily() {
        PriceBook book = PriceBook.bundled();
        LocalDate day = LocalDate.of(2026, 11, 1);
        Usage usage = new Usage(1_000_000, 1_000_000, 0, 0, 0);
        for (String family : List.of("anthropic.claude-opus", "anthropic.claude-haiku", "amazon.nova", "meta.llama3")) {
            long unknown =
                    book.quote(target(family + "-99-made-up-v9:0"), day, 0).cost(usage, ServiceTier.DEFAULT, List.of());
            for (String model : book.modelNames()) {
                if (model.startsWith(family) && ModelKind.of(model) == ModelKind.TEXT) {
                    long known = book.quote(target(model), day, 0).cost(usage, ServiceTier.DEFAULT, List.of());
                    assertTrue(unknown >= known, model + " costs " + known + ", an unknown " + family + " " + unknown);
                }
            }
        }
    }

    @Test
    void anUnknownModelHasTheLargestContext() {
        PriceBook book = PriceBook.bundled();
        LocalDate day = LocalDate.of(2026, 11, 1);
        long largest = book.modelNames().stream()
                .mapToLong(m -> book.quote(target(m), day, 0).price().contextTokens())
                .max()
                .orElseThrow();
        assertEquals(
                largest,
                book.quote(target("vendor.made-up-v1:0"), day, 0).price().contextTokens());
        assertFalse(book.quote(target("vendor.made-up-v1:0"), day, 0).known());
    }

    @Test
    void aQuoteCostsWhatItsPricesSayToTheMicroDollar() {
        PriceBook book = PriceBook.bundled();
        LocalDate day = LocalDate.of(2026, 11, 1);
        List<String> models = book.modelNames();
        for (int i = 0; i < 20_000; i++) {
            String model = models.get(random.nextInt(models.size()));
            Usage usage = new Usage(
                    random.nextInt(200_000),
                    random.nextInt(20_000),
                    random.nextInt(100_000),
                    random.nextInt(50_000),
                    random.nextInt(50_000));
            ServiceTier tier = ServiceTier.values()[random.nextInt(ServiceTier.values().length)];
            PriceBook.Quote quote = book.quote(target(model), day, usage.allInput());
            Price price = quote.price();
            BigDecimal pico = BigDecimal.valueOf(price.input())
                    .multiply(BigDecimal.valueOf(usage.input()))
                    .add(BigDecimal.valueOf(price.output()).multiply(BigDecimal.valueOf(usage.output())))
                    .add(BigDecimal.valueOf(price.cacheRead()).multiply(BigDecimal.valueOf(usage.cacheRead())))
                    .add(BigDecimal.valueOf(price.cacheWrite5m()).multiply(BigDecimal.valueOf(usage.cacheWrite5m())))
                    .add(BigDecimal.valueOf(price.cacheWrite1h()).multiply(BigDecimal.valueOf(usage.cacheWrite1h())));
            long expected = pico.multiply(BigDecimal.valueOf(tier.percent()))
                    .movePointLeft(8)
                    .setScale(0, RoundingMode.CEILING)
                    .longValueExact();
            assertEquals(expected, quote.cost(usage, tier, List.of()), model + " " + usage + " " + tier);
        }
    }
}
