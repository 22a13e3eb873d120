package dev.tollgate.simulator;

import dev.tollgate.bedrock.EventStream;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Sends a stream's pieces at a pace, with the requested faults. */
final class Streaming {

    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private final Vertx vertx;
    private final HttpServerResponse response;
    private final Faults faults;
    private final int paceMillis;
    private boolean gone;

    Streaming(Vertx vertx, HttpServerResponse response, Faults faults, int paceMillis) {
        this.vertx = vertx;
        this.response = response;
        this.faults = faults;
        this.paceMillis = faults.number("pace", paceMillis);
    }

    static List<Buffer> converse(Answer answer, boolean usage, boolean usageTwice) {
        List<Buffer> frames = new ArrayList<>();
        frames.add(event("messageStart", new JsonObject().put("role", "assistant")));
        for (int i = 0; i < answer.output(); i++) {
            frames.add(event(
                    "contentBlockDelta",
                    new JsonObject()
                            .put("contentBlockIndex", 0)
                            .put("delta", new JsonObject().put("text", Answer.word(i)))));
        }
        frames.add(event("contentBlockStop", new JsonObject().put("contentBlockIndex", 0)));
        frames.add(event("messageStop", new JsonObject().put("stopReason", "end_turn")));
        JsonObject metadata = new JsonObject().put("metrics", new JsonObject().put("latencyMs", 40));
        if (usage) {
            metadata.put("usage", Shapes.converseUsage(answer.usage()));
        }
        Shapes.tiered(metadata, answer);
        frames.add(event("metadata", metadata));
        if (usageTwice) {
            frames.add(event("metadata", metadata));
        }
        return frames;
    }

    static List<Buffer> chunks(Answer answer, boolean usage) {
        List<Buffer> frames = new ArrayList<>();
        for (JsonObject chunk : Shapes.chunks(answer, usage)) {
            byte[] json = chunk.encode().getBytes(StandardCharsets.UTF_8);
            frames.add(event(
                    "chunk", new JsonObject().put("bytes", Base64.getEncoder().encodeToString(json))));
        }
        return frames;
    }

    /** With the random padding that Bedrock adds against traffic analysis. */
    private static Buffer event(String type, JsonObject payload) {
        int length = ThreadLocalRandom.current().nextInt(1, LETTERS.length());
        payload.put("p", LETTERS.substring(0, length));
        return EventStream.event(type, payload.encode().getBytes(StandardCharsets.UTF_8));
    }

    void run(List<Buffer> frames) {
        response.setChunked(true).putHeader("Content-Type", EventStream.CONTENT_TYPE);
        response.exceptionHandler(e -> gone = true);
        response.closeHandler(v -> gone = true);
        next(frames, 0);
    }

    /** An OpenAI-shaped stream of server-sent events. */
    void runEvents(Answer answer, boolean usage) {
        List<Buffer> events = new ArrayList<>();
        for (int i = 0; i < answer.output(); i++) {
            JsonObject delta = new JsonObject().put("delta", new JsonObject().put("content", Answer.word(i)));
            events.add(sse(new JsonObject().put("choices", new JsonArray().add(delta))));
        }
        JsonObject last = new JsonObject().put("choices", new JsonArray());
        events.add(sse(usage ? last.put("usage", Shapes.chat(answer, true).getJsonObject("usage")) : last));
        events.add(Buffer.buffer("data: [DONE]\n\n"));
        response.setChunked(true).putHeader("Content-Type", "text/event-stream");
        response.exceptionHandler(e -> gone = true);
        next(events, 0);
    }

    private static Buffer sse(JsonObject data) {
        return Buffer.buffer("data: " + data.encode() + "\n\n");
    }

    private void next(List<Buffer> pieces, int i) {
        int at = i;
        while (at < pieces.size() && !gone) {
            if (faults.at("stall", at)) {
                return;
            }
            if (faults.at("cut", at)) {
                response.reset();
                return;
            }
            if (faults.at("exception", at)) {
                response.end(EventStream.exception("throttlingException", "simulated"));
                return;
            }
            Buffer piece = pieces.get(at);
            if (faults.at("cut-mid", at)) {
                response.write(piece.slice(0, piece.length() / 2)).onComplete(v -> response.reset());
                return;
            }
            response.write(faults.at("garbage", at) ? garbled(piece) : piece);
            at = faults.has("endless") && at == 1 ? at : at + 1;
            if (paceMillis > 0 || response.writeQueueFull() || faults.has("endless")) {
                int following = at;
                vertx.setTimer(Math.max(1, paceMillis), t -> next(pieces, following));
                return;
            }
        }
        if (!gone) {
            response.end();
        }
    }

    private static Buffer garbled(Buffer piece) {
        Buffer copy = piece.copy();
        return copy.setByte(copy.length() - 1, (byte) (copy.getByte(copy.length() - 1) ^ 0x55));
    }
}
