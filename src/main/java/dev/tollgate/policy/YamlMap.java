package dev.tollgate.policy;

import dev.tollgate.policy.PolicyException.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A YAML mapping that knows the line of each key and notes every mistake in it. */
final class YamlMap {

    private final String where;
    private final int line;
    private final List<Problem> problems;
    private final Map<String, Node> entries = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();

    YamlMap(Node node, String where, List<Problem> problems) {
        this.where = where;
        this.line = line(node);
        this.problems = problems;
        if (!(node instanceof MappingNode mapping)) {
            problem(line, where, "a mapping", describe(node));
            return;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            String key = tuple.getKeyNode() instanceof ScalarNode s ? s.getValue() : "?";
            if (entries.put(key, tuple.getValueNode()) != null) {
                problem(line(tuple.getKeyNode()), at(key), "each key once", "\"" + key + "\" twice");
            }
            lines.put(key, line(tuple.getKeyNode()));
        }
    }

    void only(Set<String> known) {
        lines.forEach((key, at) -> {
            if (!known.contains(key)) {
                problem(
                        at,
                        where,
                        "one of " + String.join(", ", known.stream().sorted().toList()),
                        "\"" + key + "\"");
            }
        });
    }

    Set<String> keys() {
        return entries.keySet();
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    boolean isList(String key) {
        return entries.get(key) instanceof SequenceNode;
    }

    Optional<String> text(String key) {
        return text(key, "a string");
    }

    /** @param expected what the text says, for who gives something else */
    Optional<String> text(String key, String expected) {
        Node node = entries.get(key);
        if (node == null) {
            return Optional.empty();
        }
        if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
            return Optional.of(scalar.getValue());
        }
        problem(key, expected, describe(node));
        return Optional.empty();
    }

    List<String> texts(String key, String example) {
        Node node = entries.get(key);
        List<String> out = new ArrayList<>();
        if (node instanceof SequenceNode sequence) {
            for (Node element : sequence.getValue()) {
                if (element instanceof ScalarNode scalar) {
                    out.add(scalar.getValue());
                } else {
                    problem(key, "a list of strings", describe(element));
                }
            }
        } else if (node != null) {
            problem(key, "a list such as " + example, describe(node));
        }
        return out;
    }

    Optional<YamlMap> map(String key) {
        Node node = entries.get(key);
        return node == null ? Optional.empty() : Optional.of(new YamlMap(node, at(key), problems));
    }

    List<YamlMap> maps(String key) {
        Node node = entries.get(key);
        List<YamlMap> out = new ArrayList<>();
        if (node instanceof SequenceNode sequence) {
            for (Node element : sequence.getValue()) {
                out.add(new YamlMap(element, key + "[" + out.size() + "]", problems));
            }
        } else if (node != null) {
            problem(key, "a list", describe(node));
        }
        return out;
    }

    void problem(String key, String expected, String found) {
        problem(lines.getOrDefault(key, line), at(key), expected, found);
    }

    /** A mistake of the mapping as a whole. */
    void tooMany(String expected, String found) {
        problem(line, where, expected, found);
    }

    void missing(String key, String expected) {
        mistake(expected, "no \"" + key + "\"");
    }

    /** Of the map as a whole. */
    void mistake(String expected, String found) {
        problem(line, where, expected, found);
    }

    private void problem(int line, String where, String expected, String found) {
        problems.add(new Problem(line, where, expected, found));
    }

    private String at(String key) {
        return where.isEmpty() ? key : where + "." + key;
    }

    private static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }

    private static String describe(Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue().isBlank() ? "nothing" : "\"" + scalar.getValue() + "\"";
        }
        return node instanceof SequenceNode ? "a list" : "a mapping";
    }
}
