package dev.tollgate.report;

import java.io.IOException;
import java.io.InputStream;

/** Something to read records from. */
public interface Input {

    /** Name for people and for {@code failed/}. */
    String name();

    /** The same however it was spelled, and of nothing else. */
    default String identity() {
        return name();
    }

    /** Size as it lies there, compressed or not; 0 if unknown. */
    long bytes();

    /** Changes if the content does: size and time of the last change; empty if nobody knows. */
    String version();

    /** True if it can be opened once only, as standard input. */
    boolean onlyOnce();

    /** Opens it, as it lies there. */
    InputStream open() throws IOException;
}
