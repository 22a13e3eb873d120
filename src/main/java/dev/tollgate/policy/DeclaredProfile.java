package dev.tollgate.policy;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * An application inference profile as the policy file wants it.
 *
 * @param name unique in its account and region, and the name of its alias
 * @param model what it runs: an alias, a model's name or id, or an ARN
 * @param tags by key, in the order of the keys
 */
public record DeclaredProfile(String name, String model, Map<String, String> tags) {
    public DeclaredProfile {
        tags = Collections.unmodifiableMap(new TreeMap<>(tags));
    }
}
