package dev.tollgate.policy;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Writes aliases into the text of a policy file; every other byte of it stays as it is. */
public final class AliasWriter {

    private static final String KEY = "aliases";

    private final String text;
    private final String lineBreak;
    private final List<Change> changes = new ArrayList<>();

    /** Replaces from {@code start} to before {@code end}. */
    private record Change(int start, int end, String by) {}

    private AliasWriter(String text) {
        this.text = text;
        this.lineBreak = text.contains("\r\n") ? "\r\n" : "\n";
    }

    /**
     * The text with these aliases, added or with their new value.
     *
     * @throws PolicyException if the text has mistakes
     * @throws IllegalArgumentException if the aliases cannot be written without a change of something else
     */
    public static String with(String text, Map<String, String> aliases) {
        Policy before = PolicyReader.read(text, 0);
        Map<String, String> wanted = new LinkedHashMap<>(aliases);
        wanted.entrySet()
                .removeIf(alias -> alias.getValue().equals(before.aliases().get(alias.getKey())));
        if (wanted.isEmpty()) {
            return text;
        }
        String written = new AliasWriter(text).write(wanted);
        Map<String, String> all = new LinkedHashMap<>(before.aliases());
        all.putAll(aliases);
        if (!says(written, before.withAliases(all))) {
            throw new IllegalArgumentException(
                    "expected aliases that can be written one by one, found a file in which that would change more");
        }
        return written;
    }

    /** A file that holds these aliases only. */
    public static String file(Map<String, String> aliases) {
        return KEY + ":\n"
                + aliases.entrySet().stream()
                        .map(alias -> "  " + entry(alias) + "\n")
                        .collect(Collectors.joining());
    }

    private static boolean says(String text, Policy expected) {
        try {
            return PolicyReader.read(text, 0).equals(expected);
        } catch (PolicyException e) {
            return false;
        }
    }

    private String write(Map<String, String> wanted) {
        Optional<NodeTuple> aliases = tuple(root(), KEY);
        if (aliases.isPresent() && aliases.get().getValueNode() instanceof MappingNode mapping) {
            Map<String, String> added = new LinkedHashMap<>(wanted);
            wanted.forEach((name, value) -> tuple(mapping, name).ifPresent(known -> {
                replace(known.getValueNode(), scalar(value));
                added.remove(name);
            }));
            add(mapping, added);
        } else {
            String gap = text.isEmpty() || text.endsWith("\n") ? "" : lineBreak;
            insert(text.length(), gap + KEY + ":" + lines(wanted, "  ") + lineBreak);
        }
        return changed();
    }

    private @Nullable Node root() {
        return new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(text));
    }

    private static Optional<NodeTuple> tuple(@Nullable Node node, String key) {
        return node instanceof MappingNode mapping
                ? mapping.getValue().stream()
                        .filter(t -> t.getKeyNode() instanceof ScalarNode s
                                && s.getValue().equals(key))
                        .findFirst()
                : Optional.empty();
    }

    private void replace(Node node, String by) {
        changes.add(new Change(index(node.getStartMark()), index(node.getEndMark()), by));
    }

    private void add(MappingNode mapping, Map<String, String> added) {
        if (added.isEmpty()) {
            return;
        }
        List<NodeTuple> known = mapping.getValue();
        if (mapping.getFlowStyle() == FlowStyle.FLOW) {
            String all = added.entrySet().stream().map(AliasWriter::entry).collect(Collectors.joining(", "));
            int at = known.isEmpty()
                    ? index(mapping.getStartMark()) + 1
                    : index(known.get(known.size() - 1).getValueNode().getEndMark());
            insert(at, known.isEmpty() ? " " + all + " " : ", " + all);
            return;
        }
        NodeTuple last = known.get(known.size() - 1);
        String indent = " ".repeat(last.getKeyNode().getStartMark().getColumn());
        insert(lineEnd(index(last.getValueNode().getEndMark())), lines(added, indent));
    }

    private void insert(int at, String what) {
        changes.add(new Change(at, at, what));
    }

    /** Before the line break that follows, or at the end of the text. */
    private int lineEnd(int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end > from && text.charAt(end - 1) == '\r' ? end - 1 : end;
    }

    /** Each on a line of its own, after a line break. */
    private String lines(Map<String, String> aliases, String indent) {
        return aliases.entrySet().stream()
                .map(alias -> lineBreak + indent + entry(alias))
                .collect(Collectors.joining());
    }

    private static String entry(Map.Entry<String, String> alias) {
        return scalar(alias.getKey()) + ": " + scalar(alias.getValue());
    }

    /** Quoted where YAML would not read the same string. */
    private static String scalar(String value) {
        boolean plain = value.matches("[A-Za-z][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+|::[A-Za-z0-9_./-]+)*")
                && !value.matches("(?i)y|n|yes|no|true|false|on|off|null");
        return plain ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Marks count code points. */
    private int index(Mark mark) {
        return text.offsetByCodePoints(0, mark.getIndex());
    }

    private String changed() {
        StringBuilder out = new StringBuilder(text);
        changes.stream()
                .sorted(Comparator.comparingInt(Change::start).reversed())
                .forEach(change -> out.replace(change.start, change.end, change.by));
        return out.toString();
    }
}
