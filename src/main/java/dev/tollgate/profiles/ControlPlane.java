package dev.tollgate.profiles;

import dev.tollgate.upstream.AwsService;
import dev.tollgate.upstream.AwsServiceException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The operations of Bedrock's control plane that profiles need (API version 2023-04-20). */
public final class ControlPlane {

    private static final String PROFILES = "/inference-profiles";
    private static final int PAGE = 100;
    // Of a list that never ends.
    private static final int MAX_PAGES = 1000;

    private final AwsService bedrock;

    public ControlPlane(AwsService bedrock) {
        this.bedrock = bedrock;
    }

    /** Profiles of this account in this region. */
    List<Profile> applications() throws IOException {
        // Not every implementation of the API filters.
        return list().stream()
                .filter(profile -> profile.arn().contains(":application-inference-profile/"))
                .toList();
    }

    private List<Profile> list() throws IOException {
        List<Profile> found = new ArrayList<>();
        Map<String, String> query = new HashMap<>(Map.of("type", "APPLICATION", "maxResults", String.valueOf(PAGE)));
        for (int page = 0; page < MAX_PAGES; page++) {
            JsonObject answer = call("bedrock:ListInferenceProfiles", () -> bedrock.send("GET", PROFILES, query));
            answer.getJsonArray("inferenceProfileSummaries", new JsonArray())
                    .forEach(summary -> found.add(Profile.of((JsonObject) summary)));
            String next = answer.getString("nextToken", "");
            if (next.isEmpty()) {
                return found;
            }
            query.put("nextToken", next);
        }
        throw new IOException("expected a list of profiles with an end, found " + MAX_PAGES + " pages");
    }

    /** Empty while the control plane does not know it. */
    Optional<Profile> get(String arn) throws IOException {
        try {
            String path = path(arn);
            return Optional.of(
                    Profile.of(call("bedrock:GetInferenceProfile", () -> bedrock.send("GET", path, Map.of()))));
        } catch (AwsServiceException e) {
            if (e.notFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Creates a profile.
     *
     * @param token the same for every attempt to create this one
     * @return its ARN
     */
    String create(String name, String description, String sourceArn, Map<String, String> tags, String token)
            throws IOException {
        JsonObject body = new JsonObject()
                .put("inferenceProfileName", name)
                .put("description", description)
                .put("clientRequestToken", token)
                .put("modelSource", new JsonObject().put("copyFrom", sourceArn))
                .put("tags", tags(tags));
        return call("bedrock:CreateInferenceProfile", () -> bedrock.post(PROFILES, body))
                .getString("inferenceProfileArn", "");
    }

    /** Deletes a profile; one that is already gone counts as deleted. */
    void delete(String arn) throws IOException {
        try {
            String path = path(arn);
            call("bedrock:DeleteInferenceProfile", () -> bedrock.send("DELETE", path, Map.of()));
        } catch (AwsServiceException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }

    /** Tags by key, without those that AWS itself sets. */
    Map<String, String> tags(String arn) throws IOException {
        JsonObject body = new JsonObject().put("resourceARN", arn);
        Map<String, String> tags = new TreeMap<>();
        call("bedrock:ListTagsForResource", () -> bedrock.post("/listTagsForResource", body))
                .getJsonArray("tags", new JsonArray())
                .stream()
                .map(JsonObject.class::cast)
                .filter(tag -> !tag.getString("key", "").startsWith("aws:"))
                .forEach(tag -> tags.put(tag.getString("key", ""), tag.getString("value", "")));
        return tags;
    }

    void tag(String arn, Map<String, String> tags) throws IOException {
        JsonObject body = new JsonObject().put("resourceARN", arn).put("tags", tags(tags));
        call("bedrock:TagResource", () -> bedrock.post("/tagResource", body));
    }

    void untag(String arn, List<String> keys) throws IOException {
        JsonObject body = new JsonObject().put("resourceARN", arn).put("tagKeys", new JsonArray(keys));
        call("bedrock:UntagResource", () -> bedrock.post("/untagResource", body));
    }

    private static JsonArray tags(Map<String, String> tags) {
        JsonArray array = new JsonArray();
        tags.forEach((key, value) -> array.add(new JsonObject().put("key", key).put("value", value)));
        return array;
    }

    private static String path(String arn) {
        return PROFILES + "/" + URLEncoder.encode(arn, StandardCharsets.UTF_8);
    }

    /** Names the permission that is missing. */
    private static JsonObject call(String permission, Call call) throws IOException {
        try {
            return call.run();
        } catch (AwsServiceException e) {
            if (e.is("AccessDeniedException")) {
                throw new DeniedException(permission, e);
            }
            throw e;
        }
    }

    private interface Call {
        JsonObject run() throws IOException;
    }
}
