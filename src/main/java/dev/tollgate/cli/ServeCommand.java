package dev.tollgate.cli;

import dev.tollgate.policy.PolicyException;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.sidecar.Serving;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code tollgate serve}: the sidecar. */
final class ServeCommand implements Callable<Integer> {

    static final String DESCRIPTION = "Runs the sidecar; settings are TOLLGATE_... environment variables.";

    @Override
    public Integer call() {
        Optional<String> file = setting("tollgate.policy.file", "TOLLGATE_POLICY_FILE");
        if (file.isPresent()) {
            try {
                PolicyReader.read(Files.readString(Path.of(file.get())), 0);
            } catch (IOException e) {
                System.err.println("expected a policy file at " + file.get() + ", found none that can be read");
                return 1;
            } catch (PolicyException e) {
                System.err.println(file.get() + " has " + e.problems().size() + " mistakes:\n" + e.getMessage());
                return 1;
            }
        }
        return Serving.start();
    }

    private static Optional<String> setting(String property, String variable) {
        return Optional.ofNullable(System.getProperty(property, System.getenv(variable)))
                .filter(v -> !v.isBlank());
    }
}
