package dev.tollgate.harness;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * Inference profiles of Bedrock's control plane (API version 2023-04-20): signatures checked, lists in pages of two, rules of
 * names and tags, and faults on demand. Confined to one event loop.
 */
public final class SimulatedControlPlane {

    private static final int PAGE = 2;
    private static final Pattern NAME = Pattern.compile("([0-9a-zA-Z][ _-]?)+");
    private static final Pattern DESCRIPTION = Pattern.compile("([0-9a-zA-Z:.][ _-]?)+");
    private static final Pattern SOURCE =
            Pattern.compile("arn:aws(|-us-gov|-cn):bedrock:(|[0-9a-z-]{0,20}):(|[0-9]{12}):"
                    + "(inference-profile|foundation-model)/[a-zA-Z0-9-:.]+");
    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9\\s._:/=+@-]*");

    private final Map<String, Made> profiles = Collections.synchronizedMap(new LinkedHashMap<>());
    private final List<String> operations = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> throttled = Collections.synchronizedMap(new HashMap<>());
    private final Map<String, Integer> conflicts = Collections.synchronizedMap(new HashMap<>());
    private final Map<String, String> tokens = new HashMap<>();
    private final String region;
    private final int port;
    private final boolean tls;
    private volatile String denied = "";
    private volatile int creatingFor;
    private volatile Optional<JsonObject> createdMeanwhile = Optional.empty();
    private int made;

    private static final class Made {
        private final JsonObject description;
        private final Map<String, String> tags = new LinkedHashMap<>();
        private int creatingFor;

        Made(JsonObject description) {
            this.description = description;
        }
    }

    public SimulatedControlPlane(Vertx vertx, String region) {
        this(vertx, region, Optional.empty());
    }

    /** @param certificate to speak TLS with */
    public SimulatedControlPlane(Vertx vertx, String region, Optional<Certificate> certificate) {
        this.region = region;
        this.tls = certificate.isPresent();
        HttpServerOptions options = new HttpServerOptions().setSsl(tls);
        certificate.ifPresent(c -> options.setKeyCertOptions(new PemKeyCertOptions()
                .addCertPath(c.certificate().toString())
                .addKeyPath(c.key().toString())));
        this.port = Upstreams.await(vertx.createHttpServer(options)
                        .requestHandler(request -> request.body().onSuccess(body -> handle(request, body)))
                        .listen(0, "127.0.0.1"))
                .actualPort();
    }

    public String url() {
        return (tls ? "https" : "http") + "://127.0.0.1:" + port;
    }

    /** Operations so far, by their names. */
    public List<String> operations() {
        return List.copyOf(operations);
    }

    /** The next requests of an operation are throttled. */
    public void throttle(String operation, int times) {
        throttled.put(operation, times);
    }

    /** The next requests of an operation conflict. */
    public void conflict(String operation, int times) {
        conflicts.put(operation, times);
    }

    /** An operation is not allowed any more. */
    public void deny(String operation) {
        denied = operation;
    }

    /** New profiles are not active before they were looked at so many times. */
    public void creatingFor(int looks) {
        creatingFor = looks;
    }

    /** When the next profile is created, somebody else just made this one. */
    public void createMeanwhile(JsonObject request) {
        createdMeanwhile = Optional.of(request);
    }

    /** As if by hand. @return its ARN */
    public String seed(String name, String sourceArn, Map<String, String> tags) {
        JsonArray list = new JsonArray();
        tags.forEach((k, v) -> list.add(new JsonObject().put("key", k).put("value", v)));
        return create(new JsonObject()
                .put("inferenceProfileName", name)
                .put("modelSource", new JsonObject().put("copyFrom", sourceArn))
                .put("tags", list));
    }

    /** Tags of a profile by its name; a profile that is not there has none. */
    public Map<String, String> tags(String name) {
        return named(name).map(m -> Map.copyOf(m.tags)).orElse(Map.of());
    }

    public Optional<String> arn(String name) {
        return named(name).map(m -> m.description.getString("inferenceProfileArn"));
    }

    public Optional<String> description(String name) {
        return named(name).map(m -> m.description.getString("description"));
    }

    private Optional<Made> named(String name) {
        return List.copyOf(profiles.values()).stream()
                .filter(m -> m.description.getString("inferenceProfileName").equals(name))
                .findFirst();
    }

    private void handle(HttpServerRequest request, Buffer body) {
        String operation = operation(request);
        operations.add(operation);
        Optional<String> problem = new SignatureCheck(Upstreams.SECRET, "bedrock").problem(request, body.getBytes());
        if (problem.isPresent()) {
            error(request, 403, "InvalidSignatureException", problem.get());
        } else if (operation.equals(denied)) {
            error(
                    request,
                    403,
                    "AccessDeniedException",
                    "User: pod is not authorized to perform: bedrock:" + operation);
        } else if (throttled.merge(operation, -1, Integer::sum) >= 0) {
            error(request, 429, "ThrottlingException", "Too many requests");
        } else if (conflicts.merge(operation, -1, Integer::sum) >= 0) {
            createdMeanwhile.ifPresent(this::create);
            error(request, 400, "ConflictException", "Something else is under way");
        } else {
            answer(request, operation, body.length() == 0 ? new JsonObject() : new JsonObject(body));
        }
    }

    private static String operation(HttpServerRequest request) {
        String path = request.path();
        boolean one = path.startsWith("/inference-profiles/");
        return switch (request.method().name() + (one ? "/" : path)) {
            case "GET/" -> "GetInferenceProfile";
            case "DELETE/" -> "DeleteInferenceProfile";
            case "GET/inference-profiles" -> "ListInferenceProfiles";
            case "POST/inference-profiles" -> "CreateInferenceProfile";
            case "POST/tagResource" -> "TagResource";
            case "POST/untagResource" -> "UntagResource";
            case "POST/listTagsForResource" -> "ListTagsForResource";
            default -> "Unknown";
        };
    }

    private void answer(HttpServerRequest request, String operation, JsonObject body) {
        String arn = body.getString("resourceARN", identifier(request));
        if (!arn.isEmpty() && !profiles.containsKey(arn)) {
            error(request, 404, "ResourceNotFoundException", "No such profile");
            return;
        }
        switch (operation) {
            case "ListInferenceProfiles" -> list(request);
            case "GetInferenceProfile" -> json(request, 200, look(profiles.get(arn)));
            case "CreateInferenceProfile" -> create(request, body);
            case "DeleteInferenceProfile" -> {
                profiles.remove(arn);
                json(request, 200, new JsonObject());
            }
            case "ListTagsForResource" ->
                json(request, 200, new JsonObject().put("tags", list(profiles.get(arn).tags)));
            case "TagResource" -> {
                body.getJsonArray("tags").forEach(tag -> profiles.get(arn)
                        .tags
                        .put(((JsonObject) tag).getString("key"), ((JsonObject) tag).getString("value")));
                json(request, 200, new JsonObject());
            }
            case "UntagResource" -> {
                body.getJsonArray("tagKeys")
                        .forEach(key -> profiles.get(arn).tags.remove((String) key));
                json(request, 200, new JsonObject());
            }
            default -> error(request, 404, "UnknownOperationException", "no such operation");
        }
    }

    private static String identifier(HttpServerRequest request) {
        String path = request.path();
        return path.startsWith("/inference-profiles/")
                ? URLDecoder.decode(path.substring("/inference-profiles/".length()), StandardCharsets.UTF_8)
                : "";
    }

    private static JsonObject look(Made profile) {
        if (profile.creatingFor > 0 && --profile.creatingFor == 0) {
            profile.description.put("status", "ACTIVE");
        }
        return profile.description;
    }

    private void list(HttpServerRequest request) {
        List<JsonObject> all = new ArrayList<>();
        profiles.values().forEach(m -> all.add(m.description));
        if ("SYSTEM_DEFINED".equals(request.getParam("type"))) {
            all.clear();
        }
        String token = request.getParam("nextToken", "page/+0");
        int from = Integer.parseInt(token.substring("page/+".length()));
        int to = Math.min(all.size(), from + PAGE);
        JsonObject page = new JsonObject().put("inferenceProfileSummaries", new JsonArray(all.subList(from, to)));
        json(request, 200, to < all.size() ? page.put("nextToken", "page/+" + to) : page);
    }

    private void create(HttpServerRequest request, JsonObject body) {
        String name = body.getString("inferenceProfileName", "");
        String source = body.getJsonObject("modelSource", new JsonObject()).getString("copyFrom", "");
        boolean here = source.contains(":bedrock:" + region + ":");
        boolean tagged = body.getJsonArray("tags", new JsonArray()).stream()
                .map(JsonObject.class::cast)
                .allMatch(tag -> TAG.matcher(tag.getString("key")).matches()
                        && TAG.matcher(tag.getString("value")).matches());
        if (!NAME.matcher(name).matches()
                || !DESCRIPTION.matcher(body.getString("description", "x")).matches()
                || !SOURCE.matcher(source).matches()
                || !here
                || !tagged) {
            error(request, 400, "ValidationException", "The provided request is not valid");
            return;
        }
        String token = body.getString("clientRequestToken", "");
        if (tokens.containsKey(token)) {
            json(
                    request,
                    201,
                    new JsonObject()
                            .put("inferenceProfileArn", tokens.get(token))
                            .put("status", "ACTIVE"));
        } else if (named(name).isPresent()) {
            error(request, 400, "ConflictException", "A profile of this name exists");
        } else {
            String arn = create(body);
            tokens.put(token, arn);
            json(request, 201, new JsonObject().put("inferenceProfileArn", arn).put("status", "ACTIVE"));
        }
    }

    private synchronized String create(JsonObject body) {
        String source = body.getJsonObject("modelSource").getString("copyFrom");
        String id = String.format("p%011d", ++made);
        String arn = "arn:aws:bedrock:" + region + ":" + SimulatedSts.ACCOUNT + ":application-inference-profile/" + id;
        JsonArray models = new JsonArray();
        String model = source.substring(source.indexOf('/') + 1);
        if (source.contains("inference-profile/")) {
            String bare = model.substring(model.indexOf('.') + 1);
            if (model.startsWith("global.")) {
                models.add(new JsonObject().put("modelArn", "arn:aws:bedrock:::foundation-model/" + bare));
            }
            for (String one : List.of(region, "us-east-2")) {
                models.add(new JsonObject().put("modelArn", "arn:aws:bedrock:" + one + "::foundation-model/" + bare));
            }
        } else {
            models.add(new JsonObject().put("modelArn", source));
        }
        JsonObject description = new JsonObject()
                .put("inferenceProfileName", body.getString("inferenceProfileName"))
                .put("inferenceProfileArn", arn)
                .put("inferenceProfileId", id)
                .put("createdAt", Instant.EPOCH.toString())
                .put("updatedAt", Instant.EPOCH.toString())
                .put("type", "APPLICATION")
                .put("status", creatingFor > 0 ? "CREATING" : "ACTIVE")
                .put("models", models);
        if (body.containsKey("description")) {
            description.put("description", body.getString("description"));
        }
        Made profile = new Made(description);
        profile.creatingFor = creatingFor;
        body.getJsonArray("tags", new JsonArray())
                .forEach(tag ->
                        profile.tags.put(((JsonObject) tag).getString("key"), ((JsonObject) tag).getString("value")));
        profiles.put(arn, profile);
        return arn;
    }

    private static JsonArray list(Map<String, String> tags) {
        JsonArray list = new JsonArray();
        tags.forEach((k, v) -> list.add(new JsonObject().put("key", k).put("value", v)));
        return list;
    }

    private static void json(HttpServerRequest request, int status, JsonObject body) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(body.toBuffer());
    }

    private static void error(HttpServerRequest request, int status, String type, String message) {
        request.response()
                .putHeader("x-amzn-ErrorType", type + ":http://internal.amazon.com/coral/com.amazon.bedrock/");
        json(request, status, new JsonObject().put("message", message));
    }
}
