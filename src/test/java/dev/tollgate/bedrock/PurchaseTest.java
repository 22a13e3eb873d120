package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PurchaseTest {

    private static List<Purchase> asked(Operation operation, String json) {
        byte[] body = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return RequestReader.read(operation, body, name -> null).purchases();
    }

    private static Purchase first(Operation operation, String json) {
        return asked(operation, json).get(0);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "100,1", "101,2", "1000,10"})
    void aRerankQueryTakesAHundredDocuments(int documents, long queries) {
        String json = "{'query':'q','documents':['d'" + ",'d'".repeat(documents - 1) + "]}";
        assertEquals(List.of(Purchase.of(Unit.QUERY, queries)), asked(Operation.INVOKE, json));
    }

    @Test
    void aLongDocumentIsRankedInSeveralChunks() {
        String longText = "x".repeat(1690 * 150);
        assertEquals(
                List.of(Purchase.of(Unit.QUERY, 2)),
                asked(Operation.INVOKE, "{'query':'q','documents':['" + longText + "']}"));
    }

    @Test
    void readsNumberSizeAndQualityOfImages() {
        assertEquals(
                new Purchase(Unit.IMAGE, 5, 2048L * 1024, true),
                first(
                        Operation.INVOKE,
                        "{'taskType':'TEXT_IMAGE','imageGenerationConfig':{'numberOfImages':5,'width':2048,'height':1024,'quality':'premium'}}"));
        assertEquals(
                new Purchase(Unit.IMAGE, 1, 1024L * 1024, false),
                first(Operation.INVOKE, "{'imageGenerationConfig':{}}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'modelId':'m','modelInput':{'videoGenerationConfig':{'durationSeconds':12}}}|12|921600",
                "{'modelId':'m','modelInput':{'multiShotManualParams':{'shots':[{},{},{}]}}}|18|921600",
                "{'modelId':'m','modelInput':{}}|6|921600",
                "{'modelId':'m','modelInput':{'duration':'9s','resolution':'540p'}}|9|518400",
                "{'modelId':'m','modelInput':{'duration':'9s','resolution':'720p'}}|9|921600",
                "{'modelId':'m','modelInput':{'duration':'1000000000s'}}|6|921600",
                "{'modelId':'m','modelInput':{'duration':'-9s'}}|6|921600"
            })
    void readsTheLengthOfVideos(String json, long seconds, long pixels) {
        assertEquals(new Purchase(Unit.SECOND, seconds, pixels, false), first(Operation.ASYNC_INVOKE_START, json));
    }

    @Test
    void aGuardrailMayApplyEachPolicyToEachTextUnit() {
        String json = "{'source':'INPUT','content':[{'text':{'text':'" + "x".repeat(1001)
                + "'}},{'text':{'text':'y'}},{'image':{'source':{'bytes':'AA'}}}]}";
        List<Purchase> asked = asked(Operation.APPLY_GUARDRAIL, json);
        assertTrue(asked.contains(Purchase.of(Unit.TOPIC_TEXT, 3)));
        assertTrue(asked.contains(Purchase.of(Unit.GROUNDING_TEXT, 3)));
        assertTrue(asked.contains(Purchase.of(Unit.CONTENT_IMAGE, 1)));
        assertEquals(6, asked.size());
    }

    @Test
    void countsEmbeddedImagesAndKnowsWhatItCannotMeasure() {
        assertEquals(List.of(Purchase.of(Unit.INPUT_IMAGE, 2)), asked(Operation.INVOKE, "{'images':['AAAA','BBBB']}"));
        assertEquals(
                List.of(Purchase.of(Unit.INPUT_IMAGE, 1)),
                asked(Operation.INVOKE, "{'singleEmbeddingParams':{'image':{'source':{'bytes':'AAAA'}}}}"));
        assertFalse(first(Operation.INVOKE, "{'singleEmbeddingParams':{'video':{}}}")
                .measured());
    }
}
