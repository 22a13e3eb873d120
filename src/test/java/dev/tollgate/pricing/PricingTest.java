package dev.tollgate.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.RequestFacts;
import dev.tollgate.bedrock.RequestReader;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.harness.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PricingTest {

    private static final PriceBook BOOK = PriceBook.bundled();
    private static final LocalDate DAY = LocalDate.parse("2026-11-21");

    private static ModelTarget target(String id) {
        return ModelTarget.of(ModelId.parse(id), Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        // model, day, tier, input, output, read, write 5m, write 1h -> micro-USD
        "us.amazon.nova-lite-v1:0,2026-11-21,DEFAULT,1000000,1000000,0,0,0,300000",
        "us.amazon.nova-lite-v1:0,2026-11-21,DEFAULT,0,0,1000000,0,0,15000",
        "global.anthropic.claude-sonnet-4-5-20250929-v1:0,2026-11-21,DEFAULT,100,100,100,100,100,2805",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0,2026-11-21,DEFAULT,100,100,100,100,100,3086",
        "anthropic.claude-sonnet-4-5-20250929-v1:0,2026-11-21,DEFAULT,100000,1000,0,0,0,346500",
        "global.anthropic.claude-sonnet-4-5-20250929-v1:0,2026-11-21,DEFAULT,200001,1000,0,0,0,1222506",
        "global.anthropic.claude-sonnet-4-5-20250929-v1:0,2026-11-21,DEFAULT,100000,1000,100001,0,0,682501",
        "global.openai.gpt-5.6-sol,2026-08-20,DEFAULT,1000,1000,0,0,0,35000",
        "global.openai.gpt-5.6-sol,2026-08-21,DEFAULT,1000,1000,0,0,0,24000",
        "amazon.nova-pro-v1:0,2026-11-21,FLEX,1000000,0,0,0,0,400000",
        "amazon.nova-pro-v1:0,2026-11-21,PRIORITY,1000000,0,0,0,0,1400000",
        "amazon.titan-embed-text-v2:0,2026-11-21,DEFAULT,5,0,0,0,0,0",
        "amazon.titan-embed-text-v2:0,2026-11-21,DEFAULT,15,0,0,0,0,2",
        "amazon.titan-embed-text-v2:0,2026-11-21,DEFAULT,25,0,0,0,0,2"
    })
    void costsAreExactToTheMicroDollar(
            String id, String day, ServiceTier tier, long in, long out, long read, long w5, long w1, long microUsd) {
        Usage usage = new Usage(in, out, read, w5, w1);
        PriceBook.Quote quote = BOOK.quote(target(id), LocalDate.parse(day), usage.allInput());
        assertTrue(quote.known());
        assertEquals(microUsd, quote.price().cost(usage, tier));
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic.claude-opus-77-v1:0,anthropic.claude-opus-4",
        "amazon.nova-mega-v1:0,amazon.nova-premier",
        "meta.llama9-1b-instruct-v1:0,meta.llama3-70b-instruct"
    })
    void anUnknownModelCostsWhatTheDearestOfItsFamilyDoes(String id, String model) {
        PriceBook.Quote quote = BOOK.quote(target(id), DAY, 0);
        assertFalse(quote.known());
        assertEquals(weight(model), quote.price().weight());
    }

    private static long weight(String model) {
        return BOOK.quote(target(model + "-20250514-v1:0"), DAY, 0).price().weight();
    }

    @Test
    void aModelOfNoFamilyCostsWhatTheDearestOfTheBookDoes() {
        long dearest = BOOK.quote(target("anthropic.claude-opus-4-20250514-v1:0"), DAY, 0)
                .price()
                .weight();
        for (String id : new String[] {"zzz", "acme.unheard-of", "arn:aws:bedrock:us-east-1:1:imported-model/x"}) {
            PriceBook.Quote quote = BOOK.quote(target(id), DAY, 0);
            assertFalse(quote.known());
            assertTrue(quote.price().weight() >= dearest, id);
        }
    }

    @Test
    void mistakesInAPriceBookAreToldWithTheirLine(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("prices.csv");
        String head = "# mine\nmodel,scope,from,above,input,output,cache-read,cache-write-5m,cache-write-1h,context,"
                + "max-output,burndown\n";
        Files.writeString(file, head + "a.b,any,2026-01-01,0,1,2,3,4,5,6,7\n");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> PriceBook.read(file))
                .getMessage()
                .contains("line 3: expected 12 columns, found 11"));
        Files.writeString(file, head + "a.b,moon,2026-01-01,0,1,2,3,4,5,6,7,1\n");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> PriceBook.read(file))
                .getMessage()
                .contains("found moon"));
        Files.writeString(file, head + "a.b,any,2026-01-01,0,1000.1,2,3,4,5,6,7,1\n");
        assertThrows(IllegalArgumentException.class, () -> PriceBook.read(file));
        Files.writeString(file, head + "a.b,any,2026-01-01,0,0.0000001,2,3,4,5,6,7,1\n");
        assertThrows(IllegalArgumentException.class, () -> PriceBook.read(file));
    }

    private static RequestFacts facts(String body) {
        return RequestReader.read(body.getBytes(StandardCharsets.UTF_8));
    }

    /** Worst that a byte-level tokenizer can make of a body's texts, with what templates add. */
    @Test
    void theBoundIsNeverBelowWhatACallUses() {
        Estimator estimator = new Estimator(
                BOOK,
                Estimator.Mode.BOUND,
                new ManualClock(Instant.parse("2026-11-21T12:00:00Z").toEpochMilli()));
        String[] models = {
            "us.amazon.nova-lite-v1:0",
            "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "meta.llama3-8b-instruct-v1:0",
            "anthropic.claude-opus-4-1-20250805-v1:0",
            "unheard.of"
        };
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(400); i > 0; i--) {
                text.append(new String[] {"a", "é", "漢", "😀", "\\n", "\\u00e9"}[random.nextInt(6)]);
            }
            int images = random.nextInt(3);
            boolean tools = random.nextBoolean();
            int most = 1 + random.nextInt(4000);
            String body = "{\"messages\":[{\"content\":[{\"text\":\"" + text + "\"}"
                    + ",{\"image\":{\"source\":{\"bytes\":\"AAAA\"}}}".repeat(images) + "]}]"
                    + (tools ? ",\"toolConfig\":{\"tools\":[]}" : "")
                    + (random.nextBoolean() ? ",\"system\":[{\"cachePoint\":{\"type\":\"default\"}}]" : "")
                    + ",\"inferenceConfig\":{\"maxTokens\":" + most + "}}";
            RequestFacts facts = facts(body);
            ModelTarget target = target(models[random.nextInt(models.length)]);
            Estimate estimate = estimator.estimate(target, Operation.CONVERSE, facts);
            long tokens =
                    text.toString().getBytes(StandardCharsets.UTF_8).length + images * 4800L + (tools ? 1000 : 0) + 20;
            long cached = facts.cacheWrites() ? tokens / 2 : 0;
            Usage usage = new Usage(
                    Math.min(tokens, estimate.quote().price().contextTokens()) - cached,
                    most,
                    0,
                    cached / 2,
                    cached - cached / 2);
            assertTrue(usage.allInput() <= estimate.inputTokens(), "seed " + seed);
            assertTrue(
                    estimator.charge(target, facts, estimate, reported(usage)).microUsd() <= estimate.microUsd(),
                    "seed " + seed);
        }
    }

    @Test
    void documentsAreBoundByTheContextWindow() {
        Estimator estimator = new Estimator(BOOK, Estimator.Mode.BOUND, new ManualClock(0));
        RequestFacts facts = facts("{\"messages\":[{\"content\":[{\"document\":{\"source\":{\"bytes\":\"AAAA\"}}}]}]}");
        assertEquals(
                300_000,
                estimator
                        .estimate(target("us.amazon.nova-lite-v1:0"), Operation.CONVERSE, facts)
                        .inputTokens());
    }

    @Test
    void theExpectedEstimateLearnsFromSettledCalls() {
        Estimator estimator = new Estimator(BOOK, Estimator.Mode.EXPECTED, new ManualClock(0));
        ModelTarget target = target("us.amazon.nova-lite-v1:0");
        RequestFacts facts = facts("{\"messages\":[{\"content\":[{\"text\":\"" + "x".repeat(3300) + "\"}]}]}");
        long first = estimator.estimate(target, Operation.CONVERSE, facts).inputTokens();
        assertEquals(Math.ceil(facts.textBytes() / 3.3), first, 1);
        for (int i = 0; i < 100; i++) {
            estimator.learn(target, facts, new Usage(500, 1, 0, 0, 0));
        }
        assertEquals(500, estimator.estimate(target, Operation.CONVERSE, facts).inputTokens(), 10);
        assertEquals(
                first,
                estimator
                        .estimate(target("us.amazon.nova-pro-v1:0"), Operation.CONVERSE, facts)
                        .inputTokens());
    }

    @Test
    void anUnsetMaximumStandsForTheModelsOwnAndEveryChoiceCounts() {
        Estimator estimator = new Estimator(BOOK, Estimator.Mode.EXPECTED, new ManualClock(0));
        ModelTarget target = target("us.amazon.nova-lite-v1:0");
        assertEquals(
                10_000,
                estimator.estimate(target, Operation.CONVERSE, facts("{}")).outputTokens());
        assertEquals(
                300,
                estimator
                        .estimate(target, Operation.CONVERSE, facts("{\"max_tokens\":100,\"n\":3}"))
                        .outputTokens());
        assertEquals(
                0,
                estimator.estimate(target, Operation.COUNT_TOKENS, facts("{}")).microUsd());
    }

    private static Metered reported(Usage usage) {
        return new Metered(Optional.of(usage), usage, Optional.empty());
    }
}
