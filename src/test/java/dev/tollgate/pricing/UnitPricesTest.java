package dev.tollgate.pricing;

import static dev.tollgate.pricing.Calls.NOVA;
import static dev.tollgate.pricing.Calls.SONNET;
import static dev.tollgate.pricing.Calls.charge;
import static dev.tollgate.pricing.Calls.estimate;
import static dev.tollgate.pricing.Calls.expected;
import static dev.tollgate.pricing.Calls.microUsd;
import static dev.tollgate.pricing.Calls.million;
import static dev.tollgate.pricing.Calls.reported;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.Unit;
import dev.tollgate.bedrock.Usage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Bedrock sells beside tokens. */
class UnitPricesTest {

    @ParameterizedTest
    @CsvSource({"cohere.rerank-v3-5:0,0.002,3,1", "cohere.rerank-v3-5:0,0.002,250,3", "amazon.rerank-v1:0,0.001,100,1"})
    void aRerankIsChargedByTheQuery(String model, String dollars, int documents, String queries) {
        String json = "{'query':'q','documents':['d'" + ",'d'".repeat(documents - 1) + "]}";
        assertCostsBothWays(microUsd(queries, dollars), model, json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "amazon.nova-canvas-v1:0|{}|1|0.04",
                "amazon.nova-canvas-v1:0|{'imageGenerationConfig':{'numberOfImages':3,'quality':'premium'}}|3|0.06",
                "amazon.nova-canvas-v1:0|{'imageGenerationConfig':{'width':2048,'height':2048}}|1|0.06",
                "amazon.nova-canvas-v1:0|{'imageGenerationConfig':{'width':2048,'height':2048,'quality':'premium'}}|1|0.08",
                "amazon.titan-image-generator-v2:0|{'imageGenerationConfig':{'numberOfImages':5}}|5|0.01",
                "amazon.titan-image-generator-v2:0|{'imageGenerationConfig':{'numberOfImages':5,'width':512,'height':512}}|5|0.008",
                "amazon.titan-image-generator-v1|{'imageGenerationConfig':{'quality':'premium'}}|1|0.012",
                "stability.sd3-5-large-v1:0|{'prompt':'a cat'}|1|0.08",
                "stability.stable-diffusion-xl-v1|{'text_prompts':[{'text':'a cat'}]}|1|0.04",
                "stability.stable-diffusion-xl-v1|{'text_prompts':[],'steps':50}|1|0.04",
                "stability.stable-diffusion-xl-v1|{'text_prompts':[],'steps':51}|1|0.08",
                "stability.stable-diffusion-xl-v1|{'steps':150,'width':1024}|1|0.08",
                "us.stability.stable-creative-upscale-v1:0|{'prompt':'a cat'}|1|0.6"
            })
    void imagesAreChargedByNumberSizeAndQuality(String model, String json, String count, String dollars) {
        assertCostsBothWays(microUsd(count, dollars), model, json);
    }

    private static void assertCostsBothWays(long microUsd, String model, String json) {
        Estimate estimate = estimate(expected(), model, Operation.INVOKE, json);
        assertEquals(microUsd, estimate.microUsd());
        assertTrue(estimate.priced());
        assertEquals(0, estimate.inputTokens() + estimate.outputTokens());
        Charge charge = charge(expected(), model, Operation.INVOKE, json, Metered.NOTHING);
        assertEquals(microUsd, charge.microUsd());
        assertFalse(charge.estimated());
        assertEquals(Usage.NONE, charge.usage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "amazon.nova-reel-v1:0|{'videoGenerationConfig':{'durationSeconds':12}}|12|0.08",
                "luma.ray-v2:0|{'duration':'9s','resolution':'540p'}|9|0.75",
                "luma.ray-v2:0|{'duration':'5s','resolution':'720p'}|5|1.5"
            })
    void videosAreChargedByTheSecond(String model, String input, String seconds, String dollars) {
        String json = "{'modelId':'" + model + "','modelInput':" + input + "}";
        Estimate estimate = estimate(expected(), model, Operation.ASYNC_INVOKE_START, json);
        assertEquals(microUsd(seconds, dollars), estimate.microUsd());
        assertTrue(estimate.priced() && estimate.costs());
        Charge charge = charge(expected(), model, Operation.ASYNC_INVOKE_START, json, Metered.NOTHING);
        assertEquals(microUsd(seconds, dollars), charge.microUsd());
        assertFalse(charge.estimated());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ASYNC_INVOKE_START|twelvelabs.marengo-embed-3-0-v1:0|{'modelId':'m','modelInput':{}}",
                "ASYNC_INVOKE_START|us.amazon.nova-lite-v1:0|{'modelId':'m','modelInput':{}}",
                "GUARDRAIL_CHECKS|guardrail-checks|{}",
                "INVOKE|twelvelabs.pegasus-1-2-v1:0|{'mediaSource':{}}"
            })
    void whatHasNoLineIsNotPricedAndStoppedByAUsedUpBudget(Operation operation, String model, String json) {
        Estimate estimate = estimate(expected(), model, operation, json);
        assertFalse(estimate.priced());
        assertTrue(estimate.costs());
        assertTrue(estimate.microUsd() >= 1);
    }

    @ParameterizedTest
    @CsvSource({"COUNT_TOKENS", "ASYNC_INVOKE_GET", "ASYNC_INVOKE_LIST"})
    void whatIsFreeCostsNothing(Operation operation) {
        Estimate estimate = estimate(expected(), NOVA, operation, "{}");
        assertFalse(estimate.costs());
        assertTrue(estimate.priced());
        assertEquals(Charge.NOTHING, charge(expected(), NOVA, operation, "{}", Metered.NOTHING));
    }

    @Test
    void aGuardrailReservesEveryPolicyAndIsChargedByWhatItReports() {
        String json = "{'source':'INPUT','content':[{'text':{'text':'" + "x".repeat(1500) + "'}}]}";
        Estimate estimate = estimate(expected(), "apply-guardrail", Operation.APPLY_GUARDRAIL, json);
        assertTrue(estimate.priced());
        assertEquals(
                microUsd("2", "0.00015", "2", "0.00015", "2", "0.0001", "2", "0.0001", "2", "0.00017"),
                estimate.microUsd());
        List<Purchase> units = List.of(Purchase.of(Unit.CONTENT_TEXT, 2), Purchase.of(Unit.SENSITIVE_TEXT, 1));
        Metered report = new Metered(Optional.of(Usage.NONE), Usage.NONE, Optional.empty(), Optional.empty(), units);
        Charge charge = charge(expected(), "apply-guardrail", Operation.APPLY_GUARDRAIL, json, report);
        assertEquals(microUsd("2", "0.00015", "1", "0.0001"), charge.microUsd());
        assertFalse(charge.estimated());
    }

    @Test
    void noModelIsPricedAsAGuardrail() {
        Estimate estimate = estimate(expected(), "guardrail", Operation.CONVERSE, "{}");
        assertFalse(estimate.quote().known());
        assertTrue(estimate.microUsd() > 1_000_000);
    }

    @Test
    void embeddedImagesAreChargedBesideTheirTokens() {
        String json = "{'inputText':'a cat','inputImage':'AAAA'}";
        Charge charge = charge(
                expected(), "amazon.titan-embed-image-v1", Operation.INVOKE, json, reported(new Usage(5, 0, 0, 0, 0)));
        assertEquals(microUsd("5", million("0.8"), "1", "0.00006"), charge.microUsd());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cohere.embed-english-v3|{'input_type':'image','images':['data:image/png;base64,AAAA']}|0.1|1|0.0001",
                "cohere.embed-multilingual-v3|{'images':['AAAA','AAAA']}|0.1|2|0.0001",
                "us.cohere.embed-v4:0|{'images':['AAAA','AAAA','AAAA']}|0.12|3|0.0015",
                "cohere.embed-v4:0|{'inputs':[{'content':[{'type':'text','text':'a'},"
                        + "{'type':'image_url','image_url':{'url':'data:image/png;base64,AAAA'}}]}]}|0.12|1|0.0015"
            })
    void imagesEmbeddedByCohereAreChargedBesideTheirTokens(
            String model, String json, String tokenDollars, String images, String dollars) {
        assertTrue(estimate(expected(), model, Operation.INVOKE, json).priced());
        Charge charge = charge(expected(), model, Operation.INVOKE, json, reported(new Usage(7, 0, 0, 0, 0)));
        assertEquals(microUsd("7", million(tokenDollars), images, dollars), charge.microUsd());
    }

    @Test
    void anImageThatATextModelReadsIsNoUnit() {
        String json =
                "{'messages':[{'role':'user','content':[{'type':'image','source':{'type':'base64','data':'AAAA'}}]}]}";
        Charge charge = charge(expected(), SONNET, Operation.INVOKE, json, reported(new Usage(100, 10, 0, 0, 0)));
        assertEquals(microUsd("100", million("3.3"), "10", million("16.5")), charge.microUsd());
    }

    @Test
    void anEmbeddingReservesNoOutput() {
        assertEquals(
                0,
                estimate(expected(), "cohere.embed-english-v3", Operation.INVOKE, "{'texts':['x'],'max_tokens':9}")
                        .outputTokens());
    }

    /** Members of other families' schemas buy nothing. */
    @Test
    void aTextModelBuysNoUnits() {
        String json = "{'max_tokens':10,'query':'q','documents':['d'],'imageGenerationConfig':{'numberOfImages':5}}";
        Charge charge = charge(expected(), SONNET, Operation.INVOKE, json, reported(new Usage(100, 10, 0, 0, 0)));
        assertEquals(microUsd("100", million("3.3"), "10", million("16.5")), charge.microUsd());
    }

    @Test
    void aGuardrailsTraceIsChargedBesideTheTokens() {
        Usage usage = new Usage(101, 10, 0, 0, 0);
        Metered report = new Metered(
                Optional.of(usage),
                usage,
                Optional.empty(),
                Optional.empty(),
                List.of(Purchase.of(Unit.TOPIC_TEXT, 3)));
        assertEquals(
                microUsd("101", million("0.06"), "10", million("0.24"), "3", "0.00015"),
                charge(expected(), NOVA, Operation.CONVERSE, "{}", report).microUsd());
    }

    /** 1,001 bytes in and 250 tokens out are 2 and 1 text units, for five policies of 0.00067 USD in all. */
    @Test
    void aGuardedCallIsChargedForEveryPolicyUnlessItsTraceReports() {
        String json = "{'guardrailConfig':{'guardrailIdentifier':'g','guardrailVersion':'1'},'a':'";
        json += "x".repeat(1001 - json.length() - 2) + "'}";
        Usage usage = new Usage(100, 250, 0, 0, 0);
        Charge charge = charge(expected(), NOVA, Operation.CONVERSE, json, reported(usage));
        assertEquals(microUsd("100", million("0.06"), "250", million("0.24"), "3", "0.00067"), charge.microUsd());
        assertTrue(charge.estimated());
        assertTrue(estimate(expected(), NOVA, Operation.CONVERSE, json).microUsd() >= charge.microUsd());
        Metered traced = new Metered(
                Optional.of(usage),
                usage,
                Optional.empty(),
                Optional.empty(),
                List.of(Purchase.of(Unit.CONTENT_TEXT, 2)));
        Charge exact = charge(expected(), NOVA, Operation.CONVERSE, json, traced);
        assertEquals(microUsd("100", million("0.06"), "250", million("0.24"), "2", "0.00015"), exact.microUsd());
        assertFalse(exact.estimated());
    }
}
