package dev.tollgate.metering;

import dev.tollgate.bedrock.Metered;
import java.util.Optional;
import java.util.Set;

/**
 * Reads one JSON document after another: a body, an event of a stream, or an element of an array of them. Counts are taken
 * only from where the APIs put them ({@code usage} at the top or inside {@code message}, {@code response} or
 * {@code metadata}, and a few names at the top), so that what a model writes is never mistaken for its usage.
 */
final class Document implements JsonScanner.Sink {

    private static final int DEPTH = 12;
    private static final Set<String> NOT_CONTENT = Set.of(
            "type",
            "id",
            "item_id",
            "call_id",
            "tool_call_id",
            "toolUseId",
            "generation_id",
            "model",
            "object",
            "role",
            "p",
            "obfuscation",
            "signature",
            "bytes",
            "finish_reason",
            "stop_reason",
            "stopReason",
            "completionReason",
            "stop_sequence",
            "system_fingerprint",
            "service_tier",
            "status",
            "event",
            "event_type");
    private static final Set<String> NOT_CONTENT_TREES = Set.of(
            "usage",
            "metrics",
            "trace",
            "metadata",
            "serviceTier",
            "performanceConfig",
            "amazon-bedrock-invocationMetrics",
            "amazon-bedrock-trace",
            "amazon-bedrock-guardrailAction");

    private final Tally tally;
    private final JsonScanner scanner = new JsonScanner(this);
    private final String[] path = new String[DEPTH];
    private final Findings found = new Findings();
    private int depth;
    private boolean list;
    private boolean error;
    private String name = "";

    Document(Tally tally) {
        this.tally = tally;
    }

    void accept(byte[] bytes, int from, int to) {
        scanner.accept(bytes, from, to);
    }

    /** Forgets an unfinished document but for the content that it held. */
    void restart() {
        if (depth > 0) {
            tally.addContent(unfinishedContent());
        }
        scanner.reset();
        found.restart();
        depth = 0;
        list = false;
        name = "";
    }

    /** True if the bytes so far end inside a document. */
    boolean open() {
        return depth > 0;
    }

    /** True if a document named a type of error where AWS puts it: at the top, or inside {@code Output}. */
    boolean error() {
        return error;
    }

    /** All that is known so far, with what an unfinished document reports. */
    Metered metered() {
        return depth > 0 ? tally.metered(Optional.of(found), unfinishedContent()) : tally.metered(Optional.empty(), 0);
    }

    private long unfinishedContent() {
        return found.content(scanner.inString() && content() ? scanner.tokens() : 0);
    }

    @Override
    public void open(boolean array) {
        if (depth == 0 && array && !list) {
            list = true;
            return;
        }
        if (depth == 0) {
            found.restart();
        }
        if (depth < DEPTH) {
            path[depth] = name;
        }
        depth++;
        if (at("usage", 1) && array) {
            opened();
        }
    }

    private void opened() {
        if (name.equals("iterations")) {
            found.iterations().restart();
        } else if (name.equals("cacheDetails")) {
            found.counts().restartCacheDetails();
        }
    }

    @Override
    public void close() {
        if (depth == 0) {
            list = false;
            tally.endOfList();
            return;
        }
        if (inDetail()) {
            found.endDetail();
        } else if (inIteration()) {
            found.iterations().next();
        }
        depth--;
        name = depth < DEPTH && depth > 0 ? path[depth] : "";
        if (depth == 0) {
            tally.add(found);
            found.restart();
        }
    }

    @Override
    public void name(String member) {
        name = member;
    }

    @Override
    public void number(long value) {
        if (depth == 0 || depth >= DEPTH) {
            return;
        }
        if (depth == 1) {
            found.top(name, value);
        } else if (at("usage", 0)) {
            found.usage(name, value, path[1].equals("message"));
        } else if (depth == 2 && path[1].equals("amazon-bedrock-invocationMetrics")) {
            found.metrics().invocationMetrics(name, value);
        } else if (value == JsonScanner.NO_COUNT) {
            return;
        } else if (depth == 3 && path[1].equals("results") && name.equals("tokenCount")) {
            found.counts().addOutput(value);
        } else if (path[1].equals("trace")) {
            found.guardrail().add(name, value);
        } else {
            insideUsage(value);
        }
    }

    private void insideUsage(long value) {
        if (inDetail()) {
            found.detail(name, value);
        } else if (inIteration()) {
            found.iterations().current().usage(name, value);
        } else if (at("usage", 1)) {
            switch (path[depth - 1]) {
                case "cache_creation" -> found.counts().cacheCreation(name, value);
                case "prompt_tokens_details", "input_tokens_details" ->
                    found.counts().inputDetails(name, value);
                default -> {}
            }
        } else if (at("usage", 3) && path[depth - 1].equals("cache_creation") && path[depth - 3].equals("iterations")) {
            found.iterations().current().cacheCreation(name, value);
        }
    }

    /** True if the container so many levels above the current one is a usage object in one of its places. */
    private boolean at(String usage, int above) {
        int container = depth - 1 - above;
        if (container < 1 || depth > DEPTH || !path[container].equals(usage)) {
            return false;
        }
        return container == 1
                || container == 2
                        && (path[1].equals("message") || path[1].equals("response") || path[1].equals("metadata"));
    }

    private boolean inDetail() {
        return at("usage", 2) && path[depth - 2].equals("cacheDetails");
    }

    private boolean inIteration() {
        return at("usage", 2) && path[depth - 2].equals("iterations");
    }

    @Override
    public void string() {
        if (name.equals("__type") && (depth == 1 || depth == 2 && path[1].equals("Output"))) {
            error = true;
        } else if (content()) {
            found.addContent(scanner.tokens());
        } else if (name.equals("type")) {
            type();
        } else if (name.equals("ttl") && inDetail()) {
            found.detailTtl(scanner.word());
        } else if (name.equals("service_tier") && (depth == 1 || depth == 2 && path[1].equals("response"))) {
            found.tier(scanner.word());
        } else if (name.equals("latency") && inTop("performanceConfig")) {
            found.latency(scanner.word());
        } else if (name.equals("event_type") && depth == 1) {
            found.type(scanner.word());
        }
    }

    private void type() {
        if (depth == 1) {
            found.type(scanner.word());
        } else if (inTop("serviceTier")) {
            found.tier(scanner.word());
        }
    }

    /** Directly inside an object at the top, or inside the metadata event's. */
    private boolean inTop(String object) {
        return depth == 2 && path[1].equals(object)
                || depth == 3 && path[1].equals("metadata") && path[2].equals(object);
    }

    private boolean content() {
        return depth > 0 && !NOT_CONTENT.contains(name) && (depth == 1 || !NOT_CONTENT_TREES.contains(path[1]));
    }
}
