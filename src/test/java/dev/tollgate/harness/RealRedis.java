package dev.tollgate.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/** A Redis server of its own: the machine's, else the one that comes as a jar. It keeps nothing unless told to. */
public final class RealRedis implements AutoCloseable {

    private static final int ATTEMPTS = 5;

    private final int port;
    private final Path folder;
    private final List<String> command;
    private Process process;

    private RealRedis(int port, Path folder, List<String> command) {
        this.port = port;
        this.folder = folder;
        this.command = command;
    }

    /** A server of the version that comes as a jar: the oldest that is supported. */
    public static RealRedis oldest() {
        return of(embedded());
    }

    /** A Valkey, where the machine has one. */
    public static RealRedis valkey() {
        Optional<String> executable = installed("valkey-server");
        assumeTrue(executable.isPresent(), "no valkey-server here");
        return of(executable.get());
    }

    private static RealRedis of(String executable) {
        for (int i = 1; i < ATTEMPTS; i++) {
            RealRedis redis = at(executable, Ports.free());
            if (redis.starts()) {
                return redis;
            }
        }
        throw new AssertionError("expected " + executable + " to start");
    }

    /** Starts a server; at another port if its port, or the one that a cluster's nodes talk by, is taken meanwhile. */
    public static RealRedis start(String... settings) {
        for (int i = 1; i < ATTEMPTS; i++) {
            RealRedis redis = at(port(settings), settings);
            if (redis.starts()) {
                return redis;
            }
        }
        RealRedis redis = at(port(settings), settings);
        redis.restart();
        return redis;
    }

    /** Nodes of a cluster talk by the port that is 10,000 higher, which can be a client's. */
    private static int port(String... settings) {
        int port = Ports.free();
        while (List.of(settings).contains("--cluster-enabled") && !Ports.isFree(port + 10_000)) {
            port = Ports.free();
        }
        return port;
    }

    private static RealRedis at(int port, String... settings) {
        return at(executable(), port, settings);
    }

    private static RealRedis at(String executable, int port, String... settings) {
        String folder = newFolder();
        List<String> command = new ArrayList<>(List.of(
                executable,
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                // A replica writes what it gets of its primary, which another server must not find.
                "--dir",
                folder));
        command.addAll(List.of(settings));
        return new RealRedis(port, Path.of(folder), command);
    }

    private static String executable() {
        return installed("redis-server").orElseGet(RealRedis::embedded);
    }

    private static Optional<String> installed(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static String embedded() {
        try {
            Path folder = Path.of("target", "redis");
            Files.createDirectories(folder);
            return ExecutableProvider.newJarResourceProvider(folder.toFile())
                    .get()
                    .getAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String newFolder() {
        try {
            return Files.createTempDirectory(Path.of("target"), "redis")
                    .toAbsolutePath()
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it, empty but for what it saved itself; with more settings this time. */
    public void restart(String... more) {
        if (!starts(more)) {
            throw new AssertionError("expected redis-server on " + port + ", found that it ended at once");
        }
    }

    /** False if the process ended before it answered. */
    private boolean starts(String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        try {
            process = new ProcessBuilder(all)
                    .directory(new File("target"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Ports.await("redis-server on " + port, () -> !process.isAlive() || Ports.answers(port));
        return process.isAlive();
    }

    /** As by kill -9. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An inline command's raw answer. */
    public String command(String... command) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write((String.join(" ", command) + "\r\n").getBytes(StandardCharsets.UTF_8));
            byte[] answer = new byte[64 * 1024];
            int length = socket.getInputStream().read(answer);
            return new String(answer, 0, Math.max(0, length), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public int port() {
        return port;
    }

    /** Where it saves. */
    public Path folder() {
        return folder;
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        kill();
    }
}
