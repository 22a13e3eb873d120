package dev.tollgate.cli;

import dev.tollgate.report.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** How much room a report has, and whether people watch it being made. */
final class Screen {

    private static final int STDOUT = 1;
    private static final int STDERR = 2;
    private static final int WIDE = 200;
    private static final int USUAL = 80;

    private Screen() {}

    static Progress progress() {
        return new Progress(System.err, Terminal.isTerminal(STDERR));
    }

    /** Columns; {@code COLUMNS} first, then the terminal's own; wide if it is none. */
    static int width() {
        Optional<Integer> set = Optional.ofNullable(System.getenv("COLUMNS"))
                .filter(c -> c.matches("[1-9][0-9]{0,4}"))
                .map(Integer::valueOf);
        return set.orElseGet(() -> Terminal.isTerminal(STDOUT) ? asked() : WIDE);
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
}
