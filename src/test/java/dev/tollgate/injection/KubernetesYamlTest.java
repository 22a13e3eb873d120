package dev.tollgate.injection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.helm.Chart;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** A manifest means the same after the round trip, to readers of YAML 1.1, of 1.2 and to Kubernetes' own. */
class KubernetesYamlTest {

    private static final List<String> DISPUTED = List.of(
            "Y",
            "y",
            "n",
            "N",
            "yes",
            "No",
            "on",
            "OFF",
            "true",
            "False",
            "null",
            "~",
            "0o17",
            "017",
            "0644",
            "0_7",
            "0x1F",
            "0b11",
            "12:30",
            "190:20:30",
            "1_000",
            "1e3",
            "2.5e+07",
            "1.0",
            ".5",
            ".inf",
            "-.INF",
            ".NaN",
            "2024-01-01",
            "2024-01-01T00:00:00Z",
            "=",
            "+1",
            "-7",
            "25000000");

    static Stream<String> disputed() {
        return DISPUTED.stream();
    }

    private static String again(String yaml) {
        StringBuilder out = new StringBuilder();
        KubernetesYaml.reader().loadAll(yaml).forEach(document -> out.append(KubernetesYaml.write(document)));
        return out.toString();
    }

    /** YAML 1.1 in full: y and n are booleans too, as PyYAML's base and Go's yaml.v2 read them. */
    private static Yaml everythingOf11() {
        LoaderOptions in = new LoaderOptions();
        DumperOptions none = new DumperOptions();
        return new Yaml(new SafeConstructor(in), new Representer(none), none, in, new Resolver() {
            @Override
            protected void addImplicitResolvers() {
                addImplicitResolver(Tag.BOOL, Pattern.compile("(?i)yes|no|true|false|on|off"), null);
                addImplicitResolver(new Tag("tag:yaml.org,2002:str"), Pattern.compile("never"), null);
                super.addImplicitResolvers();
            }
        });
    }

    private static Yaml of12() {
        LoaderOptions in = new LoaderOptions();
        DumperOptions none = new DumperOptions();
        return new Yaml(new SafeConstructor(in), new Representer(none), none, in, new Resolver() {
            @Override
            protected void addImplicitResolvers() {
                addImplicitResolver(Tag.BOOL, Pattern.compile("true|True|TRUE|false|False|FALSE"), null);
                addImplicitResolver(Tag.INT, Pattern.compile("[-+]?[0-9]+"), null);
                addImplicitResolver(Tag.NULL, NULL, null);
                addImplicitResolver(Tag.NULL, EMPTY, null);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("disputed")
    void aStringStaysAStringToEveryReader(String text) {
        for (String quoted : List.of("\"" + text + "\"", "'" + text + "'")) {
            String yaml = again("env: [{ name: A, value: " + quoted + " }]\n" + quoted + ": key\n");
            assertTrue(
                    yaml.contains("'" + text + "'") || yaml.contains("\"" + text + "\""),
                    "a reader that we do not know could take it for something else: " + yaml);
            for (Yaml reader : List.of(Chart.yaml(), everythingOf11(), of12())) {
                Map<Object, Object> read = reader.load(yaml);
                assertEquals("key", read.get(text), yaml);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("disputed")
    void whatIsNotQuotedStaysAsItIsWritten(String text) {
        String before = "a: " + text + "\n";
        String after = again(before);
        for (Yaml reader : List.of(Chart.yaml(), everythingOf11(), of12())) {
            Map<String, Object> expected = reader.load(before);
            assertEquals(expected, reader.load(after), after);
        }
        if (!List.of("null", "~").contains(text)) {
            assertEquals("---\na: " + text + "\n", after);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "a b",
                "x: y",
                "- x",
                "# no",
                "tab\there",
                "ünï",
                "1st",
                "-",
                "*a",
                "&a",
                "!a",
                "@a",
                "%a",
                "",
                " "
            })
    void otherStringsComeThrough(String text) {
        String yaml = KubernetesYaml.write(Map.of("a", text));
        for (Yaml reader : List.of(Chart.yaml(), everythingOf11(), of12())) {
            assertEquals(Map.of("a", text), reader.load(yaml), yaml);
        }
    }

    @Test
    void linesStayLinesAndDocumentsStayDocuments() {
        assertEquals(
                "---\nh: |\n  two\n  lines\nenv: null\n---\nb: x\n", again("h: |\n  two\n  lines\nenv:\n---\nb: x\n"));
        assertEquals("---\na: true\nb: 5\n", KubernetesYaml.write(new TreeMap<>(Map.of("a", true, "b", 5))));
    }

    /** Readers disagree whether this is a number at all, and some fail on it. */
    @Test
    void eightWithALeadingZeroStaysAsItIs() {
        assertEquals("---\na: 08\nb: '08'\n", again("a: 08\nb: '08'\n"));
    }

    @Test
    void anchorsAndMergesAreRead() {
        Map<String, Object> read = KubernetesYaml.reader().load("base: &b { a: x }\nc: { <<: *b, d: z }\n");
        assertEquals(Map.of("a", "x", "d", "z"), read.get("c"));
    }
}
