package dev.tollgate.pricing;

import static dev.tollgate.pricing.Calls.BOOK;
import static dev.tollgate.pricing.Calls.target;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Unit;
import dev.tollgate.bedrock.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriceBookTest {

    private static final LocalDate DAY = LocalDate.parse("2026-11-21");
    private static final String OLD_HEADER = "model,scope,from,above,input,output,cache-read,cache-write-5m,"
            + "cache-write-1h,context,max-output,burndown\n";
    private static final String HEADER = OLD_HEADER.strip() + ",kind,unit,variant,price\n";

    @TempDir
    private Path folder;

    /** Published dollars for a million tokens: input, output, cache read, cache write 5m and 1h. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "us.amazon.nova-lite-v1:0|2026-11-21|DEFAULT|1000000,1000000,0,0,0|0.06,0.24,0.015,0.06,0.06",
                "us.amazon.nova-lite-v1:0|2026-11-21|DEFAULT|7,3,1000001,0,0|0.06,0.24,0.015,0.06,0.06",
                "global.anthropic.claude-sonnet-4-5-20250929-v1:0|2026-11-21|DEFAULT|100,100,100,100,100|3,15,0.3,3.75,6",
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0|2026-11-21|DEFAULT|100,100,100,100,100|3.3,16.5,0.33,4.125,6.6",
                "mx.anthropic.claude-sonnet-4-5-20250929-v1:0|2026-11-21|DEFAULT|100,100,100,100,100|3.3,16.5,0.33,4.125,6.6",
                "anthropic.claude-sonnet-4-5-20250929-v1:0|2026-11-21|DEFAULT|100000,1000,0,0,0|3.3,16.5,0.33,4.125,6.6",
                "global.anthropic.claude-sonnet-4-5-20250929-v1:0|2026-11-21|DEFAULT|200000,1000,0,0,0|3,15,0.3,3.75,6",
                "global.anthropic.claude-sonnet-4-5-20250929-v1:0|2026-11-21|DEFAULT|200001,1000,0,0,0|6,22.5,0.6,7.5,12",
                "global.anthropic.claude-sonnet-4-5-20250929-v1:0|2026-11-21|DEFAULT|100000,1000,100001,0,0|6,22.5,0.6,7.5,12",
                "global.openai.gpt-5.6-sol|2026-08-20|DEFAULT|1000,1000,0,0,0|5,30,0.5,6.25,6.25",
                "global.openai.gpt-5.6-sol|2026-08-21|DEFAULT|1000,1000,0,0,0|4,20,0.4,5,5",
                "amazon.nova-pro-v1:0|2026-11-21|FLEX|1000001,0,0,0,0|0.8,3.2,0.2,0.8,0.8",
                "amazon.nova-pro-v1:0|2026-11-21|PRIORITY|1000001,7,0,0,0|0.8,3.2,0.2,0.8,0.8",
                "amazon.titan-embed-text-v1|2026-11-21|DEFAULT|15,0,0,0,0|0.1,0,0,0,0",
                "amazon.titan-embed-text-v2:0|2026-11-21|DEFAULT|15,0,0,0,0|0.02,0,0,0,0",
                "cohere.embed-english-v3|2026-11-21|DEFAULT|12345,0,0,0,0|0.1,0,0,0,0",
                "us.cohere.embed-v4:0|2026-11-21|DEFAULT|12345,0,0,0,0|0.12,0,0,0,0",
                "cohere.command-r-plus-v1:0|2026-11-21|DEFAULT|123,45,0,0,0|3,15,3,3,3",
                "ai21.jamba-1-5-large-v1:0|2026-11-21|DEFAULT|123,45,0,0,0|2,8,2,2,2",
                "anthropic.claude-opus-4-1-20250805-v1:0|2026-11-21|DEFAULT|1000000000,1000000000,0,0,0|15,75,0,0,0"
            })
    void costsAreExactAndRoundedUpOnce(String id, LocalDate day, ServiceTier tier, String tokens, String dollars) {
        long[] t =
                List.of(tokens.split(",")).stream().mapToLong(Long::parseLong).toArray();
        Usage usage = new Usage(t[0], t[1], t[2], t[3], t[4]);
        BigDecimal micro = BigDecimal.ZERO;
        for (int i = 0; i < t.length; i++) {
            micro = micro.add(BigDecimal.valueOf(t[i]).multiply(new BigDecimal(dollars.split(",")[i])));
        }
        BigDecimal percent =
                switch (tier) {
                    case FLEX -> new BigDecimal("0.5");
                    case PRIORITY -> new BigDecimal("1.75");
                    default -> BigDecimal.ONE;
                };
        PriceBook.Quote quote = BOOK.quote(target(id), day, usage.allInput());
        assertTrue(quote.known());
        long expected =
                micro.multiply(percent).setScale(0, RoundingMode.CEILING).longValueExact();
        assertEquals(expected, quote.price().cost(usage, tier));
        assertEquals(expected, quote.cost(usage, tier, List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic.claude-opus-77-v1:0,anthropic.claude-opus-4",
        "mx.anthropic.claude-opus-77-v1:0,anthropic.claude-opus-4",
        "amazon.nova-mega-v1:0,amazon.nova-premier",
        "meta.llama9-1b-instruct-v1:0,meta.llama3-70b-instruct",
        "amazon.titan-embed-nova-v9:0,amazon.titan-embed-image"
    })
    void anUnknownModelCostsWhatTheDearestOfItsFamilyDoes(String id, String model) {
        PriceBook.Quote quote = BOOK.quote(target(id), DAY, 0);
        assertFalse(quote.known());
        assertEquals(weight(model), quote.price().rates().weight());
    }

    private static long weight(String model) {
        return BOOK.quote(target(model), DAY, 0).price().rates().weight();
    }

    @ParameterizedTest
    @ValueSource(strings = {"zzz", "acme.unheard-of", "arn:aws:bedrock:us-east-1:1:imported-model/x"})
    void aModelOfNoFamilyCostsWhatTheDearestOfTheBookDoes(String id) {
        PriceBook.Quote quote = BOOK.quote(target(id), DAY, 0);
        assertFalse(quote.known());
        assertEquals(
                weight("anthropic.claude-mythos-preview"), quote.price().rates().weight());
    }

    @ParameterizedTest
    @CsvSource({"newcomer.rerank-9,QUERY,0.002", "newcomer.image-maker,IMAGE,0.6", "newcomer.video-maker,SECOND,1.5"})
    void anUnknownModelIsTheDearestOfItsKind(String id, Unit unit, BigDecimal dollars) {
        PriceBook.Quote quote = BOOK.quote(target(id), DAY, 0);
        assertFalse(quote.known());
        Purchase one = new Purchase(unit, 1, 1280L * 720, false);
        assertEquals(
                dollars.movePointRight(6).longValueExact(), quote.cost(Usage.NONE, ServiceTier.DEFAULT, List.of(one)));
    }

    @Test
    void anUnknownEmbeddingIsTheDearestEmbedding() {
        assertEquals(
                800_000,
                BOOK.quote(target("newcomer.embed-9"), DAY, 0).price().rates().weight());
    }

    @Test
    void knowsModelsInEveryForm() {
        for (String id : List.of(
                "amazon.nova-lite-v1:0",
                "us.amazon.nova-lite-v1:0:300k",
                "mx.anthropic.claude-opus-5",
                "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
                "amazon.nova-canvas-v1:0")) {
            assertTrue(BOOK.knows(id), id);
        }
        for (String id : List.of("amazon.nova-mega-v1:0", "guardrail", "", "arn:aws:bedrock:us-east-1:1:prompt/P")) {
            assertFalse(BOOK.knows(id), id);
        }
    }

    @Test
    void junkVersionsOfAKnownModelAreNotRememberedForGood() {
        for (int i = 0; i < 10_000; i++) {
            assertTrue(BOOK.knows("amazon.nova-lite-v" + i + ":0"));
        }
    }

    @Test
    void aContextWindowThatIsNotKnownIsTheBooksLargest() {
        assertEquals(
                10_000_000,
                BOOK.quote(target("amazon.nova-sonic-v1:0"), DAY, 0).price().contextTokens());
    }

    @Test
    void readsABookWithTheOldColumns() throws Exception {
        PriceBook book = read(OLD_HEADER + "a.b,any,2026-01-01,0,1,2,3,4,5,6,7,1\n");
        assertEquals(3, book.quote(target("a.b"), DAY, 0).price().cost(new Usage(1, 1, 0, 0, 0), ServiceTier.DEFAULT));
    }

    @Test
    void readsColumnsByName() throws Exception {
        PriceBook book = read("unit,price,model,scope,from,above,output,input,cache-read,cache-write-5m,cache-write-1h,"
                + "context,max-output,burndown\n,,a.b,any,2026-01-01,0,2,1,3,4,5,6,7,1\n");
        assertEquals(1, book.quote(target("a.b"), DAY, 0).price().cost(new Usage(1, 0, 0, 0, 0), ServiceTier.DEFAULT));
    }

    @Test
    void unitPricesAreEffectiveDated() throws Exception {
        PriceBook book = read(HEADER + "a.image,any,2026-01-01,0,,,,,,,,,image,image,,0.04\n"
                + "a.image,any,2026-11-22,0,,,,,,,,,image,image,,0.03\n");
        List<Purchase> one = List.of(Purchase.of(Unit.IMAGE, 1));
        assertEquals(40_000, book.quote(target("a.image"), DAY, 0).cost(Usage.NONE, ServiceTier.DEFAULT, one));
        assertEquals(
                30_000, book.quote(target("a.image"), DAY.plusDays(1), 0).cost(Usage.NONE, ServiceTier.DEFAULT, one));
    }

    private PriceBook read(String csv) throws Exception {
        Path file = folder.resolve("prices.csv");
        Files.writeString(file, csv);
        return PriceBook.read(file);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.b,any,2026-01-01,0,1,2,3,4,5,6,7|line 3: expected 12 to 16 columns, found 11",
                "a.b,moon,2026-01-01,0,1,2,3,4,5,6,7,1|found moon",
                "a.b,any,2026-01-01,0,1000.1,2,3,4,5,6,7,1|expected a price from 0 to 1000 USD",
                "a.b,any,2026-01-01,0,0.0000001,2,3,4,5,6,7,1|line 3",
                "a.b,any,2026-01-01,0,1,2,3,4,5,6,7,1,song|expected a kind of",
                "a.b,any,2026-01-01,0,,,,,,,,,image,pixel,,1|expected a unit of",
                "a.b,any,2026-01-01,0,,,,,,,,,image,image,cheap,1|expected variant",
                "a.b,any,2026-01-01,0,,,,,,,,,image,image,,-1|expected a price from 0 to 1000 USD a unit",
                "a.b,any,2026-01-01,0,,,,,,,,,image,image,,|line 3"
            })
    void mistakesAreReportedWithTheirLine(String row, String message) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> read("# mine\n" + HEADER + row + "\n"));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void anUnknownHeaderOrAnEmptyBookIsReported() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> read("model,price\na,1\n"))
                .getMessage()
                .contains("expected a header"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> read(HEADER))
                .getMessage()
                .contains("at least one price"));
        assertThrows(
                IllegalArgumentException.class,
                () -> read(HEADER + "guardrail,any,2026-01-01,0,,,,,,,,,guardrail,topic-text,,0.00015\n"));
    }
}
