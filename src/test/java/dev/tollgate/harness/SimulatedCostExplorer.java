package dev.tollgate.harness;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;

/** Cost allocation tags and costs by tag (JSON 1.1, API version 2017-10-25), signatures checked, costs in two pages. */
public final class SimulatedCostExplorer {

    private final Set<String> known;
    private final Set<String> active = new ConcurrentSkipListSet<>();
    private final List<JsonObject> queries = new CopyOnWriteArrayList<>();
    private final int port;
    private volatile boolean throttles;

    /** @param known tags that Cost Explorer has seen on a resource */
    public SimulatedCostExplorer(Vertx vertx, Set<String> known) {
        this.known = known;
        this.port = Upstreams.await(vertx.createHttpServer()
                        .requestHandler(request -> request.body().onSuccess(body -> handle(request, body)))
                        .listen(0, "127.0.0.1"))
                .actualPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public Set<String> active() {
        return Set.copyOf(active);
    }

    /** Questions for costs so far. */
    public List<JsonObject> queries() {
        return List.copyOf(queries);
    }

    /** The next request is one too many. */
    public void throttleOnce() {
        throttles = true;
    }

    private void handle(HttpServerRequest request, Buffer body) {
        Optional<String> problem = new SignatureCheck(Upstreams.SECRET, "ce").problem(request, body.getBytes());
        boolean json = "application/x-amz-json-1.1".equals(request.getHeader("content-type"));
        if (problem.isPresent() || !json) {
            error(request, 400, "InvalidSignatureException", problem.orElse("expected JSON 1.1"));
            return;
        }
        if (throttles) {
            throttles = false;
            error(request, 400, "LimitExceededException", "You made too many calls in a short period of time");
            return;
        }
        JsonObject asked = new JsonObject(body);
        switch (String.valueOf(request.getHeader("x-amz-target"))) {
            case "AWSInsightsIndexService.ListCostAllocationTags" ->
                request.response().end(tags(asked).toBuffer());
            case "AWSInsightsIndexService.UpdateCostAllocationTagsStatus" ->
                request.response().end(update(asked).toBuffer());
            case "AWSInsightsIndexService.GetCostAndUsage" -> {
                queries.add(asked);
                request.response().end(costs(asked).toBuffer());
            }
            default -> error(request, 400, "UnknownOperationException", "no such operation");
        }
    }

    private static void error(HttpServerRequest request, int status, String type, String message) {
        request.response()
                .setStatusCode(status)
                .end(new JsonObject()
                        .put("__type", "com.amazonaws.ce#" + type)
                        .put("Message", message)
                        .toBuffer());
    }

    private JsonObject tags(JsonObject asked) {
        JsonArray found = new JsonArray();
        asked.getJsonArray("TagKeys").stream()
                .map(String.class::cast)
                .filter(known::contains)
                .forEach(key -> found.add(new JsonObject()
                        .put("TagKey", key)
                        .put("Type", "UserDefined")
                        .put("Status", active.contains(key) ? "Active" : "Inactive")));
        return new JsonObject().put("CostAllocationTags", found);
    }

    private JsonObject update(JsonObject asked) {
        JsonArray errors = new JsonArray();
        asked.getJsonArray("CostAllocationTagsStatus").stream()
                .map(entry -> ((JsonObject) entry).getString("TagKey"))
                .forEach(key -> {
                    if (known.contains(key)) {
                        active.add(key);
                    } else {
                        errors.add(new JsonObject()
                                .put("TagKey", key)
                                .put("Code", "TagKeysNotFoundException")
                                .put("Message", "Tag keys not found"));
                    }
                });
        return new JsonObject().put("Errors", errors);
    }

    private static JsonObject costs(JsonObject asked) {
        String key = asked.getJsonArray("GroupBy").getJsonObject(0).getString("Key");
        boolean second = asked.containsKey("NextPageToken");
        Map<List<String>, String> groups =
                new TreeMap<>((a, b) -> String.join("|", a).compareTo(String.join("|", b)));
        if (second) {
            groups.put(List.of(key + "$sales", "Claude 3.5 Haiku (Amazon Bedrock Edition)"), "2.25");
            groups.put(List.of(key + "$", "Amazon Bedrock"), "0.5");
        } else {
            groups.put(List.of(key + "$sales", "Amazon Bedrock"), "10.0000004");
            groups.put(List.of(key + "$sales", "Amazon Elastic Compute Cloud - Compute"), "99");
        }
        JsonArray list = new JsonArray();
        groups.forEach((keys, amount) -> list.add(new JsonObject()
                .put("Keys", new JsonArray(keys))
                .put(
                        "Metrics",
                        new JsonObject()
                                .put(
                                        "UnblendedCost",
                                        new JsonObject().put("Amount", amount).put("Unit", "USD")))));
        JsonObject page = new JsonObject()
                .put(
                        "ResultsByTime",
                        new JsonArray().add(new JsonObject().put("Groups", list).put("Estimated", true)));
        return second ? page : page.put("NextPageToken", "two");
    }
}
