package dev.tollgate.sidecar;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Logger;

/**
 * Runs until a signal stops it, and then exits with 0: a pod that is deleted has not failed. Prints its argument, if there
 * is one, once the ports are open.
 */
public final class Serving implements QuarkusApplication {

    // Longer than any grace time; only a stop that hangs takes so long.
    private static final Duration LONGEST_STOP = Duration.ofMinutes(5);

    /** Starts, and returns when it has stopped; after a signal the process ends here. */
    public static int start(String... args) {
        AtomicInteger exit = new AtomicInteger(1);
        CountDownLatch stopped = new CountDownLatch(1);
        // The JVM ends with the signal's code unless a hook ends it first (ADR 9).
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stopped, exit)));
        try {
            Quarkus.run(Serving.class, (code, failure) -> exit.set(failure == null ? code : 1), args);
        } finally {
            stopped.countDown();
        }
        return exit.get();
    }

    private static void end(CountDownLatch stopped, AtomicInteger exit) {
        try {
            if (!stopped.await(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS)) {
                exit.set(1);
            }
        } catch (InterruptedException e) {
            exit.set(1);
        }
        closeLogs();
        Runtime.getRuntime().halt(exit.get());
    }

    /** Writes out what asynchronous handlers still hold. */
    private static void closeLogs() {
        for (String name : new String[] {""}) {
            for (Handler handler : Logger.getLogger(name).getHandlers()) {
                handler.close();
            }
        }
    }

    @Override
    public int run(String... args) {
        if (args.length > 0) {
            System.out.println(args[0]);
        }
        Quarkus.waitForExit();
        return 0;
    }
}
