package dev.tollgate.pricing;

import static dev.tollgate.pricing.Calls.NOVA;
import static dev.tollgate.pricing.Calls.SONNET;
import static dev.tollgate.pricing.Calls.bound;
import static dev.tollgate.pricing.Calls.estimate;
import static dev.tollgate.pricing.Calls.facts;
import static dev.tollgate.pricing.Calls.reported;
import static dev.tollgate.pricing.Calls.target;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.RequestFacts;
import dev.tollgate.bedrock.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bound is never below what a call uses. */
class BoundTest {

    private static final String[] MODELS = {
        "us.amazon.nova-lite-v1:0",
        "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "meta.llama3-8b-instruct-v1:0",
        "anthropic.claude-opus-4-1-20250805-v1:0",
        "global.openai.gpt-5.6-sol",
        "unheard.of"
    };
    private static final String[] LETTERS = {"a", "é", "漢", "😀", "\\n", "\\u00e9"};

    /** A token can be a run of 128 spaces, and each of five policies may examine all of it. */
    @Test
    void aGuardrailThatExaminesTheLongestTokensCostsNoMoreThanTheBound() {
        String json = "{'guardrailConfig':{'guardrailIdentifier':'g','guardrailVersion':'1'},"
                + "'inferenceConfig':{'maxTokens':100}}";
        RequestFacts facts = facts(Operation.CONVERSE, json);
        ModelTarget target = target(NOVA);
        Estimate estimate = bound().estimate(target, Operation.CONVERSE, facts);
        Usage usage = new Usage(estimate.inputTokens(), 100, 0, 0, 0);
        long units = Purchase.textUnits(json.length()) + Purchase.textUnits(100 * 128);
        Metered traced = new Metered(
                Optional.of(usage), usage, Optional.empty(), Optional.empty(), Purchase.guardrail(units, 0));
        Charge charge = bound().charge(target, facts, estimate, traced);
        assertTrue(charge.microUsd() <= estimate.microUsd(), charge.microUsd() + " > " + estimate.microUsd());
        assertTrue(charge.microUsd() > 14 * 670, "the guardrail's part is in it");
    }

    /** The worst that a byte-level tokenizer can make of a body's text, with what templates add. */
    @Test
    void noSeedFindsACallThatCostsMoreThanItsBound() {
        Estimator estimator = bound();
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(400); i > 0; i--) {
                text.append(LETTERS[random.nextInt(LETTERS.length)]);
            }
            int images = random.nextInt(3);
            int tools = random.nextInt(4);
            int most = 1 + random.nextInt(4000);
            RequestFacts facts = facts(Operation.CONVERSE, body(text.toString(), images, tools, most, random));
            ModelTarget target = target(MODELS[random.nextInt(MODELS.length)]);
            Estimate estimate = estimator.estimate(target, Operation.CONVERSE, facts);
            long tokens = text.toString().getBytes(StandardCharsets.UTF_8).length
                    + images * 4800L
                    + (tools > 0 ? 2084 + tools * 700L : 0)
                    + 20;
            Usage usage = usage(facts, Math.min(tokens, estimate.quote().price().contextTokens()), most);
            assertTrue(usage.allInput() <= estimate.inputTokens(), "seed " + seed);
            Charge charge = estimator.charge(target, facts, estimate, reported(usage));
            assertTrue(charge.microUsd() <= estimate.microUsd(), "seed " + seed);
        }
    }

    private static String body(String text, int images, int tools, int most, Random random) {
        return "{'messages':[{'content':[{'text':'" + text + "'}"
                + ",{'image':{'source':{'bytes':'AAAA'}}}".repeat(images) + "]}]"
                + (tools == 0 ? "" : ",'toolConfig':{'tools':[{}" + ",{}".repeat(tools - 1) + "]}")
                + (random.nextBoolean() ? ",'system':[{'cachePoint':{'type':'default'}}]" : "")
                + ",'inferenceConfig':{'maxTokens':" + most + "}}";
    }

    private static Usage usage(RequestFacts facts, long tokens, int output) {
        long cached = facts.options().cacheWrites() ? tokens / 2 : 0;
        return new Usage(tokens - cached, output, 0, cached / 2, cached - cached / 2);
    }

    /** Computer use alone adds 2,084 tokens that no body holds. */
    @Test
    void toolsAddWhatTheyMayHide() {
        String none = "{'toolConfig':{'tools':[     ]}}";
        String two = "{'toolConfig':{'tools':[{},{}]}}";
        assertEquals(
                estimate(bound(), SONNET, Operation.CONVERSE, none).inputTokens() + 4096 + 2 * 1000,
                estimate(bound(), SONNET, Operation.CONVERSE, two).inputTokens());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "us.amazon.nova-lite-v1:0|CONVERSE|{'messages':[{'content':[{'document':{'source':{'bytes':'AAAA'}}}]}]}|300000",
                "us.amazon.nova-lite-v1:0|CONVERSE|{'toolConfig':{'tools':[{'systemTool':{'name':'nova_grounding'}}]}}|300000",
                "openai.gpt-5.4|RESPONSES|{'model':'m','previous_response_id':'r'}|922000",
                "amazon.nova-sonic-v1:0|CONVERSE|{'messages':[{'content':[{'video':{}}]}]}|10000000",
                "arn:aws:bedrock:us-east-1:111122223333:prompt/ABCDEFGHIJ:1|CONVERSE|{}|10000000",
                "arn:aws:bedrock:us-east-1:111122223333:default-prompt-router/x:1|CONVERSE|{}|10000000"
            })
    void whatTheBodyDoesNotHoldReservesTheWholeContext(String model, Operation operation, String json, long tokens) {
        assertEquals(tokens, estimate(bound(), model, operation, json).inputTokens());
    }

    @Test
    void anUnknownFamilyMayIgnoreTheMaximumThatIsGiven() {
        String imported = "arn:aws:bedrock:us-east-1:111122223333:imported-model/abc";
        assertEquals(
                128_000,
                estimate(bound(), imported, Operation.INVOKE, "{'max_gen_len':1}")
                        .outputTokens());
        assertEquals(
                1,
                estimate(Calls.expected(), imported, Operation.INVOKE, "{'max_gen_len':1}")
                        .outputTokens());
    }

    /** 300 kB of a tool's input dressed as an image were once bound by 5,000 tokens. */
    @Test
    void textDressedAsAnImageIsBoundByItsBytes() {
        String json = "{'messages':[{'content':[{'toolUse':{'input':{'image':{'source':{'bytes':'" + "x".repeat(200_000)
                + "'}}}}}]}]}";
        assertTrue(estimate(bound(), NOVA, Operation.CONVERSE, json).inputTokens() > 200_000);
    }
}
