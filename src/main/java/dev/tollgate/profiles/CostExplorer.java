package dev.tollgate.profiles;

import dev.tollgate.upstream.AwsService;
import dev.tollgate.upstream.AwsServiceException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Cost allocation tags, and what AWS's bill says of them (API version 2017-10-25). Each request costs 0.01 USD. */
public final class CostExplorer {

    private static final String API = "AWSInsightsIndexService.";
    private static final int MAX_UPDATES = 20;
    private static final int MAX_PAGES = 1000;

    private final AwsService service;

    public CostExplorer(AwsService service) {
        this.service = service;
    }

    /** Status of each tag key that Cost Explorer knows: {@code Active} or {@code Inactive}. */
    public Map<String, String> statuses(Collection<String> keys) throws IOException {
        Map<String, String> statuses = new TreeMap<>();
        for (List<String> some : chunks(keys, 100)) {
            JsonObject query =
                    new JsonObject().put("TagKeys", new JsonArray(some)).put("Type", "UserDefined");
            pages("ListCostAllocationTags", query, "NextToken", page -> page.getJsonArray(
                            "CostAllocationTags", new JsonArray())
                    .forEach(tag -> statuses.put(
                            ((JsonObject) tag).getString("TagKey", ""), ((JsonObject) tag).getString("Status", ""))));
        }
        return statuses;
    }

    /** Activates tags; one that is active stays so. @return what could not be activated and why, by key */
    public Map<String, String> activate(Collection<String> keys) throws IOException {
        Map<String, String> failed = new TreeMap<>();
        for (List<String> some : chunks(keys, MAX_UPDATES)) {
            JsonArray entries = new JsonArray();
            some.forEach(key -> entries.add(new JsonObject().put("TagKey", key).put("Status", "Active")));
            call("UpdateCostAllocationTagsStatus", new JsonObject().put("CostAllocationTagsStatus", entries))
                    .getJsonArray("Errors", new JsonArray())
                    .forEach(error -> failed.put(
                            ((JsonObject) error).getString("TagKey", ""),
                            ((JsonObject) error).getString("Code", "") + ": "
                                    + ((JsonObject) error).getString("Message", "")));
        }
        return failed;
    }

    /**
     * Unblended cost in US dollars of services whose name has Bedrock in it, by the tag's value; of what has no such tag
     * under the empty value.
     *
     * @param until exclusive
     */
    public Map<String, BigDecimal> costs(String key, LocalDate since, LocalDate until) throws IOException {
        JsonObject query = new JsonObject()
                .put(
                        "TimePeriod",
                        new JsonObject().put("Start", since.toString()).put("End", until.toString()))
                .put("Granularity", "MONTHLY")
                .put("Metrics", new JsonArray().add("UnblendedCost"))
                .put(
                        "GroupBy",
                        new JsonArray()
                                .add(new JsonObject().put("Type", "TAG").put("Key", key))
                                .add(new JsonObject().put("Type", "DIMENSION").put("Key", "SERVICE")));
        Map<String, BigDecimal> costs = new TreeMap<>();
        pages("GetCostAndUsage", query, "NextPageToken", page -> page.getJsonArray("ResultsByTime", new JsonArray())
                .forEach(month -> ((JsonObject) month)
                        .getJsonArray("Groups", new JsonArray())
                        .forEach(group -> add(costs, key, (JsonObject) group))));
        return costs;
    }

    private static void add(Map<String, BigDecimal> costs, String key, JsonObject group) {
        JsonArray keys = group.getJsonArray("Keys", new JsonArray());
        if (keys.size() != 2 || !keys.getString(1).contains("Bedrock")) {
            return;
        }
        // A group of a tag is named "key$value".
        String value =
                keys.getString(0).startsWith(key + "$") ? keys.getString(0).substring(key.length() + 1) : "";
        String amount = group.getJsonObject("Metrics", new JsonObject())
                .getJsonObject("UnblendedCost", new JsonObject())
                .getString("Amount", "0");
        costs.merge(value, new BigDecimal(amount), BigDecimal::add);
    }

    private interface Page {
        void read(JsonObject page);
    }

    private void pages(String operation, JsonObject query, String token, Page reader) throws IOException {
        for (int i = 0; i < MAX_PAGES; i++) {
            JsonObject page = call(operation, query);
            reader.read(page);
            String next = page.getString(token, "");
            if (next.isEmpty()) {
                return;
            }
            query.put(token, next);
        }
        throw new IOException("expected an answer of " + operation + " with an end, found " + MAX_PAGES + " pages");
    }

    private JsonObject call(String operation, JsonObject body) throws IOException {
        try {
            return service.target(API + operation, body);
        } catch (AwsServiceException e) {
            if (e.is("AccessDeniedException")) {
                throw new DeniedException("ce:" + operation, e);
            }
            throw e;
        }
    }

    private static List<List<String>> chunks(Collection<String> keys, int most) {
        List<String> all = List.copyOf(keys);
        List<List<String>> chunks = new ArrayList<>();
        for (int i = 0; i < all.size(); i += most) {
            chunks.add(all.stream().skip(i).limit(most).collect(Collectors.toList()));
        }
        return chunks;
    }
}
