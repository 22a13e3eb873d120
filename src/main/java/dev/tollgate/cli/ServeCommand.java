package dev.tollgate.cli;

import dev.tollgate.sidecar.Serving;
import dev.tollgate.sidecar.StartCheck;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code tollgate serve}: the sidecar. */
final class ServeCommand implements Callable<Integer> {

    static final String DESCRIPTION = "Runs the sidecar; settings are TOLLGATE_... environment variables.";

    @Override
    public Integer call() {
        return start("");
    }

    /**
     * Runs until a signal, if nothing speaks against a start.
     *
     * @param greeting printed once the ports are open; empty for none
     */
    static int start(String greeting) {
        List<String> problems = StartCheck.of(StartCheck.values());
        if (!problems.isEmpty()) {
            problems.forEach(System.err::println);
            return 1;
        }
        return greeting.isEmpty() ? Serving.start() : Serving.start(greeting);
    }
}
