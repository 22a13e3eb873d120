package dev.tollgate.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the headers of a plain answer report. */
class AnswerHeadersTest {

    private static MultiMap headers(String... namesAndValues) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Content-Type", "application/json");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add("X-Amzn-Bedrock-" + namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    private static Metered metered(MultiMap headers, String body) {
        Meter meter = Meter.of(Operation.INVOKE, headers);
        meter.accept(Buffer.buffer(body));
        return meter.metered();
    }

    @Test
    void countsOfHeadersAreTheUsageOfABodyThatHasNone() {
        Metered metered = metered(headers("Input-Token-Count", "7", "Output-Token-Count", "5"), "{\"x\":1}");
        assertEquals(Optional.of(new Usage(7, 5, 0, 0, 0)), metered.usage());
    }

    @Test
    void cacheCountsOfHeadersCountToo() {
        Metered metered = metered(
                headers(
                        "Input-Token-Count", "7",
                        "Output-Token-Count", "5",
                        "Cache-Read-Input-Token-Count", "11",
                        "Cache-Write-Input-Token-Count", "13"),
                "{}");
        assertEquals(Optional.of(new Usage(7, 5, 11, 13, 0)), metered.usage());
    }

    @Test
    void countsOfTheBodyComeFirst() {
        Metered metered = metered(
                headers("Input-Token-Count", "7", "Output-Token-Count", "5"),
                "{\"usage\":{\"input_tokens\":70,\"output_tokens\":50}}");
        assertEquals(Optional.of(new Usage(70, 50, 0, 0, 0)), metered.usage());
    }

    @Test
    void inputAloneHasPassedAndIsNotFinal() {
        Metered metered = metered(headers("Input-Token-Count", "7"), "{\"embedding\":[]}");
        assertEquals(Optional.empty(), metered.usage());
        assertEquals(new Usage(7, 0, 0, 0, 0), metered.passed());
    }

    @Test
    void headersTellWhatABodyTellsInPart() {
        Metered metered = metered(
                headers("Input-Token-Count", "10", "Output-Token-Count", "1500"), "{\"usage\":{\"input_tokens\":10}}");
        assertEquals(Optional.of(new Usage(10, 1500, 0, 0, 0)), metered.usage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+7", "7.0", "7 ", "seven", "0x7", "1234567890123456", "\u0667"})
    void aHeaderThatIsNoCountIsNone(String value) {
        assertEquals(
                Optional.empty(),
                metered(headers("Input-Token-Count", value), "{}").usage());
        assertEquals(
                Optional.empty(),
                metered(headers("Input-Token-Count", value, "Output-Token-Count", "5"), "{}")
                        .usage());
    }

    @Test
    void theLargestCountOfAHeaderIsRead() {
        Metered metered = metered(headers("Input-Token-Count", "999999999999999"), "{}");
        assertEquals(999_999_999_999_999L, metered.passed().input());
    }

    @ParameterizedTest
    @CsvSource({"flex, FLEX", "priority, PRIORITY", "default, DEFAULT", "other, DEFAULT"})
    void theTierThatServedTheCallIsRead(String value, ServiceTier tier) {
        assertEquals(
                Optional.of(tier), metered(headers("Service-Tier", value), "{}").tier());
    }

    @Test
    void withoutAHeaderTheTierIsNotKnown() {
        assertEquals(Optional.empty(), metered(headers(), "{}").tier());
    }

    @ParameterizedTest
    @CsvSource({"optimized, true", "standard, false", "x, false"})
    void theLatencyThatServedTheCallIsRead(String value, boolean optimized) {
        assertEquals(
                Optional.of(optimized),
                metered(headers("PerformanceConfig-Latency", value), "{}").optimized());
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"COUNT_TOKENS", "ASYNC_INVOKE_GET", "ASYNC_INVOKE_LIST"})
    void aFreeOperationUsesNothing(Operation operation) {
        Meter meter = Meter.of(operation, headers());
        meter.accept(Buffer.buffer("{\"usage\":{\"inputTokens\":5}}"));
        assertEquals(Optional.of(Usage.NONE), meter.metered().usage());
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"GUARDRAIL_CHECKS", "ASYNC_INVOKE_START"})
    void anOperationWhoseAnswersReportNothingIsNotKnown(Operation operation) {
        Meter meter = Meter.of(operation, headers());
        meter.accept(Buffer.buffer("{\"usage\":{\"inputTokens\":5}}"));
        assertEquals(Metered.NOTHING, meter.metered());
        assertEquals(Optional.empty(), meter.exception());
        assertEquals(true, meter.produced());
        assertEquals(true, meter.atFrameBoundary());
    }
}
