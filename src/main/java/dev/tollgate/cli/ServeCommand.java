package dev.tollgate.cli;

import dev.tollgate.sidecar.CommandSettings;
import dev.tollgate.sidecar.Serving;
import dev.tollgate.sidecar.Slices;
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
        if (Slices.read().telemetry().usage().file().isPresent()) {
            CommandSettings.give(TO_FILE, Map.of());
        }
        return Serving.start();
    }
}
