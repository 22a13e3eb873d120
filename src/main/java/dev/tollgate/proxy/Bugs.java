package dev.tollgate.proxy;

import org.jboss.logging.Logger;

/** Failures that are Tollgate's own. */
final class Bugs {

    private static final Logger LOG = Logger.getLogger(Bugs.class);
    private static final int EXIT_OUT_OF_MEMORY = 3;

    private Bugs() {}

    /** Logs the failure with its stack. A process without memory ends: the kubelet starts a sound one. */
    static void report(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            LOG.fatal("Out of memory; lower tollgate.proxy.max-buffered-bytes or give the container more");
            Runtime.getRuntime().halt(EXIT_OUT_OF_MEMORY);
        }
        LOG.error("A call failed inside Tollgate", failure);
    }
}
