package dev.tollgate.report;

import dev.tollgate.bedrock.ServiceTier;
import java.util.Arrays;
import java.util.List;

/**
 * Reads one line: a model invocation log record of Bedrock (all operations and stream shapes), or a usage record of
 * Tollgate. The fields decide the kind, not the file.
 */
final class RecordReader {

    private static final long MAX_TOKENS = 1L << 40;

    private final JsonCursor in = new JsonCursor();
    private final Dimensions dimensions;
    private final boolean whole;
    private final int[] ranks;
    private final BodyFields body = new BodyFields();
    private final int operation;
    private final int region;
    private final int account;
    private long cacheWrite5m;
    private boolean counts;
    private boolean schema;

    RecordReader(Dimensions dimensions) {
        this(dimensions, false);
    }

    /** @param whole keep request id and all metadata too */
    RecordReader(Dimensions dimensions, boolean whole) {
        this.whole = whole;
        this.dimensions = dimensions;
        this.ranks = new int[dimensions.size()];
        this.operation = dimensions.index("operation");
        this.region = dimensions.index("region");
        this.account = dimensions.index("account");
    }

    /**
     * Fills the record.
     *
     * @param end behind the last byte of the line, or of the lines that follow
     */
    void read(byte[] bytes, int offset, int end, CallRecord call) throws UnreadableException {
        call.clear();
        body.clear();
        Arrays.fill(ranks, Integer.MAX_VALUE);
        cacheWrite5m = 0;
        counts = false;
        schema = false;
        in.reset(bytes, offset, end);
        in.expect('{');
        for (String name; (name = in.name()) != null; ) {
            field(name, call);
        }
        if (in.peek() != 0) {
            throw new UnreadableException("expected one JSON object in each line, found more behind it");
        }
        finish(call);
    }

    /** Behind the record and the spaces that follow it. */
    int position() {
        return in.position();
    }

    private void finish(CallRecord call) throws UnreadableException {
        if (!call.usage && !schema) {
            throw new UnreadableException("expected a model invocation log record or a usage record, found neither");
        }
        call.log = !call.usage;
        if (call.millis == 0) {
            throw new UnreadableException("expected a timestamp, found none");
        }
        if (call.modelId.isEmpty()) {
            throw new UnreadableException("expected a modelId, found none");
        }
        if (call.usage) {
            call.cacheWrite = cacheWrite5m + call.cacheWrite1h;
        } else {
            body.complete(call, counts);
        }
    }

    private void field(String name, CallRecord call) throws UnreadableException {
        switch (name) {
            case "requestId" -> requestId(call);
            case "timestamp" -> call.millis = in.millis();
            case "modelId" -> call.modelId = in.text();
            case "operation" -> {
                if (wanted(operation)) {
                    call.values[operation] = Operations.label(in.text());
                }
            }
            case "region" -> value(region, call);
            case "accountId" -> value(account, call);
            case "schemaType" -> schema |= in.text().equals("ModelInvocationLog");
            case "errorCode" -> call.failed |= !in.text().isEmpty();
            case "input", "output" -> counts(call);
            case "requestMetadata", "metadata", "dimensions" -> metadata(call);
            default -> usageField(name, call);
        }
    }

    private void requestId(CallRecord call) throws UnreadableException {
        if (whole) {
            call.requestId = in.text();
            call.id = Texts.hash(call.requestId);
        } else {
            call.id = in.hash();
        }
    }

    /** Fields of a usage record; any other string field of it is taken as metadata. */
    private void usageField(String name, CallRecord call) throws UnreadableException {
        if (in.atInteger()) {
            usageNumber(name, call);
            return;
        }
        if (!in.atText()) {
            in.skip();
            return;
        }
        switch (name) {
            case "tollgateId" -> {
                call.usage = true;
                in.skip();
            }
            case "decision" -> {
                String decision = in.text();
                call.denied = decision.equals("denied");
                call.failed |= decision.equals("refused");
            }
            case "limit" -> call.limit = in.text();
            case "priceVersion" -> call.priceVersion = in.text();
            case "end" -> call.failed |= Operations.failed(in.text());
            case "tier", "serviceTier" -> call.tier = ServiceTier.of(in.text());
            default -> metadata(name, call);
        }
    }

    private void usageNumber(String name, CallRecord call) throws UnreadableException {
        switch (name) {
            case "inputTokens" -> call.input = tokens();
            case "outputTokens" -> call.output = tokens();
            case "cacheReadTokens" -> call.cacheRead = tokens();
            case "cacheWrite5mTokens" -> cacheWrite5m = tokens();
            case "cacheWrite1hTokens" -> call.cacheWrite1h = tokens();
            case "microUsd" -> {
                call.usage = true;
                call.statedMicroUsd = tokens();
            }
            case "latencyMs" -> call.latencyMillis = tokens();
            case "status" -> call.failed |= in.integer() >= 400;
            default -> in.skip();
        }
    }

    /** {@code input} or {@code output} of a log record: counts, and a body of which the little that counts is read. */
    private void counts(CallRecord call) throws UnreadableException {
        if (!in.object()) {
            return;
        }
        schema = true;
        long width = 0;
        long height = 0;
        for (String name; (name = in.name()) != null; ) {
            switch (name) {
                case "inputTokenCount" -> {
                    counts |= in.atInteger();
                    call.input = count();
                }
                case "outputTokenCount" -> call.output = count();
                case "cacheReadInputTokenCount" -> call.cacheRead = count();
                case "cacheWriteInputTokenCount" -> call.cacheWrite = count();
                case "outputImageCount" -> call.images = count();
                case "outputImageWidth", "outputVideoWidth" -> width = count();
                case "outputImageHeight", "outputVideoHeight" -> height = count();
                case "outputVideoDurationSeconds" -> call.seconds = seconds(in.text());
                case "inputBodyJson" -> body.request(in);
                case "outputBodyJson" -> body.response(in);
                default -> in.skip();
            }
        }
        call.pixels = Math.max(call.pixels, width * height);
    }

    private static long seconds(String text) throws UnreadableException {
        try {
            return (long) Math.ceil(Math.max(0, Math.min(1 << 20, Double.parseDouble(text))));
        } catch (NumberFormatException e) {
            throw new UnreadableException("expected seconds of video as a number, found another value");
        }
    }

    private void metadata(CallRecord call) throws UnreadableException {
        if (in.object()) {
            for (String name; (name = in.name()) != null; ) {
                metadata(name, call);
            }
        }
    }

    private void metadata(String name, CallRecord call) throws UnreadableException {
        List<Dimensions.Place> places = dimensions.places(name);
        if (places.isEmpty() && !whole) {
            in.skip();
            return;
        }
        String text = in.text();
        if (whole) {
            call.metadata.put(name, text);
        }
        for (int i = 0; i < places.size(); i++) {
            Dimensions.Place place = places.get(i);
            if (place.rank() < ranks[place.index()] && !text.isEmpty()) {
                ranks[place.index()] = place.rank();
                call.values[place.index()] = text;
            }
        }
    }

    private void value(int index, CallRecord call) throws UnreadableException {
        if (wanted(index)) {
            call.values[index] = in.text();
        }
    }

    /** True if a key needs it; else it is skipped. */
    private boolean wanted(int index) throws UnreadableException {
        if (index < 0) {
            in.skip();
        }
        return index >= 0;
    }

    private long count() throws UnreadableException {
        if (in.peek() == 'n') {
            in.skip();
            return 0;
        }
        return tokens();
    }

    private long tokens() throws UnreadableException {
        long value = in.integer();
        if (value < 0 || value > MAX_TOKENS) {
            throw new UnreadableException("expected counts from 0 to 2^40, found one beyond");
        }
        return value;
    }
}
