package dev.tollgate.upstream;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ProfileModels;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Calls GetInferenceProfile once for each application profile; a known model is kept, an unknown one is looked up
 * again after a minute. The first call of a profile waits for the answer, at most two seconds.
 */
public final class InferenceProfiles implements ProfileModels {

    private static final Logger LOG = Logger.getLogger(InferenceProfiles.class);
    private static final long ASK_AGAIN_MILLIS = Duration.ofMinutes(1).toMillis();
    private static final int MAX_PROFILES = 1000;

    private final Upstream controlPlane;
    private final CallGuard guard;
    private final InstantSource clock;
    private final RecentlyUsed<String> models = new RecentlyUsed<>(MAX_PROFILES);
    private final RecentlyUsed<Long> failedAt = new RecentlyUsed<>(MAX_PROFILES);
    private final Map<String, Future<Void>> asked = new ConcurrentHashMap<>();

    public InferenceProfiles(Upstream controlPlane, CallGuard guard, InstantSource clock) {
        this.controlPlane = controlPlane;
        this.guard = guard;
        this.clock = clock;
    }

    @Override
    public Optional<String> known(ModelId profile) {
        return models.get(profile.id());
    }

    @Override
    public boolean worthAsking(ModelId profile) {
        return profile.applicationProfile()
                && models.get(profile.id()).isEmpty()
                && failedAt.get(profile.id())
                        .map(failed -> clock.millis() - failed > ASK_AGAIN_MILLIS)
                        .orElse(true);
    }

    @Override
    public Future<Void> ask(ModelId profile) {
        return asked.computeIfAbsent(profile.id(), id -> get(profile)).onComplete(done -> asked.remove(profile.id()));
    }

    private Future<Void> get(ModelId profile) {
        String path = "/inference-profiles/" + URLEncoder.encode(profile.id(), StandardCharsets.UTF_8);
        return guard.call(() -> controlPlane.send(UpstreamRequest.get(path)).compose(answer -> {
                    Future<Buffer> body = answer.body();
                    answer.resume();
                    return body;
                }))
                .map(body -> model(new JsonObject(body)))
                .<Void>map(model -> {
                    models.put(profile.id(), model);
                    return null;
                })
                .recover(e -> {
                    LOG.warnf(
                            "GetInferenceProfile returned no model for %s; name it under profiles in the policy file",
                            profile.metricId());
                    failedAt.put(profile.id(), clock.millis());
                    return Future.succeededFuture();
                });
    }

    /** All models of a profile are one model in several regions; a global one has no region. */
    private static String model(JsonObject profile) {
        JsonArray all = profile.getJsonArray("models");
        String arn = all.getJsonObject(0).getString("modelArn");
        boolean global = all.stream()
                .anyMatch(m -> ((JsonObject) m).getString("modelArn").startsWith("arn:aws:bedrock:::"));
        String model = arn.substring(arn.lastIndexOf('/') + 1);
        return (global ? "global." : "") + model;
    }
}
