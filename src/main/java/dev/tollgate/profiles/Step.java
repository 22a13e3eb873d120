package dev.tollgate.profiles;

import dev.tollgate.policy.DeclaredProfile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One profile, as it is declared and as it is.
 *
 * @param declared empty if the policy file does not declare it
 * @param source empty if it is not declared
 * @param found all that have the name
 * @param tags of the one that was found
 */
public record Step(
        Kind kind,
        String name,
        Optional<DeclaredProfile> declared,
        Optional<Source> source,
        List<Profile> found,
        Map<String, String> tags) {

    /** What is to do. */
    public enum Kind {
        /** It is as declared. */
        SAME,
        CREATE,
        /** Its tags differ. */
        TAGS,
        /** It runs another model, which AWS cannot change. */
        MODEL,
        /** Several have the name, so that nobody knows which is meant. */
        TWICE,
        UNDECLARED
    }

    Profile profile() {
        return found.get(0);
    }

    /** Tags that it lacks or has with another value. */
    Map<String, String> toSet() {
        Map<String, String> set = new TreeMap<>(declared.orElseThrow().tags());
        set.entrySet().removeIf(tag -> tag.getValue().equals(tags.get(tag.getKey())));
        return set;
    }

    /** Keys of tags that it has and the file does not give. */
    List<String> toRemove() {
        return tags.keySet().stream()
                .filter(key -> !declared.orElseThrow().tags().containsKey(key))
                .toList();
    }
}
