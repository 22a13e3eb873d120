package dev.tollgate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Whether standard output is a terminal that shows colours. */
final class Terminal {

    private static final String RESET = "\033[0m";

    private Terminal() {}

    static boolean hasColours(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb")
                && isTerminal(1);
    }

    /** @param descriptor 1 for standard output, 2 for standard error */
    static boolean isTerminal(int descriptor) {
        Path output = Path.of("/proc/self/fd/" + descriptor);
        try {
            // System.console() does not say it: from Java 22 on, a console is there without a terminal too.
            String target = Files.readSymbolicLink(output).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Makes {@code **bold**} and {@code `command`} visible, or takes the marks away. */
    static String render(String text, boolean colours) {
        return text.replaceAll("\\*\\*([^*]+)\\*\\*", colours ? "\033[1m$1" + RESET : "$1")
                .replaceAll("`([^`]+)`", colours ? "\033[36m$1" + RESET : "$1");
    }
}
