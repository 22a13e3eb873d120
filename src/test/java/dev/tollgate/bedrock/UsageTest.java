package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "4503599627370496, 4503599627370496",
        "4503599627370497, 4503599627370496",
        "9223372036854775807, 4503599627370496",
        "-1, 0",
        "-9223372036854775808, 0"
    })
    void everyClassIsCutToItsBounds(long given, long kept) {
        Usage usage = new Usage(given, given, given, given, given);
        assertEquals(kept, usage.input());
        assertEquals(kept, usage.output());
        assertEquals(kept, usage.cacheRead());
        assertEquals(kept, usage.cacheWrite5m());
        assertEquals(kept, usage.cacheWrite1h());
    }

    @Test
    void theClassesDoNotOverlap() {
        Usage usage = new Usage(1, 20, 300, 4_000, 50_000);
        assertEquals(54_000, usage.cacheWrite());
        assertEquals(54_301, usage.allInput());
    }

    @Test
    void theLargestUsageDoesNotOverflow() {
        long most = Long.MAX_VALUE;
        Usage usage = new Usage(most, most, most, most, most);
        assertEquals(2 * (1L << 52), usage.cacheWrite());
        assertEquals(4 * (1L << 52), usage.allInput());
    }

    @Test
    void noUsageIsNothing() {
        assertEquals(new Usage(0, 0, 0, 0, 0), Usage.NONE);
        assertEquals(0, Usage.NONE.allInput());
    }

    @ParameterizedTest
    @CsvSource({
        "default, DEFAULT, 100",
        "standard, DEFAULT, 100",
        "'', DEFAULT, 100",
        "flex, FLEX, 50",
        "FLEX, FLEX, 50",
        "Priority, PRIORITY, 175",
        "reserved, RESERVED, 100",
        "batch, BATCH, 50",
        "cheap, DEFAULT, 100"
    })
    void aTierIsFoundByItsNameWhateverItsCase(String name, ServiceTier tier, int percent) {
        assertEquals(tier, ServiceTier.of(name));
        assertEquals(percent, tier.percent());
    }

    @ParameterizedTest
    @CsvSource({
        "QUERY, query",
        "IMAGE, image",
        "SECOND, second",
        "INPUT_IMAGE, input-image",
        "INPUT_SECOND, input-second",
        "TOPIC_TEXT, topic-text",
        "CONTENT_TEXT, content-text",
        "SENSITIVE_TEXT, sensitive-text",
        "GROUNDING_TEXT, grounding-text",
        "REASONING_TEXT, reasoning-text",
        "CONTENT_IMAGE, content-image"
    })
    void theLabelsOfUnitsArePinned(Unit unit, String label) {
        assertEquals(label, unit.label());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 10})
    void aSpliceGrowsABodyByWhatItInsertsBeyondWhatItReplaces(int replaced) {
        assertEquals(5 - replaced, new Splice(7, 7 + replaced, new byte[5]).growth());
    }
}
