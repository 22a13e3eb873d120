package dev.tollgate.cli;

import java.io.PrintStream;

/** What an examination found, a line each. */
final class Findings {

    private final PrintStream out;
    private boolean healthy = true;

    Findings(PrintStream out) {
        this.out = out;
    }

    void ok(String what, String text) {
        line("ok", what, text);
    }

    /** Works, and is probably not meant so. */
    void warn(String what, String text) {
        line("WARN", what, text);
    }

    void fail(String what, String text) {
        healthy = false;
        line("FAIL", what, text);
    }

    boolean healthy() {
        return healthy;
    }

    private void line(String how, String what, String text) {
        out.printf("%-4s %-11s %s%n", how, what, text);
    }
}
