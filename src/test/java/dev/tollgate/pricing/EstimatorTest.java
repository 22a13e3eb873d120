package dev.tollgate.pricing;

import static dev.tollgate.pricing.Calls.NOVA;
import static dev.tollgate.pricing.Calls.SONNET;
import static dev.tollgate.pricing.Calls.bound;
import static dev.tollgate.pricing.Calls.charge;
import static dev.tollgate.pricing.Calls.estimate;
import static dev.tollgate.pricing.Calls.expected;
import static dev.tollgate.pricing.Calls.facts;
import static dev.tollgate.pricing.Calls.microUsd;
import static dev.tollgate.pricing.Calls.million;
import static dev.tollgate.pricing.Calls.passed;
import static dev.tollgate.pricing.Calls.reported;
import static dev.tollgate.pricing.Calls.target;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.RequestFacts;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EstimatorTest {

    private static final String HALLO =
            "{'messages':[{'content':[{'text':'Hello'}]}],'inferenceConfig':{'maxTokens':%d}}";

    /** Flex asked and default served: 4950 micro-USD were once charged as 2475. */
    @Test
    void theTierThatServedDecidesThePrice() {
        Usage usage = new Usage(1500, 0, 0, 0, 0);
        String json = "{'serviceTier':{'type':'flex'}}";
        assertEquals(
                4950,
                charge(expected(), SONNET, Operation.CONVERSE, json, reported(usage, ServiceTier.DEFAULT))
                        .microUsd());
        assertEquals(
                2475,
                charge(expected(), SONNET, Operation.CONVERSE, json, reported(usage, ServiceTier.FLEX))
                        .microUsd());
        assertEquals(
                2475,
                charge(expected(), SONNET, Operation.CONVERSE, json, reported(usage))
                        .microUsd());
    }

    @Test
    void aCheaperTierThatIsAskedForIsNotReserved() {
        long asked = estimate(expected(), SONNET, Operation.CONVERSE, "{'serviceTier':{'type':'flex'}}")
                .microUsd();
        long plain = estimate(expected(), SONNET, Operation.CONVERSE, "{'serviceTier':{'type':'none'}}")
                .microUsd();
        assertEquals(plain, asked);
        assertTrue(estimate(expected(), SONNET, Operation.CONVERSE, "{'serviceTier':{'type':'priority'}}")
                        .microUsd()
                > plain);
    }

    /** Once charged 6,603,751 micro-USD, because the usage was lost. */
    @Test
    void reportedUsageIsChargedExactly() {
        assertEquals(
                715,
                charge(
                                expected(),
                                "openai.gpt-5.5",
                                Operation.RESPONSES,
                                "{'model':'m'}",
                                reported(new Usage(130, 0, 0, 0, 0)))
                        .microUsd());
    }

    @Test
    void cacheWritesOfOpenAiShapedModelsHaveTheirPrice() {
        assertEquals(
                microUsd("400", million("4"), "7", million("20"), "100", million("0.4"), "1500", million("5")),
                charge(
                                expected(),
                                "global.openai.gpt-5.6-sol",
                                Operation.CHAT_COMPLETIONS,
                                "{'model':'m'}",
                                reported(new Usage(400, 7, 100, 1500, 0)))
                        .microUsd());
    }

    @Test
    void whatPassedIsChargedIfTheUsageIsNotFinal() {
        Charge charge = charge(expected(), SONNET, Operation.CONVERSE, "{'a':1}", passed(new Usage(30, 900, 4, 0, 8)));
        assertTrue(charge.estimated());
        assertEquals(new Usage(30, 900, 4, 0, 8), charge.usage());
        assertEquals(
                microUsd("30", million("3.3"), "900", million("16.5"), "4", million("0.33"), "8", million("6.6")),
                charge.microUsd());
    }

    /** Five deltas of a stream that ended by an exception were once charged as 10,000 output tokens. */
    @Test
    void inputThatNobodyReportedIsChargedAsEstimated() {
        String json = "{'messages':[{'content':[{'text':'" + "x".repeat(3200) + "'}]}]}";
        Estimate estimate = estimate(expected(), NOVA, Operation.CONVERSE, json);
        assertEquals(10_000, estimate.outputTokens());
        Charge charge = charge(expected(), NOVA, Operation.CONVERSE, json, passed(new Usage(0, 8, 0, 0, 0)));
        assertEquals(new Usage(estimate.inputTokens(), 8, 0, 0, 0), charge.usage());
        assertTrue(charge.microUsd() < estimate.microUsd() / 10);
    }

    @Test
    void anEmbeddingsInputIsAllThereIsToReport() {
        String model = "amazon.titan-embed-text-v2:0";
        Charge charge =
                charge(bound(), model, Operation.INVOKE, "{'inputText':'a'}", passed(new Usage(1_000_000, 3, 0, 0, 0)));
        assertFalse(charge.estimated());
        assertEquals(new Usage(1_000_000, 0, 0, 0, 0), charge.usage());
        assertEquals(20_000, charge.microUsd());
    }

    @Test
    void boundChargesTheReservationIfTheUsageIsNotFinalAndNeverLessThanWhatPassed() {
        String json = String.format(HALLO, 100);
        Estimate estimate = estimate(bound(), SONNET, Operation.CONVERSE, json);
        Charge little = charge(bound(), SONNET, Operation.CONVERSE, json, passed(new Usage(10, 8, 0, 0, 0)));
        assertEquals(estimate.microUsd(), little.microUsd());
        assertEquals(new Usage(estimate.inputTokens(), 100, 0, 0, 0), little.usage());
        Charge more = charge(bound(), SONNET, Operation.CONVERSE, json, passed(new Usage(10, 5000, 0, 0, 0)));
        assertEquals(5000, more.usage().output());
        assertTrue(more.microUsd() >= microUsd("5000", million("16.5")));
    }

    @ParameterizedTest
    @CsvSource({
        "us.anthropic.claude-3-5-haiku-20241022-v1:0,1,5",
        "us.amazon.nova-pro-v1:0,1,4",
        "us.meta.llama3-1-70b-instruct-v1:0,0.9,0.9",
        "us.meta.llama3-1-405b-instruct-v1:0,3,3"
    })
    void latencyOptimisedInferenceHasItsLines(String model, String input, String output) {
        String json = "{'performanceConfig':{'latency':'optimized'}}";
        assertTrue(estimate(expected(), model, Operation.CONVERSE, json).priced());
        assertEquals(
                microUsd("1001", million(input), "1001", million(output)),
                charge(expected(), model, Operation.CONVERSE, json, reported(new Usage(1001, 1001, 0, 0, 0)))
                        .microUsd());
    }

    @Test
    void aCallThatFellBackToStandardLatencyCostsTheStandardPrice() {
        Usage usage = new Usage(1001, 1001, 0, 0, 0);
        Metered standard = new Metered(Optional.of(usage), usage, Optional.empty(), Optional.of(false), List.of());
        assertEquals(
                microUsd("1001", million("0.8"), "1001", million("3.2")),
                charge(
                                expected(),
                                "us.amazon.nova-pro-v1:0",
                                Operation.CONVERSE,
                                "{'performanceConfig':{'latency':'optimized'}}",
                                standard)
                        .microUsd());
    }

    @Test
    void latencyOptimisedInferenceWithoutALineIsNotPriced() {
        Map<String, String> header = Map.of("X-Amzn-Bedrock-PerformanceConfig-Latency", "optimized");
        RequestFacts facts = facts(Operation.INVOKE, "{}", header);
        assertFalse(expected().estimate(target(SONNET), Operation.INVOKE, facts).priced());
        assertTrue(expected()
                .estimate(target(SONNET), Operation.INVOKE, facts(Operation.INVOKE, "{}"))
                .priced());
    }

    @ParameterizedTest
    @ValueSource(strings = {"newcomer.model-1", "arn:aws:bedrock:us-east-1:1:imported-model/x"})
    void anUnknownModelIsNotPriced(String model) {
        assertFalse(estimate(expected(), model, Operation.CONVERSE, "{}").priced());
    }

    /** A top-level max_tokens once made a Converse call of 0.99 USD pass a cap of 0.10. */
    @Test
    void aMaximumThatConverseDoesNotKnowIsNone() {
        assertEquals(
                10_000,
                estimate(expected(), NOVA, Operation.CONVERSE, "{'max_tokens':1}")
                        .outputTokens());
    }

    @Test
    void everyChoiceIsReserved() {
        assertEquals(
                300,
                estimate(expected(), "openai.gpt-oss-20b-1:0", Operation.CHAT_COMPLETIONS, "{'max_tokens':100,'n':3}")
                        .outputTokens());
    }

    @Test
    void theExpectedEstimateLearnsFromSettledCalls() {
        Estimator estimator = expected();
        RequestFacts facts =
                facts(Operation.CONVERSE, "{'messages':[{'content':[{'text':'" + "x".repeat(3300) + "'}]}]}");
        long first = estimator.estimate(target(NOVA), Operation.CONVERSE, facts).inputTokens();
        assertEquals(Math.ceil(facts.input().textBytes() / 3.3), first, 1);
        for (int i = 0; i < 100; i++) {
            estimator.learn(target(NOVA), facts, new Usage(500, 1, 0, 0, 0));
        }
        assertEquals(
                500, estimator.estimate(target(NOVA), Operation.CONVERSE, facts).inputTokens(), 10);
        assertEquals(
                first,
                estimator
                        .estimate(target("us.amazon.nova-pro-v1:0"), Operation.CONVERSE, facts)
                        .inputTokens());
    }

    @Test
    void nothingIsLearntFromTextOnTheServer() {
        Estimator estimator = expected();
        RequestFacts facts = facts(Operation.RESPONSES, "{'model':'m','previous_response_id':'r','input':'hello you'}");
        long first =
                estimator.estimate(target(NOVA), Operation.RESPONSES, facts).inputTokens();
        estimator.learn(target(NOVA), facts, new Usage(100_000, 1, 0, 0, 0));
        assertEquals(
                first,
                estimator.estimate(target(NOVA), Operation.RESPONSES, facts).inputTokens());
    }
}
