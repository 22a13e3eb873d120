package dev.tollgate.upstream;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A bounded map that forgets what was not used for longest, so that made-up keys never keep real ones out for good. */
final class RecentlyUsed<V> {

    private final int max;
    private final Map<String, V> values = new LinkedHashMap<>(16, 0.75f, true);

    RecentlyUsed(int max) {
        this.max = max;
    }

    synchronized Optional<V> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    synchronized void put(String key, V value) {
        values.put(key, value);
        if (values.size() > max) {
            values.remove(values.keySet().iterator().next());
        }
    }

    synchronized int size() {
        return values.size();
    }
}
