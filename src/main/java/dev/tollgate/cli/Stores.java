package dev.tollgate.cli;

import dev.tollgate.report.Inputs;
import java.io.IOException;

/** Where records may lie beside files. */
final class Stores {

    private Stores() {}

    static Inputs.Store s3() {
        return address -> {
            throw new IOException("expected files or folders, found " + address + "; copy it first: aws s3 sync "
                    + address + " logs");
        };
    }
}
