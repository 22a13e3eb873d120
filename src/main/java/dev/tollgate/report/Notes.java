package dev.tollgate.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What people must know of a run beside its numbers; one line each, for standard error. */
public final class Notes {

    private Notes() {}

    /** @param failed folder that holds the lines that could not be read */
    public static List<String> of(Report report, Optional<String> failed) {
        List<String> notes = new ArrayList<>();
        if (report.rows().isEmpty()) {
            notes.add("no call was found that counts");
        }
        if (report.unreadableLines() > 0) {
            notes.add(report.unreadableLines() + " lines could not be read; "
                    + failed.map(f -> "see " + f).orElse("--failed DIR keeps them with file, line and reason"));
        }
        if (report.duplicateCalls() > 0) {
            notes.add(report.duplicateCalls() + " records came twice and count once");
        }
        report.unpriced()
                .forEach((model, calls) -> notes.add("no price for " + model + " in the price book (" + calls
                        + " calls): tokens cost what the dearest relative does, other units nothing;"
                        + " add a line with --prices"));
        if (!report.rolledUp().isEmpty()) {
            notes.add("rolled up to stay within the bound of groups: " + String.join(", ", report.rolledUp())
                    + "; totals are complete");
        }
        return notes;
    }
}
