package dev.tollgate.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The machine's Chromium, if it has one: opens a page and returns the document as its scripts left it. */
public final class RealChromium {

    private static final Path BINARY = Path.of("/usr/bin/chromium");

    private RealChromium() {}

    /** The document of a page. Skips the test on a machine without Chromium. */
    public static String document(String url) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(BINARY), "no Chromium on this machine");
        Path output = Files.createTempFile("document", ".html");
        List<String> command = command("--dump-dom", url);
        Process chromium = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!chromium.waitFor(120, TimeUnit.SECONDS)) {
            chromium.destroyForcibly();
            throw new IOException("expected Chromium to show " + url + " within 120 s");
        }
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    /** Chromium without a window, with a profile of its own that it uses for nothing else. */
    static List<String> command(String... more) throws IOException {
        assumeTrue(Files.isExecutable(BINARY), "no Chromium on this machine");
        List<String> command = new ArrayList<>(List.of(
                BINARY.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + Files.createTempDirectory("chromium")));
        command.addAll(List.of(more));
        return command;
    }
}
