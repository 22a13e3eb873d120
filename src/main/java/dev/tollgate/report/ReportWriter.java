package dev.tollgate.report;

import java.io.IOException;
import java.io.Writer;

/** One format of a report. */
public interface ReportWriter {
    void write(Report report, Writer out) throws IOException;
}
