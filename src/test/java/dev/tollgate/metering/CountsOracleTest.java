package dev.tollgate.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counts in every spelling become the classes that are billed. */
class CountsOracleTest {

    private final Counts counts = new Counts();

    @ParameterizedTest
    @CsvSource({
        "inputTokens, outputTokens",
        "input_tokens, output_tokens",
        "prompt_tokens, completion_tokens",
        "inputTextTokenCount, totalOutputTextTokenCount",
        "prompt_token_count, generation_token_count"
    })
    void inputAndOutputAreReadInEverySpelling(String input, String output) {
        counts.usage(input, 7);
        assertTrue(counts.inputFound());
        counts.usage(output, 5);
        assertTrue(counts.found());
        assertEquals(new Usage(7, 5, 0, 0, 0), counts.toUsage());
    }

    @ParameterizedTest
    @CsvSource({
        "cacheReadInputTokens, cacheWriteInputTokens",
        "cache_read_input_tokens, cache_creation_input_tokens",
        "cacheReadInputTokenCount, cacheWriteInputTokenCount"
    })
    void cacheCountsAreReadInEverySpelling(String read, String write) {
        counts.usage(read, 100);
        counts.usage(write, 200);
        assertEquals(new Usage(0, 0, 100, 200, 0), counts.toUsage());
    }

    @Test
    void anUnknownNameMeansNothing() {
        counts.usage("tokens", 7);
        counts.usage("total_tokens", 7);
        counts.invocationMetrics("latency", 7);
        counts.cacheCreation("ephemeral_2h_input_tokens", 7);
        counts.inputDetails("audio_tokens", 7);
        assertFalse(counts.found());
        assertEquals(Usage.NONE, counts.toUsage());
    }

    @Test
    void nothingIsFoundBeforeACount() {
        assertFalse(counts.found());
        assertFalse(counts.inputFound());
        counts.usage("cacheReadInputTokens", 5);
        assertFalse(counts.found(), "a cache read alone is no usage");
    }

    @Test
    void aCountOfZeroIsACount() {
        counts.usage("outputTokens", 0);
        assertTrue(counts.found());
        assertFalse(counts.inputFound());
    }

    @Test
    void aLaterCountReplacesAnEarlierOne() {
        for (long output : List.of(1L, 5L, 3L)) {
            counts.usage("output_tokens", output);
        }
        assertEquals(3, counts.toUsage().output());
    }

    @Test
    void openAisCachedTokensAreInsideTheInput() {
        counts.usage("prompt_tokens", 1000);
        counts.inputDetails("cached_tokens", 600);
        counts.inputDetails("cache_write_tokens", 100);
        assertEquals(new Usage(300, 0, 600, 100, 0), counts.toUsage());
    }

    @Test
    void moreCachedThanInputLeavesNoNegativeInput() {
        counts.usage("prompt_tokens", 10);
        counts.inputDetails("cached_tokens", 600);
        assertEquals(new Usage(0, 0, 600, 0, 0), counts.toUsage());
    }

    @Test
    void anthropicsWritesAreSplitByTimeToLive() {
        counts.usage("cache_creation_input_tokens", 300);
        counts.cacheCreation("ephemeral_5m_input_tokens", 100);
        counts.cacheCreation("ephemeral_1h_input_tokens", 200);
        assertEquals(new Usage(0, 0, 0, 100, 200), counts.toUsage());
    }

    @Test
    void aTotalLargerThanItsSplitCountsTheRestAsFiveMinutes() {
        counts.usage("cache_creation_input_tokens", 500);
        counts.cacheCreation("ephemeral_1h_input_tokens", 200);
        assertEquals(new Usage(0, 0, 0, 300, 200), counts.toUsage());
    }

    @Test
    void aSplitLargerThanItsTotalCounts() {
        counts.usage("cache_creation_input_tokens", 50);
        counts.cacheCreation("ephemeral_5m_input_tokens", 100);
        counts.cacheCreation("ephemeral_1h_input_tokens", 200);
        assertEquals(new Usage(0, 0, 0, 100, 200), counts.toUsage());
    }

    @Test
    void conversesCacheDetailsAreAddedUp() {
        counts.restartCacheDetails();
        counts.cacheDetail(false, 10);
        counts.cacheDetail(true, 20);
        counts.cacheDetail(false, 5);
        assertEquals(new Usage(0, 0, 0, 15, 20), counts.toUsage());
        counts.restartCacheDetails();
        counts.cacheDetail(true, 1);
        assertEquals(new Usage(0, 0, 0, 0, 1), counts.toUsage());
    }

    @Test
    void severalResultsOfTitanAddUp() {
        counts.addOutput(10);
        counts.addOutput(5);
        assertEquals(15, counts.toUsage().output());
    }

    @Test
    void whatALaterDocumentReportsReplacesAndWhatItDoesNotStays() {
        counts.usage("input_tokens", 10);
        counts.usage("output_tokens", 1);
        Counts later = new Counts();
        later.usage("output_tokens", 50);
        counts.replaceBy(later);
        assertEquals(new Usage(10, 50, 0, 0, 0), counts.toUsage());
    }

    @Test
    void bedrocksMetricsExcludeTheCache() {
        counts.usage("prompt_tokens", 1000);
        counts.inputDetails("cached_tokens", 600);
        Counts metrics = new Counts();
        metrics.invocationMetrics("inputTokenCount", 400);
        metrics.invocationMetrics("outputTokenCount", 9);
        counts.replaceByMetrics(metrics);
        assertEquals(new Usage(400, 9, 600, 0, 0), counts.toUsage());
    }

    @Test
    void bedrocksMetricsOfTheSameTotalIncludeTheCache() {
        counts.usage("prompt_tokens", 1000);
        counts.inputDetails("cached_tokens", 600);
        Counts metrics = new Counts();
        metrics.invocationMetrics("inputTokenCount", 1000);
        counts.replaceByMetrics(metrics);
        assertEquals(new Usage(400, 0, 600, 0, 0), counts.toUsage());
    }

    @Test
    void emptyMetricsChangeNothing() {
        counts.usage("prompt_tokens", 1000);
        counts.inputDetails("cached_tokens", 600);
        counts.replaceByMetrics(new Counts());
        assertEquals(new Usage(400, 0, 600, 0, 0), counts.toUsage());
    }

    @ParameterizedTest
    @CsvSource({"9223372036854775807, 4503599627370496", "4503599627370497, 4503599627370496"})
    void aCountBeyondTheBoundsIsCut(long reported, long kept) {
        counts.usage("input_tokens", reported);
        counts.usage("output_tokens", reported);
        assertEquals(new Usage(kept, kept, 0, 0, 0), counts.toUsage());
    }

    @Test
    void iterationsAreSummed() {
        Iterations iterations = new Iterations();
        assertEquals(Usage.NONE, iterations.sum());
        for (int i = 1; i <= 3; i++) {
            iterations.current().usage("input_tokens", i);
            iterations.current().usage("output_tokens", 10L * i);
            iterations.next();
        }
        assertEquals(new Usage(6, 60, 0, 0, 0), iterations.sum());
        iterations.restart();
        assertEquals(Usage.NONE, iterations.sum());
    }
}
