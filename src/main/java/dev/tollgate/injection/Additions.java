package dev.tollgate.injection;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an injection added to a pod beside the sidecar, kept in the pod's annotation {@code tollgate.dev/injected}: words
 * {@code env:CONTAINER:NAME}, {@code annotation:NAME}, {@code skip:CONTAINER}, {@code volume:NAME}, {@code pull:NAME} and
 * {@code label}, with commas between them.
 */
final class Additions {

    static final String ANNOTATION = "tollgate.dev/injected";

    private final Set<String> words = new LinkedHashSet<>();

    static Optional<Additions> of(Map<String, Object> annotations) {
        if (!annotations.containsKey(ANNOTATION)) {
            return Optional.empty();
        }
        Additions additions = new Additions();
        additions.words.addAll(Set.of(YamlTree.text(annotations, ANNOTATION).split(",")));
        return Optional.of(additions);
    }

    void add(String kind, String... names) {
        words.add(word(kind, names));
    }

    boolean has(String kind, String... names) {
        return words.contains(word(kind, names));
    }

    private static String word(String kind, String... names) {
        return names.length == 0 ? kind : kind + ":" + String.join(":", names);
    }

    void record(Map<String, Object> annotations) {
        annotations.put(ANNOTATION, String.join(",", words));
    }
}
