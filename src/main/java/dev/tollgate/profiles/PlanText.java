package dev.tollgate.profiles;

import dev.tollgate.profiles.Step.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A plan for people: a mark, a name and what differs, a line each. */
public final class PlanText {

    private PlanText() {}

    /** All steps, then how many of each kind. */
    public static List<String> of(Plan plan) {
        int width = plan.steps().stream()
                .mapToInt(step -> step.name().length())
                .max()
                .orElse(0);
        List<String> lines = new ArrayList<>();
        for (Step step : plan.steps()) {
            lines.add("  " + mark(step.kind()) + ' ' + step.name()
                    + " ".repeat(width - step.name().length()) + "  " + what(step));
        }
        lines.add(summary(plan));
        return lines;
    }

    private static char mark(Kind kind) {
        return switch (kind) {
            case SAME -> '=';
            case CREATE -> '+';
            case TAGS -> '~';
            case MODEL, TWICE -> '!';
            case UNDECLARED -> '-';
        };
    }

    private static String what(Step step) {
        return switch (step.kind()) {
            case SAME ->
                "as declared"
                        + (step.profile().active()
                                ? ""
                                : ", still " + step.profile().status());
            case CREATE ->
                "create from " + step.source().orElseThrow().id() + ", tags "
                        + tags(step.declared().orElseThrow().tags());
            case TAGS -> "tags differ: " + changes(step);
            case MODEL ->
                "model differs: it runs " + step.profile().model().orElse("?")
                        + (step.profile().global() ? " (global)" : "") + ", declared is "
                        + step.source().orElseThrow().id()
                        + "; AWS cannot change it: apply --replace deletes it and creates it anew, with another ARN";
            case TWICE ->
                "name differs from none of "
                        + step.found().stream().map(Profile::arn).collect(Collectors.joining(", "))
                        + "; delete all but one";
            case UNDECLARED ->
                "not declared, runs " + step.profile().model().orElse("?") + ", "
                        + step.profile().arn()
                        + (step.profile().own()
                                ? "; apply --prune deletes it"
                                : "; not made by Tollgate, apply --prune=all deletes it");
        };
    }

    private static String changes(Step step) {
        Stream<String> set = step.toSet().entrySet().stream()
                .map(tag -> step.tags().containsKey(tag.getKey())
                        ? tag.getKey() + " " + step.tags().get(tag.getKey()) + " -> " + tag.getValue()
                        : "+ " + tag.getKey() + "=" + tag.getValue());
        Stream<String> removed = step.toRemove().stream()
                .map(key -> "- " + key + "=" + step.tags().get(key));
        return Stream.concat(set, removed).collect(Collectors.joining(", "));
    }

    /** {@code costCenter=sales environment=prod}; {@code none} without one. */
    public static String tags(Map<String, String> tags) {
        return tags.isEmpty()
                ? "none"
                : tags.entrySet().stream()
                        .map(tag -> tag.getKey() + "=" + tag.getValue())
                        .collect(Collectors.joining(" "));
    }

    private static String summary(Plan plan) {
        return plan.count(Kind.CREATE) + " to create, " + plan.count(Kind.TAGS) + " with other tags, "
                + plan.count(Kind.MODEL) + " with another model, " + plan.count(Kind.UNDECLARED) + " not declared, "
                + plan.count(Kind.SAME) + " as declared"
                + (plan.count(Kind.TWICE) > 0 ? ", " + plan.count(Kind.TWICE) + " names twice" : "");
    }
}
