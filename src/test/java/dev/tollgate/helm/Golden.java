package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Files that are made by tests: {@code mvn test -Dtest='ChartTest,ValuesTest' -Dtollgate.golden=write} makes them anew. */
final class Golden {

    private Golden() {}

    static void check(Path file, String made) throws IOException {
        if ("write".equals(System.getProperty("tollgate.golden"))) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, made);
        }
        assertEquals(made, Files.readString(file), file + " differs; look at it, then -Dtollgate.golden=write");
    }

    /** YAML with sorted keys. */
    static String yaml(Map<String, Object> object) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        options.setIndicatorIndent(2);
        options.setIndentWithIndicator(true);
        return new Yaml(options).dump(sorted(object));
    }

    private static Object sorted(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> sorted = new TreeMap<>();
            map.forEach((k, v) -> sorted.put(String.valueOf(k), sorted(v)));
            return sorted;
        }
        return value instanceof List<?> list ? list.stream().map(Golden::sorted).toList() : value;
    }
}
