package dev.tollgate.cli;

import dev.tollgate.report.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Whether people look on, and how much room they have. */
final class Terminal {

    private static final String RESET = "\033[0m";
    private static final int STDOUT = 1;
    private static final int STDERR = 2;
    private static final int WIDE = 200;
    private static final int USUAL = 80;

    private Terminal() {}

    /** True unless {@code NO_COLOR} is set, {@code TERM} is dumb, or standard output is no terminal. */
    static boolean color() {
        return hasColours(System.getenv());
    }

    static boolean hasColours(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb")
                && isTerminal(STDOUT);
    }

    /** Makes {@code **bold**} and {@code `command`} visible, or takes the marks away. */
    static String render(String text, boolean colours) {
        return text.replaceAll("\\*\\*([^*]+)\\*\\*", colours ? "\033[1m$1" + RESET : "$1")
                .replaceAll("`([^`]+)`", colours ? "\033[36m$1" + RESET : "$1");
    }

    static Progress progress() {
        return new Progress(System.err, isTerminal(STDERR));
    }

    /** Columns; {@code COLUMNS} first, then the terminal's own; wide if it is none. */
    static int width() {
        Optional<Integer> set = Optional.ofNullable(System.getenv("COLUMNS"))
                .filter(c -> c.matches("[1-9][0-9]{0,4}"))
                .map(Integer::valueOf);
        return set.orElseGet(() -> isTerminal(STDOUT) ? asked() : WIDE);
    }

    private static int asked() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            boolean ended = stty.waitFor(1, TimeUnit.SECONDS);
            return ended && size.matches("\\d+ [1-9]\\d{0,4}")
                    ? Integer.parseInt(size.substring(size.indexOf(' ') + 1))
                    : USUAL;
        } catch (IOException e) {
            return USUAL;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return USUAL;
        }
    }

    /** By the name of the open file; {@code System.console()} says nothing of standard error. */
    private static boolean isTerminal(int descriptor) {
        try {
            String open = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return open.startsWith("/dev/pts/") || open.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return !Files.exists(Path.of("/proc/self/fd")) && System.console() != null;
        }
    }
}
