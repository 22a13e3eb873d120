package dev.tollgate.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Unit;
import dev.tollgate.bedrock.Usage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenRatesTest {

    private static final long MAX = 1_000_000_000L;

    private static BigInteger big(long value) {
        return BigInteger.valueOf(value);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1_000_000_001L, Long.MIN_VALUE, Long.MAX_VALUE})
    void aPriceBeyondItsBoundsIsRefusedInEveryClass(long price) {
        for (int at = 0; at < 5; at++) {
            long[] p = {1, 1, 1, 1, 1};
            p[at] = price;
            assertThrows(IllegalArgumentException.class, () -> new TokenRates(p[0], p[1], p[2], p[3], p[4]));
        }
    }

    @Test
    void theDearestPricesOfTheMostTokensDoNotOverflow() {
        long most = Long.MAX_VALUE;
        long pico = new TokenRates(MAX, MAX, MAX, MAX, MAX).pico(new Usage(most, most, most, most, most));
        assertEquals(5 * MAX * MAX, pico);
        assertTrue(pico > 0);
    }

    @Test
    void theWeightIsInputAndOutput() {
        assertEquals(7, new TokenRates(3, 4, 100, 200, 300).weight());
    }

    @Test
    void aCostIsTheSumOfItsClassesToThePico() {
        Random random = new Random(14);
        for (int i = 0; i < 10_000; i++) {
            long[] price = random.longs(5, 0, MAX + 1).toArray();
            long[] tokens = random.longs(5, 0, MAX + 1).toArray();
            BigInteger expected = BigInteger.ZERO;
            for (int k = 0; k < 5; k++) {
                expected = expected.add(big(price[k]).multiply(big(tokens[k])));
            }
            TokenRates rates = new TokenRates(price[0], price[1], price[2], price[3], price[4]);
            long pico = rates.pico(new Usage(tokens[0], tokens[1], tokens[2], tokens[3], tokens[4]));
            assertEquals(expected, big(pico));
        }
    }

    @ParameterizedTest
    @EnumSource(ServiceTier.class)
    void aPriceIsRoundedUpOnceToMicroDollars(ServiceTier tier) {
        Random random = new Random(tier.ordinal());
        for (int i = 0; i < 5_000; i++) {
            long input = random.nextInt(1_000_000);
            long output = random.nextInt(100_000);
            long in = random.nextInt(20_000_000);
            long out = random.nextInt(80_000_000);
            Price price = new Price(new TokenRates(in, out, 0, 0, 0), 0, 1, 1, 1);
            BigDecimal exact = new BigDecimal(input)
                    .multiply(BigDecimal.valueOf(in))
                    .add(new BigDecimal(output).multiply(BigDecimal.valueOf(out)))
                    .multiply(BigDecimal.valueOf(tier.percent()))
                    .movePointLeft(8);
            assertEquals(
                    exact.setScale(0, RoundingMode.CEILING).longValueExact(),
                    price.cost(new Usage(input, output, 0, 0, 0), tier));
        }
    }

    @Test
    void noUsageCostsNothing() {
        Price price = new Price(new TokenRates(MAX, MAX, MAX, MAX, MAX), 0, 1, 1, 1);
        for (ServiceTier tier : ServiceTier.values()) {
            assertEquals(0, price.cost(Usage.NONE, tier));
        }
    }

    @Test
    void oneTokenOfThePriceOfOnePicoCostsOneMicroDollar() {
        Price price = new Price(new TokenRates(1, 0, 0, 0, 0), 0, 1, 1, 1);
        assertEquals(1, price.cost(new Usage(1, 0, 0, 0, 0), ServiceTier.DEFAULT));
    }

    @ParameterizedTest
    @CsvSource({
        "amazon.titan-embed-text-v2, EMBEDDING",
        "cohere.embed-english-v3, EMBEDDING",
        "twelvelabs.marengo-embed-2-7, EMBEDDING",
        "amazon.rerank-v1, RERANK",
        "cohere.rerank-v3-5, RERANK",
        "amazon.nova-reel-v1, VIDEO",
        "luma.ray-v2, VIDEO",
        "amazon.nova-canvas-v1, IMAGE",
        "amazon.titan-image-generator-v2, IMAGE",
        "stability.sd3-5-large-v1, IMAGE",
        "stability.stable-diffusion-xl-v1, IMAGE",
        "amazon.nova-lite-v1, TEXT",
        "anthropic.claude-sonnet-4-5, TEXT",
        "AMAZON.TITAN-EMBED, EMBEDDING",
        "'', TEXT"
    })
    void aModelsKindIsShownByItsName(String model, ModelKind kind) {
        assertEquals(kind, ModelKind.of(model));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, true", "0, 1, true", "200000, 200000, false", "200000, 200001, true", "200000, 0, false"})
    void aLineCoversWhatIsLargerThanItsThreshold(long above, long size, boolean covers) {
        assertEquals(covers, new Line.Validity("any", LocalDate.EPOCH, above, "").covers(size));
    }

    @ParameterizedTest
    @CsvSource({
        "any, global, true",
        "any, regional, true",
        "global, global, true",
        "global, regional, false",
        "regional, global, false"
    })
    void aLineHoldsInItsScope(String scope, String wanted, boolean holds) {
        assertEquals(holds, new Line.Validity(scope, LocalDate.EPOCH, 0, "").in(wanted));
    }

    @Test
    void aLineHoldsFromItsFirstDay() {
        Line.Validity validity = new Line.Validity("any", LocalDate.of(2026, 1, 1), 0, "");
        assertEquals(false, validity.begun(LocalDate.of(2025, 12, 31)));
        assertEquals(true, validity.begun(LocalDate.of(2026, 1, 1)));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1_000_000_000_000_001L})
    void aUnitPriceBeyondItsBoundsIsRefused(long pico) {
        assertThrows(IllegalArgumentException.class, () -> new Line.UnitPrice(Unit.IMAGE, pico));
    }

    @ParameterizedTest
    @CsvSource({"-5, 0", "0, 0", "1, 1", "1099511627776, 1099511627776", "1099511627777, 1099511627776"})
    void aPurchasesCountIsCutToItsBounds(long given, long kept) {
        assertEquals(kept, Purchase.of(Unit.IMAGE, given).count());
        assertEquals(kept > 0, Purchase.of(Unit.IMAGE, given).measured());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "999, 1", "1000, 1", "1001, 2", "10000, 10"})
    void textUnitsAreThousandsOfCharactersRoundedUp(long characters, long units) {
        assertEquals(units, Purchase.textUnits(characters));
    }

    @Test
    void aGuardrailExaminesAllTextByEveryPolicyAndImagesByOne() {
        assertEquals(5, Purchase.guardrail(3, 0).size());
        List<Purchase> withImages = Purchase.guardrail(3, 2);
        assertEquals(6, withImages.size());
        assertEquals(Purchase.of(Unit.CONTENT_IMAGE, 2), withImages.get(5));
    }
}
