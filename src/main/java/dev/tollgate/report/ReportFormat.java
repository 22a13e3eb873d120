package dev.tollgate.report;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** How a report is written. */
public enum ReportFormat {
    TABLE,
    JSON,
    CSV,
    HTML,
    FOCUS;

    private static final int MAX_CELLS = 100_000;

    public static Optional<ReportFormat> of(String name) {
        return Arrays.stream(values())
                .filter(f -> f.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst();
    }

    /** The keys to group by: a page and a FOCUS file need more than the requested ones. */
    public List<String> keys(List<String> asked) {
        Set<String> keys = new LinkedHashSet<>();
        if (this == HTML) {
            keys.addAll(HtmlReport.KEYS);
            keys.addAll(asked);
            // The page makes months of days.
            keys.remove("month");
        } else if (this == FOCUS) {
            keys.addAll(FocusReport.KEYS);
            keys.addAll(asked);
        } else {
            keys.addAll(asked);
        }
        return List.copyOf(keys);
    }

    /** Groups kept at most, 0 for all. */
    public int maxGroups() {
        return this == HTML ? MAX_CELLS : 0;
    }

    /** True if {@code --limit} may leave rows out. */
    public boolean limited() {
        return this != HTML && this != FOCUS;
    }

    /**
     * The writer of this format.
     *
     * @param version of Tollgate
     * @param width of the terminal
     */
    public ReportWriter writer(String version, int width, boolean color) {
        return switch (this) {
            case TABLE -> new TableReport(width, color);
            case JSON -> new JsonReport(version);
            case CSV -> new CsvReport();
            case HTML -> new HtmlReport(version);
            case FOCUS -> new FocusReport();
        };
    }
}
