package dev.tollgate.injection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads and changes a tree of mappings and lists, as {@link KubernetesYaml} reads it. */
final class YamlTree {

    private YamlTree() {}

    /** The mapping under a key; made if there is none. */
    static Map<String, Object> map(Map<String, Object> parent, String key) {
        return cast(parent.compute(key, (k, v) -> v == null ? new LinkedHashMap<String, Object>() : v));
    }

    /** The list under a key; made if there is none. */
    @SuppressWarnings("unchecked")
    static List<Object> list(Map<String, Object> parent, String key) {
        Object list = parent.compute(key, (k, v) -> v == null ? new ArrayList<>() : v);
        if (!(list instanceof List<?>)) {
            throw new IllegalArgumentException("expected a list at `" + key + "`, found " + list);
        }
        return (List<Object>) list;
    }

    /** The mappings of the list under a key; none if there is no list. */
    static List<Map<String, Object>> maps(Map<String, Object> parent, String key) {
        return parent.get(key) == null
                ? List.of()
                : list(parent, key).stream().map(YamlTree::cast).toList();
    }

    /** The element of a list that has a name. */
    static Optional<Map<String, Object>> named(List<Object> list, String name) {
        return list.stream()
                .map(YamlTree::cast)
                .filter(e -> name.equals(text(e, "name")))
                .findFirst();
    }

    /** A scalar as text, empty if there is none. */
    static String text(Map<String, Object> parent, String key) {
        Object value = parent.get(key);
        return value == null ? "" : String.valueOf(value);
    }

    static boolean isTrue(Map<String, Object> parent, String key) {
        return text(parent, key).equalsIgnoreCase("true");
    }

    /** Removes a key whose mapping or list is empty. */
    static void dropIfEmpty(Map<String, Object> parent, String key) {
        Object value = parent.get(key);
        if (value instanceof Map<?, ?> map && map.isEmpty() || value instanceof List<?> list && list.isEmpty()) {
            parent.remove(key);
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> cast(Object value) {
        if (!(value instanceof Map<?, ?>)) {
            throw new IllegalArgumentException("expected a mapping, found " + value);
        }
        return (Map<String, Object>) value;
    }

    static Map<String, Object> copy(Map<String, Object> map) {
        // A key that readers disagree about, such as y, is no text here.
        Map<Object, Object> copy = new LinkedHashMap<>(map);
        copy.replaceAll((key, value) -> value == null ? null : copyOf(value));
        return cast(copy);
    }

    private static Object copyOf(Object value) {
        if (value instanceof Map<?, ?>) {
            return copy(cast(value));
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(v -> copy.add(copyOf(v)));
            return copy;
        }
        return value;
    }
}
