package dev.tollgate.cli;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;

/** Runs until it is told to stop; says what the demo has to say when the ports are open. */
public final class Serving implements QuarkusApplication {

    @Override
    public int run(String... args) {
        if (args.length > 0) {
            System.out.println(args[0]);
        }
        Quarkus.waitForExit();
        return 0;
    }
}
