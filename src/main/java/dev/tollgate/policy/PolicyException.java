package dev.tollgate.policy;

import java.util.Comparator;
import java.util.List;

/** A policy file with mistakes; the message has them all, sorted by line. */
public final class PolicyException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int MAX_TEXT = 300;

    /**
     * One mistake.
     *
     * @param where path of the key, such as {@code limits[0].rate.tokens}; empty for the whole file
     */
    public record Problem(int line, String where, String expected, String found) implements java.io.Serializable {
        @Override
        public String toString() {
            return "line " + line + ": " + (where.isEmpty() ? "" : printable(where) + ": ") + "expected " + expected
                    + ", found " + printable(found);
        }

        /** What the file says, in one line of a terminal or a log. */
        private static String printable(String text) {
            String cut = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "..." : text;
            return cut.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "?");
        }
    }

    private final List<Problem> problems;

    public PolicyException(List<Problem> problems) {
        super(lines(sorted(problems)), null, false, false);
        this.problems = sorted(problems);
    }

    private static List<Problem> sorted(List<Problem> problems) {
        return problems.stream().sorted(Comparator.comparingInt(Problem::line)).toList();
    }

    private static String lines(List<Problem> problems) {
        return String.join("\n", problems.stream().map(Problem::toString).toList());
    }

    public List<Problem> problems() {
        return problems;
    }
}
