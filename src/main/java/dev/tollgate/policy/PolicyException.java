package dev.tollgate.policy;

import java.util.List;

/** A policy file with mistakes; the message has them all. */
public final class PolicyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** One mistake. */
    public record Problem(int line, String where, String expected, String found) implements java.io.Serializable {
        @Override
        public String toString() {
            return "line " + line + ": " + where + ": expected " + expected + ", found " + found;
        }
    }

    private final List<Problem> problems;

    public PolicyException(List<Problem> problems) {
        super(String.join("\n", problems.stream().map(Problem::toString).toList()), null, false, false);
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
