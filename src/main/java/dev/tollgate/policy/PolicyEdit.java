package dev.tollgate.policy;

import dev.tollgate.policy.Limit.Budget;
import java.math.BigDecimal;
import java.util.Optional;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Sets a budget's override in the text of a policy file; every other byte stays as it is. */
public final class PolicyEdit {

    private PolicyEdit() {}

    /**
     * The text with the override in place of the one that the budget had. It is read again, and says the same as before but
     * for the override.
     *
     * @param yaml a policy without mistakes
     * @param limit names a budget of it
     * @return empty if the text is written in a way that this cannot change, such as one budget for two limits by an anchor
     */
    public static Optional<String> override(String yaml, String limit, BudgetOverride override) {
        Policy before = PolicyReader.read(yaml, 0);
        Weight weight = before.limits().stream()
                .filter(l -> l.name().equals(limit))
                .map(l -> l.quantity().weight())
                .findFirst()
                .orElseThrow();
        Optional<String> edited = budget(yaml, limit).map(node -> override(yaml, node, entry(weight, override)));
        return edited.filter(text -> says(text, with(before, limit, override)));
    }

    /** {@code { usd: 50, until: 2026-12-01T00:00:00Z }}, as it is written into a file. */
    public static String entry(Weight weight, BudgetOverride override) {
        String amount = weight == Weight.USD
                ? BigDecimal.valueOf(override.amount(), 6).stripTrailingZeros().toPlainString()
                : String.valueOf(override.amount());
        return "{ " + weight.label() + ": " + amount + ", until: " + override.until() + " }";
    }

    private static boolean says(String text, Policy expected) {
        try {
            return PolicyReader.read(text, 0).equals(expected);
        } catch (PolicyException e) {
            return false;
        }
    }

    private static Policy with(Policy policy, String name, BudgetOverride override) {
        return policy.withLimits(policy.limits().stream()
                .map(limit -> limit.name().equals(name) && limit.quantity() instanceof Budget budget
                        ? limit.with(budget.with(override))
                        : limit)
                .toList());
    }

    private static Optional<MappingNode> budget(String yaml, String limit) {
        Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new java.io.StringReader(yaml));
        if (!(value(root, "limits").orElse(root) instanceof SequenceNode limits)) {
            return Optional.empty();
        }
        return limits.getValue().stream()
                .filter(node -> value(node, "name")
                        .filter(name -> name instanceof ScalarNode scalar
                                && scalar.getValue().equals(limit))
                        .isPresent())
                .findFirst()
                .flatMap(node -> value(node, "budget"))
                .filter(MappingNode.class::isInstance)
                .map(MappingNode.class::cast);
    }

    private static Optional<Node> value(Node node, String key) {
        return node instanceof MappingNode mapping
                ? mapping.getValue().stream()
                        .filter(tuple -> tuple.getKeyNode() instanceof ScalarNode scalar
                                && scalar.getValue().equals(key))
                        .map(NodeTuple::getValueNode)
                        .findFirst()
                : Optional.empty();
    }

    private static String override(String yaml, MappingNode budget, String entry) {
        Optional<Node> old = value(budget, "override");
        if (old.isPresent()) {
            return yaml.substring(0, at(yaml, old.get().getStartMark())) + entry + yaml.substring(end(yaml, old.get()));
        }
        Mark first = budget.getValue().get(0).getKeyNode().getStartMark();
        int at = at(yaml, first);
        if (budget.getFlowStyle() == FlowStyle.FLOW) {
            int last = end(
                    yaml, budget.getValue().get(budget.getValue().size() - 1).getValueNode());
            return yaml.substring(0, last) + ", override: " + entry + yaml.substring(last);
        }
        String lineEnd = yaml.contains("\r\n") ? "\r\n" : "\n";
        return yaml.substring(0, at) + "override: " + entry + lineEnd + " ".repeat(first.getColumn())
                + yaml.substring(at);
    }

    /** Behind the last character of a node; a block's own end mark lies at whatever follows it. */
    private static int end(String yaml, Node node) {
        if (node instanceof MappingNode mapping && mapping.getFlowStyle() != FlowStyle.FLOW) {
            return end(
                    yaml, mapping.getValue().get(mapping.getValue().size() - 1).getValueNode());
        }
        return at(yaml, node.getEndMark());
    }

    /** A mark counts code points. */
    private static int at(String yaml, Mark mark) {
        return yaml.offsetByCodePoints(0, mark.getIndex());
    }
}
