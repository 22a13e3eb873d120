package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** values.yaml is the manual: every key is documented there, known to the closed schema, and in the README's table. */
class ValuesTest {

    private static final Path VALUES = Chart.ROOT.resolve("values.yaml");
    private static final Pattern KEY = Pattern.compile("( *)([A-Za-z-]+):.*");

    /** Path of each documented key, with its text. */
    private static Map<String, String> documented() throws IOException {
        Map<String, String> documented = new LinkedHashMap<>();
        Deque<String> path = new ArrayDeque<>();
        StringBuilder text = new StringBuilder();
        for (String line : Files.readAllLines(VALUES)) {
            String bare = line.strip();
            if (bare.startsWith("# -- ")) {
                text.append(bare.substring(5));
            } else if (bare.startsWith("#") && text.length() > 0) {
                text.append(' ').append(bare.substring(1).strip());
            } else {
                Matcher key = KEY.matcher(line);
                if (key.matches()) {
                    while (path.size() > key.group(1).length() / 2) {
                        path.removeLast();
                    }
                    path.addLast(key.group(2));
                    if (text.length() > 0) {
                        documented.put(String.join(".", path), text.toString());
                    }
                }
                text.setLength(0);
            }
        }
        return documented;
    }

    private static void leaves(String path, Object value, Map<String, Object> leaves, Map<String, String> documented) {
        if (value instanceof Map<?, ?> && !documented.containsKey(path)) {
            Chart.map(value)
                    .forEach(
                            (key, child) -> leaves(path.isEmpty() ? key : path + "." + key, child, leaves, documented));
        } else {
            leaves.put(path, value);
        }
    }

    private static Map<String, Object> leaves(Map<String, String> documented) throws IOException {
        Map<String, Object> leaves = new LinkedHashMap<>();
        leaves("", Chart.yaml().load(Files.readString(VALUES)), leaves, documented);
        return leaves;
    }

    @Test
    void everyKeyIsDocumentedAndInTheSchema() throws IOException {
        Map<String, String> documented = documented();
        Map<String, Object> leaves = leaves(documented);
        assertEquals(leaves.keySet(), documented.keySet());
        JsonNode schema = new ObjectMapper()
                .readTree(Chart.ROOT.resolve("values.schema.json").toFile());
        TreeSet<String> inSchema = new TreeSet<>();
        closed("", schema, inSchema, leaves);
        inSchema.remove("global");
        assertEquals(new TreeSet<>(leaves.keySet()), inSchema);
    }

    private static void closed(String path, JsonNode schema, TreeSet<String> found, Map<String, Object> leaves) {
        if (!path.isEmpty() && (leaves.containsKey(path) || !schema.has("properties"))) {
            found.add(path);
            return;
        }
        assertTrue(schema.get("additionalProperties").isBoolean(), path + " takes keys that it does not know");
        schema.get("properties")
                .properties()
                .forEach(child -> closed(
                        path.isEmpty() ? child.getKey() : path + "." + child.getKey(),
                        child.getValue(),
                        found,
                        leaves));
    }

    /** Helm removes a value that is null: what has a default is then missing, and what has none stays empty. */
    @Test
    void aValueThatIsNullIsRefusedOrEmpty() throws IOException {
        String asItIs = Chart.render(Chart.NEW, null);
        for (String key : leaves(documented()).keySet()) {
            if (key.equals("redis.url")) {
                continue; // Chart.render chooses this ledger, and without one nothing is rendered.
            }
            String rendered;
            try {
                rendered = Chart.render(Chart.NEW, null, key + "=null");
            } catch (RuntimeException e) {
                String name = key.substring(key.lastIndexOf('.') + 1);
                assertTrue(String.valueOf(e.getMessage()).contains("missing property '" + name + "'"), key + ": " + e);
                continue;
            }
            assertEquals(asItIs, rendered, key);
        }
    }

    @Test
    void theReadmesTableIsMadeFromIt() throws IOException {
        Map<String, String> documented = documented();
        List<String> lines = new ArrayList<>();
        leaves(documented)
                .forEach((key, value) -> lines.add("| `" + key + "` | `"
                        + new ObjectMapper().valueToTree(value).toString().replace("|", "\\|") + "` | "
                        + documented.get(key).replace("|", "\\|") + " |"));
        Golden.check(Chart.ROOT.resolve("README.md"), """
                # The tollgate chart

                Made from values.yaml by ValuesTest; do not edit. One release serves one namespace; Redis' URL is in a Secret there:

                    kubectl -n team-a create secret generic team-redis --from-env-file=redis.env  # url=rediss://...

                    helm install tollgate ./helm/tollgate -n team-a --set redis.existingSecret.name=team-redis

                To try it, `--set redis.quickstart.enabled=true` runs a Valkey beside it. Sizing, upgrades and IAM:
                [operations](../../src/docs/operations.md).

                | key | default | |
                |---|---|---|
                """ + String.join("\n", lines) + "\n");
    }
}
