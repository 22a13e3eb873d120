package dev.tollgate.sidecar;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Logger;

/**
 * Runs until it is told to stop; says what the demo has to say when the ports are open. Ends with 0
 * when it was told to stop: a pod that is deleted has not failed.
 */
public final class Serving implements QuarkusApplication {

    // More than the longest grace time; the handler halts the process long before.
    private static final long HANDLER_MINUTES = 5;

    /** Starts it and returns when it has stopped; after a signal the process ends here. */
    public static int start(String... args) {
        // A JVM that was signalled ends with the signal's code unless the handler below comes first.
        Runtime.getRuntime().addShutdownHook(new Thread(Serving::waitForHandler));
        int[] exit = {0};
        Quarkus.run(
                Serving.class,
                (code, failure) -> {
                    exit[0] = failure == null ? code : 1;
                    closeLogs();
                    Runtime.getRuntime().halt(exit[0]);
                },
                args);
        return exit[0];
    }

    private static void waitForHandler() {
        try {
            new CountDownLatch(1).await(HANDLER_MINUTES, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
