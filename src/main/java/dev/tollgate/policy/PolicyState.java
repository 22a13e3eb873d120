package dev.tollgate.policy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The policy in force, and what is wrong with the file if a later one could not be loaded.
 *
 * @param file that is watched; empty without one
 * @param loadedAt when the policy in force was read
 * @param mistakes of the file as it is now, by line; empty if it is in force
 */
public record PolicyState(Policy policy, Optional<Path> file, Optional<Instant> loadedAt, List<Mistake> mistakes) {

    /** Metering only, without a file. */
    public static final PolicyState NONE = new PolicyState(Policy.NONE, Optional.empty(), Optional.empty(), List.of());

    // As many as a person reads; the log has them all.
    private static final int MAX_MISTAKES = 100;
    private static final int MAX_MESSAGE = 500;

    /**
     * One mistake.
     *
     * @param line from 1; 0 for the file as a whole
     * @param message at most 500 characters
     */
    public record Mistake(int line, String message) {

        public Mistake {
            message = message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) + "..." : message;
        }

        static Mistake ofFile(String message) {
            return new Mistake(0, message);
        }

        static Mistake of(PolicyException.Problem problem) {
            String text = problem.toString();
            return new Mistake(problem.line(), text.substring(text.indexOf(": ") + 2));
        }

        @Override
        public String toString() {
            return line == 0 ? message : "line " + line + ": " + message;
        }
    }

    public PolicyState {
        mistakes = List.copyOf(mistakes);
    }

    static PolicyState loaded(Path file, Policy policy, Instant at) {
        return new PolicyState(policy, Optional.of(file), Optional.of(at), List.of());
    }

    PolicyState with(List<Mistake> found) {
        return new PolicyState(
                policy, file, loadedAt, found.stream().limit(MAX_MISTAKES).toList());
    }
}
