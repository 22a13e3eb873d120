package dev.tollgate.sidecar;

import io.quarkus.bootstrap.logging.QuarkusDelayedHandler;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs until a signal stops it, and then exits with 0: a pod that is deleted has not failed. Prints its argument, if there
 * is one, once the ports are open.
 */
public final class Serving implements QuarkusApplication {

    // Longer than any grace time; only a stop that hangs takes so long.
    private static final Duration LONGEST_STOP = Duration.ofMinutes(5);

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicInteger exit = new AtomicInteger();
    private volatile boolean ending;

    /** Starts, and returns when it has stopped; after a signal the process ends here. */
    public static int start(String... args) {
        Serving serving = new Serving();
        // The JVM ends with the signal's code unless a hook ends it first (ADR 9).
        Runtime.getRuntime().addShutdownHook(new Thread(serving::end));
        try {
            Quarkus.run(Serving.class, (code, failure) -> serving.ended(code, failure), args);
        } catch (RuntimeException e) {
            // After a signal nothing can be registered in the JVM, so the start breaks off: no failure.
            if (!serving.ending) {
                serving.exit.set(1);
                throw e;
            }
        } finally {
            serving.stopped.countDown();
        }
        return serving.exit.get();
    }

    /** Quarkus reports a failure to its log, which a start that breaks off early does not have yet. */
    private void ended(int code, @Nullable Throwable failure) {
        exit.set(failure == null ? code : 1);
        if (failure != null && !ending) {
            Throwable cause = failure;
            while (cause.getCause() != null && cause.getCause() != cause) {
                cause = cause.getCause();
            }
            System.err.println("expected to start, found: " + cause);
        }
    }

    private void end() {
        ending = true;
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
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            // Closed before the start ends, it would print all that it holds, down to DEBUG.
            if (!(handler instanceof QuarkusDelayedHandler delayed) || delayed.isActivated()) {
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
