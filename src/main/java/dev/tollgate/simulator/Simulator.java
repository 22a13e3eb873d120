package dev.tollgate.simulator;

import dev.tollgate.bedrock.BedrockPath;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.Usage;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/** The server. Remembers the calls it got, up to a bound, so that tests can query them. */
public final class Simulator {

    private static final int MAX_REMEMBERED = 20_000;

    private final Vertx vertx;
    private final BiFunction<HttpServerRequest, byte[], Optional<String>> authorization;
    private final int paceMillis;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final AtomicLong count = new AtomicLong();
    private final HttpServer server;

    /** One call as it arrived, and the usage it was answered with. */
    public record Received(String path, MultiMap headers, byte[] body, Usage usage) {}

    /**
     * @param authorization what is wrong with a request's authorization; empty if nothing is
     * @param paceMillis between two pieces of a stream
     */
    public Simulator(
            Vertx vertx, BiFunction<HttpServerRequest, byte[], Optional<String>> authorization, int paceMillis) {
        this.vertx = vertx;
        this.authorization = authorization;
        this.paceMillis = paceMillis;
        this.server = vertx.createHttpServer(
                new HttpServerOptions().setMaxHeaderSize(64 * 1024).setMaxInitialLineLength(16 * 1024));
    }

    /** Listens on loopback; the future is the port. */
    public Future<Integer> start(int port) {
        return server.requestHandler(this::handle).listen(port, "127.0.0.1").map(HttpServer::actualPort);
    }

    public Future<Void> stop() {
        return server.close();
    }

    public List<Received> received() {
        return List.copyOf(received);
    }

    /** Calls so far, remembered or not. */
    public long count() {
        return count.get();
    }

    private void handle(HttpServerRequest request) {
        request.body().onSuccess(body -> answer(request, body.getBytes()));
    }

    private void answer(HttpServerRequest request, byte[] body) {
        count.incrementAndGet();
        HttpServerResponse response = request.response();
        response.putHeader("x-amzn-RequestId", UUID.randomUUID().toString());
        Faults faults = Faults.of(request.getHeader("x-simulate"));
        Optional<BedrockPath> path = BedrockPath.parse(request.method().name(), request.path());
        Optional<String> problem = authorization.apply(request, body);
        if (request.path().startsWith("/inference-profiles/") && problem.isEmpty()) {
            String arn = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";
            JsonObject model = new JsonObject().put("modelArn", arn);
            json(response, new JsonObject().put("models", new JsonArray().add(model)));
        } else if (path.isEmpty()) {
            error(response, 404, "UnknownOperationException", "no such operation");
        } else if (problem.isPresent()) {
            error(response, 403, "InvalidSignatureException", problem.get());
        } else if (faults.has("status")) {
            int status = faults.number("status", 500);
            error(response, status, type(status), "simulated");
        } else if (faults.has("no-answer")) {
            request.connection().close();
        } else {
            JsonObject json = json(body);
            Operation operation = path.get().operation();
            String model = path.get().model().orElse(json.getString("model", json.getString("modelId", "")));
            Answer answer = Answer.of(json, model, faults);
            if (received.size() < MAX_REMEMBERED) {
                received.add(new Received(request.path(), request.headers(), body, answer.usage()));
            }
            Runnable go = () -> answer(response, operation, json, answer, faults);
            if (faults.has("delay")) {
                vertx.setTimer(faults.number("delay", 1), t -> go.run());
            } else {
                go.run();
            }
        }
    }

    private static JsonObject json(byte[] body) {
        try {
            return body.length == 0 ? new JsonObject() : new JsonObject(Buffer.buffer(body));
        } catch (DecodeException e) {
            return new JsonObject();
        }
    }

    private void answer(
            HttpServerResponse response, Operation operation, JsonObject body, Answer answer, Faults faults) {
        boolean usage = !faults.has("no-usage");
        switch (operation) {
            case CONVERSE -> {
                if (faults.has("cut-body")) {
                    Buffer whole = Shapes.converse(answer, usage).toBuffer();
                    response.setChunked(true).putHeader("Content-Type", "application/json");
                    response.write(whole.slice(0, whole.length() / 2)).onComplete(r -> response.reset());
                } else {
                    json(response, Shapes.converse(answer, usage));
                }
            }
            case CONVERSE_STREAM, INVOKE_STREAM -> {
                if (faults.has("whole-answer")) {
                    json(response, Shapes.converse(answer, usage));
                } else if (faults.has("json")) {
                    json(response, new JsonObject().put("__type", "UnknownOperationException"));
                } else {
                    boolean converse = operation == Operation.CONVERSE_STREAM;
                    new Streaming(vertx, response, faults, paceMillis)
                            .run(
                                    converse
                                            ? Streaming.converse(answer, usage, faults.has("usage-twice"))
                                            : Streaming.chunks(answer, usage));
                }
            }
            case INVOKE -> {
                if (usage) {
                    response.putHeader("X-Amzn-Bedrock-Input-Token-Count", String.valueOf(answer.input()))
                            .putHeader("X-Amzn-Bedrock-Output-Token-Count", String.valueOf(answer.output()));
                }
                json(response, Shapes.invoke(answer, usage));
            }
            case COUNT_TOKENS -> json(response, new JsonObject().put("inputTokens", answer.input()));
            case APPLY_GUARDRAIL -> json(response, Shapes.guardrail(Purchase.textUnits(Answer.textLength(body))));
            case GUARDRAIL_CHECKS -> json(response, new JsonObject().put("action", "NONE"));
            case ASYNC_INVOKE_START ->
                json(
                        response,
                        new JsonObject()
                                .put("invocationArn", "arn:aws:bedrock:us-east-1:111122223333:async-invoke/abc123"));
            case ASYNC_INVOKE_GET, ASYNC_INVOKE_LIST -> json(response, new JsonObject().put("status", "Completed"));
            case CHAT_COMPLETIONS -> {
                if (body.getBoolean("stream", false)) {
                    new Streaming(vertx, response, faults, paceMillis).runEvents(answer, usage);
                } else {
                    json(response, Shapes.chat(answer, usage));
                }
            }
            case RESPONSES -> json(response, Shapes.responses(answer));
            case BIDIRECTIONAL_STREAM -> error(response, 400, "ValidationException", "not simulated");
        }
    }

    private static void json(HttpServerResponse response, JsonObject body) {
        response.putHeader("Content-Type", "application/json").end(body.toBuffer());
    }

    private static String type(int status) {
        return switch (status) {
            case 429 -> "ThrottlingException";
            case 503 -> "ServiceUnavailableException";
            case 424 -> "ModelErrorException";
            default -> "InternalServerException";
        };
    }

    private static void error(HttpServerResponse response, int status, String type, String message) {
        response.setStatusCode(status)
                .putHeader("x-amzn-ErrorType", type + ":http://internal.amazon.com/coral/com.amazon.bedrock/")
                .putHeader("Content-Type", "application/json")
                .end(new JsonObject().put("message", message).toBuffer());
    }
}
