package dev.tollgate.bedrock;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tollgate.bedrock.RequestFacts.Span;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects a request's facts while its body is parsed; holds numbers and positions, no text of the body. */
final class FactsBuilder {

    private static final int MAX_WORD = 256;

    private final byte[] body;
    private final JsonParser in;
    private final Set<String> seen = new HashSet<>();
    private final Map<String, Long> numbers = new HashMap<>(8);
    private final Map<String, Optional<Span>> notNumbers = new HashMap<>(2);
    private final Map<String, RequestFacts.Opening> objects = new HashMap<>(2);
    private final List<Purchase> purchases = new ArrayList<>(1);
    private Map<String, String> metadata = Map.of();
    private Optional<String> model = Optional.empty();
    private Optional<Span> modelAt = Optional.empty();
    private Optional<Span> metadataAt = Optional.empty();
    private long mediaBytes;
    private int images;
    private int documents;
    private int tools;
    private boolean onServer;
    private boolean cacheWrites;
    private boolean optimized;
    private boolean guarded;
    private ServiceTier tier = ServiceTier.DEFAULT;

    FactsBuilder(byte[] body, JsonParser in) {
        this.body = body;
        this.in = in;
    }

    /**
     * Refuses a member that comes twice. Parsers disagree on which of two wins, so a body that means one thing to
     * Tollgate and another to Bedrock must not pass.
     */
    void once(String place) {
        if (!seen.add(place)) {
            throw new BadRequestException("expected " + place + " once in the body, found it twice");
        }
    }

    /** Keeps the number at this place; rounds up, because a lenient server may. */
    void number(String place) throws IOException {
        once(place);
        long value = longValue();
        if (value >= 0) {
            numbers.put(place, value);
        } else {
            notNumbers.put(place, in.currentToken() == JsonToken.VALUE_NULL ? Optional.of(nullAt()) : Optional.empty());
        }
    }

    private Span nullAt() {
        int start = (int) in.currentTokenLocation().getByteOffset();
        return new Span(start, start + "null".length());
    }

    /** Visits the members of an object that may come once, and keeps where it takes further ones. */
    void object(String place, Walk.Member member) throws IOException {
        once(place);
        if (in.currentToken() != JsonToken.START_OBJECT) {
            objects.put(place, RequestFacts.Opening.NONE);
            return;
        }
        int start = (int) in.currentLocation().getByteOffset();
        boolean[] empty = {true};
        Walk.members(in, name -> {
            empty[0] = false;
            member.at(name);
        });
        objects.put(place, new RequestFacts.Opening(start, empty[0]));
    }

    /** Raises the number at a place, if it has one; a number that can override another never lowers it. */
    void raise(String place, long value) {
        numbers.computeIfPresent(place, (p, old) -> Math.max(old, value));
    }

    /** Keeps a number that was read by itself. */
    void keep(String place, long value) {
        numbers.put(place, value);
    }

    /** The current number from 0 to the largest long; -1 if the current value is no number. */
    long longValue() throws IOException {
        JsonToken token = in.currentToken();
        if (token == JsonToken.VALUE_NUMBER_FLOAT) {
            return (long) Math.max(0, Math.ceil(in.getDoubleValue()));
        }
        if (token != JsonToken.VALUE_NUMBER_INT) {
            return -1;
        }
        return in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? (in.getBigIntegerValue().signum() < 0 ? 0 : Long.MAX_VALUE)
                : Math.max(0, in.getLongValue());
    }

    /** The current string if it is short, else an empty one, so that no long text is copied. */
    String word() throws IOException {
        return in.currentToken() == JsonToken.VALUE_STRING && stringBytes() <= MAX_WORD ? in.getText() : "";
    }

    /** Size of the current string in the body, without quotes, in bytes; 0 if the current value is no string. */
    int stringBytes() {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            return 0;
        }
        int start = (int) in.currentTokenLocation().getByteOffset() + 1;
        int end = start;
        while (end < body.length && body[end] != '"') {
            end += body[end] == '\\' ? 2 : 1;
        }
        return end - start;
    }

    /** Takes so many bytes of encoded media out of the text. */
    void media(int bytes) {
        mediaBytes += bytes;
    }

    void image() {
        images++;
    }

    /** Images so far. */
    int images() {
        return images;
    }

    void document() {
        documents++;
    }

    void tools(int declared) {
        tools += declared;
    }

    void onServer() {
        onServer = true;
    }

    void cacheWrite() {
        cacheWrites = true;
    }

    void guarded() {
        guarded = true;
    }

    void tier(String name) {
        tier = ServiceTier.of(name);
    }

    void latency(String name) {
        optimized = name.equals("optimized");
    }

    void buy(Purchase purchase) {
        if (purchase.count() > 0) {
            purchases.add(purchase);
        }
    }

    /** Adds a purchase whose amount the request does not hold; see {@link Purchase#measured}. */
    void buyUnmeasured(Unit unit) {
        purchases.add(Purchase.of(unit, 0));
    }

    /** Reads the model's name; the place is the member's name. */
    void model(String place) throws IOException {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            return;
        }
        once(place);
        if (stringBytes() > BedrockPath.MAX_MODEL_ID) {
            throw new BadRequestException("expected a model of at most " + BedrockPath.MAX_MODEL_ID + " characters");
        }
        model = Optional.of(in.getText());
        int start = (int) in.currentTokenLocation().getByteOffset();
        in.finishToken();
        modelAt = Optional.of(new Span(start, (int) in.currentLocation().getByteOffset()));
    }

    /** Reads {@code requestMetadata}. */
    void metadata() throws IOException {
        once("requestMetadata");
        int start = (int) in.currentTokenLocation().getByteOffset();
        metadata = RequestMetadata.read(in, "requestMetadata");
        metadataAt = Optional.of(new Span(start, (int) in.currentLocation().getByteOffset()));
    }

    RequestFacts build(int objectStart, boolean empty) {
        long text = Math.max(0, body.length - mediaBytes);
        return new RequestFacts(
                model,
                new RequestFacts.Input(text, images, documents, tools, onServer),
                new RequestFacts.Options(numbers, cacheWrites, tier, optimized, guarded),
                List.copyOf(purchases),
                new RequestFacts.Layout(metadata, modelAt, metadataAt, objectStart, empty, objects, notNumbers));
    }
}
