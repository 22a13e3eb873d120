package dev.tollgate.harness;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** An OTLP/HTTP receiver that can misbehave. */
public final class OtlpCollector implements AutoCloseable {

    /** What it does with a message. */
    public enum Mood {
        TAKES,
        /** Takes it and says that it rejected one span of it. */
        REJECTS_ONE,
        /** Reads and never answers. */
        MUTE,
        /** 500, which must not be repeated. */
        FAILS,
        /** 503, which may be. */
        UNAVAILABLE,
        /** 503 with a time to wait that nobody should. */
        UNAVAILABLE_FOR_LONG,
        /** Answers 200 with a body that does not end. */
        ENDLESS
    }

    private static final Buffer FILLER = Buffer.buffer(new byte[8192]);

    /** One message as it arrived. */
    public record Message(String path, MultiMap headers, JsonObject body) {}

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server = vertx.createHttpServer();
    private final List<Message> messages = new CopyOnWriteArrayList<>();
    private final int port;
    private volatile Mood mood = Mood.TAKES;

    public OtlpCollector() {
        this.port = Upstreams.await(server.requestHandler(this::handle).listen(0, "127.0.0.1"))
                .actualPort();
    }

    private void handle(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            messages.add(new Message(request.path(), request.headers(), new JsonObject(body)));
            answer(request.response());
        });
    }

    private void answer(HttpServerResponse response) {
        switch (mood) {
            case TAKES -> response.putHeader("Content-Type", "application/json").end("{}");
            case REJECTS_ONE -> response.end("{\"partialSuccess\":{\"rejectedSpans\":\"1\",\"errorMessage\":\"no\"}}");
            case MUTE -> {}
            case FAILS -> response.setStatusCode(500).end();
            case UNAVAILABLE -> response.setStatusCode(503).end();
            case UNAVAILABLE_FOR_LONG ->
                response.setStatusCode(503)
                        .putHeader("Retry-After", "99999999999999999")
                        .end();
            case ENDLESS -> {
                response.setChunked(true);
                fill(response);
            }
        }
    }

    private void fill(HttpServerResponse response) {
        if (!response.closed()) {
            response.write(FILLER).onSuccess(v -> fill(response));
        }
    }

    public void mood(Mood now) {
        mood = now;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public List<Message> messages() {
        return List.copyOf(messages);
    }

    /** Every span so far. */
    public List<JsonObject> spans() {
        return elements("/v1/traces", "resourceSpans", "scopeSpans", "spans");
    }

    /** The newest form of a metric. */
    public Optional<JsonObject> metric(String name) {
        List<JsonObject> all = elements("/v1/metrics", "resourceMetrics", "scopeMetrics", "metrics").stream()
                .filter(m -> m.getString("name").equals(name))
                .toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    private List<JsonObject> elements(String path, String resources, String scopes, String list) {
        List<JsonObject> found = new ArrayList<>();
        messages.stream()
                .filter(m -> m.path().equals(path))
                .flatMap(m -> objects(m.body().getJsonArray(resources)))
                .flatMap(r -> objects(r.getJsonArray(scopes)))
                .flatMap(s -> objects(s.getJsonArray(list)))
                .forEach(found::add);
        return found;
    }

    private static Stream<JsonObject> objects(JsonArray array) {
        return array.stream().map(JsonObject.class::cast);
    }

    /** Value of an attribute of a span, point or resource, as text; empty if it has none. */
    public static String attribute(JsonObject of, String name) {
        return objects(of.getJsonArray("attributes"))
                .filter(a -> a.getString("key").equals(name))
                .map(a -> a.getJsonObject("value"))
                .map(v -> v.getString("stringValue", v.getString("intValue", "")))
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        Upstreams.await(vertx.close());
    }
}
