package dev.tollgate.bedrock;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Built-in names of models, such as {@code claude-3-5-haiku}: each refers to the newest version of a model with a price. */
public final class ModelNames {

    /** No built-in names. */
    public static final ModelNames NONE = new ModelNames(new TreeMap<>(), Map.of());

    private static final int MAX_NEAR = 3;
    private static final int MAX_COMPARED = 64;

    private final SortedMap<String, String> ids;
    private final Map<String, String> priced;
    private final Set<String> providers;

    private ModelNames(SortedMap<String, String> ids, Map<String, String> priced) {
        this.ids = Collections.unmodifiableSortedMap(ids);
        this.priced = Map.copyOf(priced);
        this.providers = ids.values().stream()
                .flatMap(id -> ModelId.parse(id).model().stream())
                .map(ModelId::provider)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** @param models names of the price book, each {@code provider.model}; one that is in no list of ids is its own id */
    public static ModelNames of(Collection<String> models, ProfilePrefix prefix) {
        SortedMap<String, String> ids = new TreeMap<>();
        Map<String, String> priced = new HashMap<>();
        Map<String, List<String>> known = read();
        for (String model : models) {
            List<String> row = known.get(model);
            String id = row == null ? model : prefix.apply(row.get(1), words(row.get(2)), words(row.get(3)));
            ids.put(model.substring(model.indexOf('.') + 1), id);
            // A name that is an id says what is to be sent.
            if (row != null && !row.get(1).equals(model)) {
                priced.put(model, id);
            }
        }
        return new ModelNames(ids, priced);
    }

    private static Map<String, List<String>> read() {
        Map<String, List<String>> rows = new HashMap<>();
        InputStream in = ModelNames.class.getResourceAsStream("models.csv");
        if (in == null) {
            throw new IllegalStateException("expected the resource dev/tollgate/bedrock/models.csv");
        }
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                List<String> cells = List.of(line.split(",", -1));
                rows.put(cells.get(0), cells);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    private static List<String> words(String cell) {
        return List.of(cell.split(" "));
    }

    /** The identifier to send for a built-in name, or for a model as the price book names it; empty for other names. */
    public Optional<String> id(String name) {
        return Optional.ofNullable(ids.get(name)).or(() -> Optional.ofNullable(priced.get(name)));
    }

    /** Every name and its identifier. */
    public SortedMap<String, String> all() {
        return ids;
    }

    /** True if the text begins, after a profile's prefix, with a provider of one of the models. */
    public boolean namesProvider(String text) {
        String provider = ModelId.parse(text).model().map(ModelId::provider).orElse("");
        return providers.contains(provider);
    }

    /** The names that a mistyped one was probably meant to be, at most three, the nearest first. */
    public static List<String> near(String name, Collection<String> names) {
        if (name.length() > MAX_COMPARED) {
            return List.of();
        }
        int most = Math.max(2, name.length() / 4);
        Map<String, Integer> distances = new HashMap<>();
        for (String known : names) {
            boolean longer = name.startsWith(known) && known.length() * 2 >= name.length();
            int distance = longer || known.startsWith(name) ? 1 : distance(name, known);
            if (distance <= most) {
                distances.put(known, distance);
            }
        }
        List<String> near = new ArrayList<>(distances.keySet());
        near.sort(Comparator.<String>comparingInt(known -> distances.getOrDefault(known, most))
                .thenComparing(Comparator.naturalOrder()));
        return List.copyOf(near.subList(0, Math.min(MAX_NEAR, near.size())));
    }

    /** Edits between two names, as by Levenshtein. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
