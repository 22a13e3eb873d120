package dev.tollgate.bedrock;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request's facts in one pass over its bytes, by the schema of its operation, without building a tree and without
 * keeping any text. A member that the schema does not know is text and means nothing.
 */
public final class RequestReader {

    // Field names come from callers, so they are not interned: interned strings stay for good.
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    private static final String TIER = "X-Amzn-Bedrock-Service-Tier";
    private static final String LATENCY = "X-Amzn-Bedrock-PerformanceConfig-Latency";
    private static final String GUARDRAIL = "X-Amzn-Bedrock-GuardrailIdentifier";

    private RequestReader() {}

    /**
     * The facts of one operation's request. Headers count for InvokeModel only; Converse has the same options in its
     * body.
     *
     * @param header values of the request's headers by name; null if there is none
     * @throws BadRequestException if the body is not what the operation takes
     */
    public static RequestFacts read(Operation operation, byte[] body, Function<String, @Nullable String> header) {
        if (operation.body() == Operation.Body.NONE) {
            return RequestFacts.NONE;
        }
        requireUtf8(body);
        try (JsonParser in = JSON.createParser(body)) {
            FactsBuilder facts = new FactsBuilder(body, in);
            if (operation.body() == Operation.Body.MODEL) {
                headers(facts, header);
            }
            return read(in, facts, bodyReader(operation, in, facts));
        } catch (StreamConstraintsException e) {
            StreamReadConstraints bounds = JSON.streamReadConstraints();
            throw new BadRequestException("expected JSON nested at most " + bounds.getMaxNestingDepth()
                    + " levels, with names of at most " + bounds.getMaxNameLength()
                    + " characters and numbers of at most "
                    + bounds.getMaxNumberLength());
        } catch (JsonProcessingException e) {
            throw new BadRequestException("expected JSON as the body; it breaks off or is malformed at byte "
                    + Math.max(0, e.getLocation() == null ? 0 : e.getLocation().getByteOffset()));
        } catch (IOException e) {
            throw new BadRequestException("expected JSON as the body");
        }
    }

    private static RequestFacts read(JsonParser in, FactsBuilder facts, BodyReader body) throws IOException {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw new BadRequestException("expected a JSON object as the body");
        }
        int objectStart = (int) in.currentLocation().getByteOffset();
        boolean[] empty = {true};
        Walk.members(in, name -> {
            empty[0] = false;
            body.member(name);
        });
        if (in.nextToken() != null) {
            throw new BadRequestException("expected nothing after the body's JSON object");
        }
        body.end();
        return facts.build(objectStart, empty[0]);
    }

    private static BodyReader bodyReader(Operation operation, JsonParser in, FactsBuilder facts) {
        return switch (operation) {
            case CONVERSE, CONVERSE_STREAM -> new ConverseBody(in, facts);
            case INVOKE, INVOKE_STREAM -> new InvokeBody(in, facts);
            case CHAT_COMPLETIONS, RESPONSES -> new OpenAiBody(in, facts, operation == Operation.RESPONSES);
            case APPLY_GUARDRAIL -> new GuardrailBody(in, facts);
            case ASYNC_INVOKE_START -> new AsyncBody(in, facts);
            default -> name -> {};
        };
    }

    private static void headers(FactsBuilder facts, Function<String, @Nullable String> header) {
        String tier = header.apply(TIER);
        if (tier != null) {
            facts.tier(tier);
        }
        String latency = header.apply(LATENCY);
        if (latency != null) {
            facts.latency(latency);
        }
        if (header.apply(GUARDRAIL) != null) {
            facts.guarded();
        }
    }

    /**
     * Refuses other encodings. UTF-16 and UTF-32 have a zero among the first two bytes of any JSON; byte positions hold for
     * UTF-8 only.
     *
     * @throws BadRequestException if the body is in one of them, or has a byte order mark
     */
    public static void requireUtf8(byte[] body) {
        boolean mark = body.length > 2 && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB;
        boolean wide = body.length > 1 && (body[0] == 0 || body[1] == 0 || (body[0] & 0xFE) == 0xFE);
        if (mark || wide) {
            throw new BadRequestException(
                    "expected the body in UTF-8 without a byte order mark, found another encoding");
        }
    }
}
