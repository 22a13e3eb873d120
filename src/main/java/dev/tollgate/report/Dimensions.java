package dev.tollgate.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys that a run reads from each record, and where they are: in metadata, or in fields of the record itself. */
final class Dimensions {

    /** Keys that come from the time of a call. */
    static final Set<String> OF_TIME = Set.of("day", "month", "hour");

    /** Names in request metadata and usage records, the first one that is there wins. */
    private static final Map<String, List<String>> METADATA = Map.of(
            "tenant", List.of("tenantId", "tenant"),
            "application", List.of("applicationId", "application"),
            "costCenter", List.of("costCenter"),
            "environment", List.of("environment"),
            "user", List.of("userId", "user"));

    private final List<String> keys;
    private final Map<String, List<Place>> places = new HashMap<>();
    private final Map<String, Integer> indexes = new HashMap<>();

    /** A key's index, and how much its name counts if several are there: 0 is the most. */
    record Place(int index, int rank) {}

    /**
     * @param keys names as reports print them; those of time and {@code model} are not read by name
     * @param renamed metadata names of a key, for logs older than Tollgate; the first that is there wins
     */
    Dimensions(Set<String> keys, Map<String, List<String>> renamed) {
        Set<String> read = new LinkedHashSet<>(keys);
        read.removeAll(OF_TIME);
        read.remove("model");
        this.keys = List.copyOf(read);
        for (int i = 0; i < this.keys.size(); i++) {
            String key = this.keys.get(i);
            indexes.put(key, i);
            List<String> names = new ArrayList<>(renamed.getOrDefault(key, List.of()));
            names.addAll(METADATA.getOrDefault(key, List.of(key)));
            for (int rank = 0; rank < names.size(); rank++) {
                places.computeIfAbsent(names.get(rank), k -> new ArrayList<>()).add(new Place(i, rank));
            }
        }
    }

    int size() {
        return keys.size();
    }

    /** Index of a key, or -1. */
    int index(String key) {
        return indexes.getOrDefault(key, -1);
    }

    /** Where the value of a metadata entry or field goes. */
    List<Place> places(String name) {
        return places.getOrDefault(name, List.of());
    }
}
