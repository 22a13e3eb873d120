package dev.tollgate.policy;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads the entries of {@code profiles} where it is a list: profiles to create, by the rules of Bedrock's control plane. */
final class ProfileReader {

    // InferenceProfileName, TagKey and TagValue of Bedrock's API version 2023-04-20.
    private static final Pattern NAME = Pattern.compile("([0-9a-zA-Z][ _-]?)+");
    private static final int MAX_NAME = 64;
    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9 ._:/=+@-]+");
    private static final int MAX_KEY = 128;
    private static final int MAX_VALUE = 256;
    private static final int MAX_TAGS = 50;
    private static final int MAX_MODEL = 2048;

    private final Set<String> names = new HashSet<>();

    /** Empty if a mistake leaves no profile; mistakes are noted in the mapping. */
    Optional<DeclaredProfile> read(YamlMap map) {
        map.only(Set.of("name", "model", "tags"));
        Optional<String> name = name(map);
        Optional<String> model = model(map);
        Map<String, String> tags = new TreeMap<>();
        map.map("tags").ifPresent(given -> tags(given, tags));
        return name.flatMap(n -> model.map(m -> new DeclaredProfile(n, m, tags)));
    }

    private Optional<String> name(YamlMap map) {
        if (!map.has("name")) {
            map.missing("name", "a name");
        }
        Optional<String> name = map.text("name");
        name.ifPresent(text -> {
            if (text.length() > MAX_NAME || !NAME.matcher(text).matches()) {
                map.problem(
                        "name",
                        "1 to 64 letters and digits, each followed by at most one space, _ or -",
                        '"' + text + '"');
            } else if (!names.add(text)) {
                map.problem("name", "a name that no other profile has", '"' + text + '"');
            }
        });
        return name;
    }

    private static Optional<String> model(YamlMap map) {
        if (!map.has("model")) {
            map.missing("model", "a model");
        }
        Optional<String> model = map.text("model");
        model.ifPresent(text -> {
            if (text.contains(":application-inference-profile/")) {
                map.problem("model", "a model or a profile of AWS's, which alone can be copied", '"' + text + '"');
            } else if (text.length() > MAX_MODEL || !text.chars().allMatch(c -> c > ' ' && c < 127)) {
                map.problem("model", "1 to " + MAX_MODEL + " visible ASCII characters", '"' + text + '"');
            }
        });
        return model;
    }

    private static void tags(YamlMap given, Map<String, String> tags) {
        for (String key : given.keys()) {
            if (key.length() > MAX_KEY || !TAG.matcher(key).matches()) {
                given.problem(
                        key, "a tag key of 1 to 128 letters, digits, spaces and . _ : / = + @ -", '"' + key + '"');
            } else if (reserved(key)) {
                given.problem(key, "a tag key that does not begin with aws:, which AWS reserves", '"' + key + '"');
            }
            given.text(key).ifPresent(value -> {
                if (value.length() > MAX_VALUE || !TAG.matcher(value).matches()) {
                    given.problem(
                            key,
                            "a tag value of 1 to 256 letters, digits, spaces and . _ : / = + @ -",
                            '"' + value + '"');
                } else if (reserved(value)) {
                    given.problem(key, "a tag value that does not begin with aws:, which AWS reserves", value);
                }
                tags.put(key, value);
            });
        }
        if (given.keys().size() > MAX_TAGS) {
            given.tooMany("at most " + MAX_TAGS + " tags", given.keys().size() + " tags");
        }
    }

    private static boolean reserved(String text) {
        return text.toLowerCase(Locale.ROOT).startsWith("aws:");
    }
}
