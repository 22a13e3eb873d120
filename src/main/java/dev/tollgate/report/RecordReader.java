package dev.tollgate.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.tollgate.bedrock.ServiceTier;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Reads one line: a model invocation log record of Bedrock (all operations and stream shapes), or a usage record of
 * Tollgate. The kind is told by the fields, not by the file.
 */
final class RecordReader {

    private static final long MAX_TOKENS = 1L << 40;

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(500)
                    .maxStringLength(64 * 1024 * 1024)
                    .build())
            .build();

    private final Dimensions dimensions;
    private final int[] ranks;
    private final BodyFields body = new BodyFields();
    private final int operation;
    private final int region;
    private final int account;
    private long cacheWrite5m;
    private boolean counts;
    private boolean schema;

    RecordReader(Dimensions dimensions) {
        this.dimensions = dimensions;
        this.ranks = new int[dimensions.size()];
        this.operation = dimensions.index("operation");
        this.region = dimensions.index("region");
        this.account = dimensions.index("account");
    }

    /** Fills the record. */
    void read(byte[] line, int offset, int length, CallRecord call) throws UnreadableException {
        call.clear();
        body.clear();
        Arrays.fill(ranks, Integer.MAX_VALUE);
        cacheWrite5m = 0;
        counts = false;
        schema = false;
        try (JsonParser in = JSON.createParser(line, offset, length)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new UnreadableException("expected a JSON object in each line, found something else");
            }
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                field(in, in.currentName(), call);
            }
            if (in.nextToken() != null) {
                throw new UnreadableException("expected one JSON object in each line, found more behind it");
            }
        } catch (IOException e) {
            // Jackson's own message may hold text of the line.
            throw new UnreadableException("expected a JSON object in each line, found no JSON");
        }
        finish(call);
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

    private void field(JsonParser in, String name, CallRecord call) throws IOException, UnreadableException {
        JsonToken value = in.nextToken();
        switch (name) {
            case "requestId" -> call.id = id(in.getText());
            case "timestamp" -> call.millis = Timestamps.millis(in.getText());
            case "modelId" -> call.modelId = text(in, value);
            case "operation" -> set(call, operation, Operations.label(text(in, value)));
            case "region" -> set(call, region, text(in, value));
            case "accountId" -> set(call, account, text(in, value));
            case "schemaType" -> schema |= text(in, value).equals("ModelInvocationLog");
            case "errorCode" ->
                call.failed |= value != JsonToken.VALUE_NULL && !in.getText().isEmpty();
            case "input" -> counts(in, value, call);
            case "output" -> counts(in, value, call);
            case "requestMetadata", "metadata", "dimensions" -> metadata(in, value, call);
            default -> {
                if (!usageField(in, value, name, call)) {
                    in.skipChildren();
                }
            }
        }
    }

    /** Fields of a usage record; any other string field of it is taken as metadata. */
    private boolean usageField(JsonParser in, JsonToken value, String name, CallRecord call)
            throws IOException, UnreadableException {
        if (value == JsonToken.VALUE_NUMBER_INT) {
            return usageNumber(in, name, call);
        }
        if (value != JsonToken.VALUE_STRING) {
            return false;
        }
        switch (name) {
            case "tollgateId" -> call.usage = true;
            case "decision" -> {
                call.denied = in.getText().equals("denied");
                call.failed |= in.getText().equals("refused");
            }
            case "limit" -> call.limit = in.getText();
            case "end" -> call.failed |= Operations.failed(in.getText());
            case "tier", "serviceTier" -> call.tier = ServiceTier.of(in.getText());
            default -> metadata(in.getText(), name, call);
        }
        return true;
    }

    private boolean usageNumber(JsonParser in, String name, CallRecord call) throws IOException, UnreadableException {
        switch (name) {
            case "inputTokens" -> call.input = tokens(in);
            case "outputTokens" -> call.output = tokens(in);
            case "cacheReadTokens" -> call.cacheRead = tokens(in);
            case "cacheWrite5mTokens" -> cacheWrite5m = tokens(in);
            case "cacheWrite1hTokens" -> call.cacheWrite1h = tokens(in);
            case "microUsd" -> {
                call.usage = true;
                call.statedMicroUsd = tokens(in);
            }
            case "latencyMs" -> call.latencyMillis = tokens(in);
            case "status" -> call.failed |= in.getLongValue() >= 400;
            default -> {
                return false;
            }
        }
        return true;
    }

    /** {@code input} or {@code output} of a log record: counts, and a body of which the little that counts is read. */
    private void counts(JsonParser in, JsonToken value, CallRecord call) throws IOException, UnreadableException {
        if (value != JsonToken.START_OBJECT) {
            in.skipChildren();
            return;
        }
        schema = true;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            JsonToken inner = in.nextToken();
            switch (name) {
                case "inputTokenCount" -> {
                    call.input = count(in, inner);
                    counts |= inner == JsonToken.VALUE_NUMBER_INT;
                }
                case "outputTokenCount" -> call.output = count(in, inner);
                case "cacheReadInputTokenCount" -> call.cacheRead = count(in, inner);
                case "cacheWriteInputTokenCount" -> call.cacheWrite = count(in, inner);
                case "inputBodyJson" -> body.request(in, inner);
                case "outputBodyJson" -> body.response(in, inner);
                default -> in.skipChildren();
            }
        }
    }

    private void metadata(JsonParser in, JsonToken value, CallRecord call) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            in.skipChildren();
            return;
        }
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            if (in.nextToken().isScalarValue()) {
                metadata(in.getText(), name, call);
            } else {
                in.skipChildren();
            }
        }
    }

    private void metadata(String text, String name, CallRecord call) {
        List<Dimensions.Place> places = dimensions.places(name);
        for (int i = 0; i < places.size(); i++) {
            Dimensions.Place place = places.get(i);
            if (place.rank() < ranks[place.index()] && !text.isEmpty()) {
                ranks[place.index()] = place.rank();
                call.values[place.index()] = text;
            }
        }
    }

    private static void set(CallRecord call, int index, String text) {
        if (index >= 0) {
            call.values[index] = text;
        }
    }

    private static String text(JsonParser in, JsonToken value) throws IOException {
        if (value.isScalarValue()) {
            return value == JsonToken.VALUE_NULL ? "" : in.getText();
        }
        in.skipChildren();
        return "";
    }

    private static long count(JsonParser in, JsonToken value) throws IOException, UnreadableException {
        if (value == JsonToken.VALUE_NULL) {
            return 0;
        }
        if (value != JsonToken.VALUE_NUMBER_INT) {
            throw new UnreadableException("expected token counts to be integers, found another value");
        }
        return tokens(in);
    }

    private static long tokens(JsonParser in) throws IOException, UnreadableException {
        long value = in.getLongValue();
        if (value < 0 || value > MAX_TOKENS) {
            throw new UnreadableException("expected counts from 0 to 2^40, found one beyond");
        }
        return value;
    }

    /** 64 bits of an id, never 0; two of ten million ids meet with a chance of 3 in a million. */
    static long id(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        hash ^= hash >>> 33;
        return hash == 0 ? 1 : hash;
    }
}
