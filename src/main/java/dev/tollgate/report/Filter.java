package dev.tollgate.report;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Globs of which one must fit; none lets everything pass. */
final class Filter {

    private static final int MAX_KNOWN = 100_000;

    private final List<Pattern> globs;
    private final Map<String, Boolean> known = new HashMap<>();

    Filter(List<String> globs) {
        this.globs = globs.stream().map(Filter::pattern).toList();
    }

    boolean passesAll() {
        return globs.isEmpty();
    }

    boolean passes(String value) {
        if (globs.isEmpty()) {
            return true;
        }
        Boolean before = known.get(value);
        if (before != null) {
            return before;
        }
        boolean fits = globs.stream().anyMatch(g -> g.matcher(value).matches());
        if (known.size() < MAX_KNOWN) {
            known.put(value, fits);
        }
        return fits;
    }

    private static Pattern pattern(String glob) {
        StringBuilder regex = new StringBuilder();
        for (char c : glob.toCharArray()) {
            regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
