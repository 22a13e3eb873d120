package dev.tollgate.injection;

/**
 * What became of one object.
 *
 * @param text one line for people, {@code deployment "web" injected}
 */
public record Outcome(State state, String text) {

    public enum State {
        INJECTED,
        UPDATED,
        REMOVED,
        UNCHANGED,
        SKIPPED,
        REFUSED;

        /** Whether the manifest differs from what it should be. */
        public boolean isChange() {
            return this == INJECTED || this == UPDATED || this == REMOVED;
        }
    }

    Outcome about(String object) {
        return new Outcome(state, object + " " + text);
    }
}
