package dev.tollgate.cli;

import dev.tollgate.sidecar.CommandSettings;
import dev.tollgate.sidecar.Serving;
import dev.tollgate.sidecar.StartCheck;
import io.smallrye.config.SmallRyeConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code tollgate serve}: the sidecar. */
final class ServeCommand implements Callable<Integer> {

    static final String DESCRIPTION = "Runs the sidecar; settings are TOLLGATE_... environment variables.";

    // Quarkus configures log handlers before any of our code runs.
    private static final Map<String, String> TO_FILE = Map.of(
            "quarkus.log.handler.file.\"usage-file\".enabled", "true",
            "quarkus.log.category.\"tollgate.usage\".handlers", "usage,usage-file");

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
        SmallRyeConfig config = StartCheck.values();
        List<String> problems = StartCheck.of(config);
        if (!problems.isEmpty()) {
            problems.forEach(System.err::println);
            return 1;
        }
        if (config.getOptionalValue("tollgate.usage.file", String.class).isPresent()) {
            CommandSettings.give(TO_FILE);
        }
        return greeting.isEmpty() ? Serving.start() : Serving.start(greeting);
    }
}
