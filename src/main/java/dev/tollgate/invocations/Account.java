package dev.tollgate.invocations;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.proxy.Bill;
import dev.tollgate.proxy.Dialect;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What an answer tells of its call beside the model's output, as members of a JSON object.
 *
 * @param model as the caller named it
 */
record Account(String model, Dialect.Sent sent) {

    /** {@code "model":...,"modelId":...}. */
    String opening() {
        return text("model", model) + ',' + text("modelId", sent.target().sendId());
    }

    /** {@code "costMicroUsd":...,"tags":...,"limits":...}. */
    String closing(Bill bill) {
        Map<String, String> tags = new LinkedHashMap<>(sent.tags());
        tags.remove("tenantId");
        tags.put("timestamp", sent.at().toString());
        tags.put("modelMetric", sent.target().metricId());
        String limits = bill.left().stream()
                .map(left -> '{' + text("name", left.limit()) + ',' + text("unit", left.unit()) + ",\"remaining\":"
                        + left.remaining() + ",\"resetsAt\":"
                        + left.resetsAt().map(at -> quoted(at.toString())).orElse("null") + '}')
                .collect(Collectors.joining(",", "[", "]"));
        return "\"costMicroUsd\":" + bill.microUsd() + ",\"tags\":"
                + tags.entrySet().stream()
                        .map(tag -> text(tag.getKey(), tag.getValue()))
                        .collect(Collectors.joining(",", "{", "}"))
                + ",\"limits\":" + limits;
    }

    /** {@code "usage":{...}} as Converse has it. */
    static String usage(Usage usage) {
        String cache = usage.cacheRead() + usage.cacheWrite() == 0
                ? ""
                : ",\"cacheReadInputTokens\":" + usage.cacheRead() + ",\"cacheWriteInputTokens\":" + usage.cacheWrite();
        return "\"usage\":{\"inputTokens\":" + usage.input() + ",\"outputTokens\":" + usage.output()
                + ",\"totalTokens\":" + (usage.allInput() + usage.output()) + cache + '}';
    }

    static String text(String name, String value) {
        return quoted(name) + ':' + quoted(value);
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
