package dev.tollgate.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The packaged product as its users start it: the jar, or the executable of system property tollgate.executable. */
public final class SidecarProcess implements AutoCloseable {

    /** A setting: standard output is a pipe that nobody reads. */
    public static final String UNREAD = "-unread";

    private final Process process;
    private final Path log;
    private final int port;
    private final int managementPort;

    private SidecarProcess(Process process, Path log, int port, int managementPort) {
        this.process = process;
        this.log = log;
        this.port = port;
        this.managementPort = managementPort;
    }

    /** {@code serve}, ready, with these settings as environment variables. */
    public static SidecarProcess serve(Map<String, String> settings) {
        return start("serve", settings);
    }

    public static SidecarProcess start(String command, Map<String, String> settings) {
        int port = Ports.free();
        int managementPort = Optional.ofNullable(settings.get("TOLLGATE_MANAGEMENT_PORT"))
                .map(Integer::valueOf)
                .orElseGet(Ports::free);
        try {
            Path log = Files.createTempFile(Path.of("target"), "sidecar", ".log");
            ProcessBuilder builder = builder(properties(settings), command);
            Map<String, String> env = builder.environment();
            env.keySet().removeIf(k -> k.startsWith("TOLLGATE_") || k.startsWith("AWS_"));
            env.put("TOLLGATE_PORT", String.valueOf(port));
            env.put("TOLLGATE_MANAGEMENT_PORT", String.valueOf(managementPort));
            env.put("AWS_EC2_METADATA_DISABLED", "true");
            env.putAll(settings);
            env.keySet().removeIf(k -> k.startsWith("-"));
            if (settings.containsKey(UNREAD)) {
                // Standard output is a pipe that nobody reads.
                builder.redirectError(log.toFile());
            } else {
                builder.redirectErrorStream(true).redirectOutput(log.toFile());
            }
            Process process = builder.start();
            SidecarProcess sidecar = new SidecarProcess(process, log, port, managementPort);
            Ports.await("the sidecar to be ready:\n" + log, () -> {
                if (!process.isAlive()) {
                    throw new AssertionError("the sidecar stopped:\n" + sidecar.log());
                }
                return Ports.answers(managementPort) && Ports.answers(port) && sidecar.ready();
            });
            return sidecar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One command run to its end, its output and its exit code in the last line. */
    public static String run(Map<String, String> settings, String... arguments) {
        try {
            ProcessBuilder builder = builder(List.of(), arguments);
            builder.environment().keySet().removeIf(k -> k.startsWith("TOLLGATE_") || k.startsWith("AWS_"));
            builder.environment().putAll(settings);
            Process process = builder.redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes());
            return output + "exit " + process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Words of one command, for a shell. */
    public static List<String> command(String... arguments) {
        return builder(List.of(), arguments).command();
    }

    /** One command that runs until it is destroyed, its output in a file. */
    public static Process background(Path output, Map<String, String> settings, String... arguments) {
        try {
            ProcessBuilder builder = builder(List.of(), arguments);
            builder.environment().keySet().removeIf(k -> k.startsWith("TOLLGATE_") || k.startsWith("AWS_"));
            builder.environment().putAll(settings);
            return builder.redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Settings that begin with -D are system properties, those with -X flags, for the jar and the executable alike. */
    private static List<String> properties(Map<String, String> settings) {
        return settings.entrySet().stream()
                .filter(s -> s.getKey().startsWith("-D") || s.getKey().startsWith("-X"))
                .map(s -> s.getKey() + (s.getKey().startsWith("-D") ? "=" : "") + s.getValue())
                .toList();
    }

    private static ProcessBuilder builder(List<String> properties, String... arguments) {
        List<String> command = new ArrayList<>();
        String executable = System.getProperty("tollgate.executable", "");
        if (executable.isBlank()) {
            String jar = System.getProperty("tollgate.jar", "target/quarkus-app/quarkus-run.jar");
            command.addAll(List.of(
                    ProcessHandle.current().info().command().orElse("java"), "-Xmx256m", "-XX:TieredStopAtLevel=1"));
            if (Runtime.version().feature() >= 23) {
                // Else the machine itself warns of Netty, in between what the product prints.
                command.add("--sun-misc-unsafe-memory-access=allow");
            }
            command.addAll(properties);
            command.addAll(List.of("-jar", new File(jar).getAbsolutePath()));
        } else {
            command.add(new File(executable).getAbsolutePath());
            command.addAll(properties);
        }
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    private boolean ready() {
        try {
            return get("/q/health/ready").statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** GET on the management port. */
    public HttpResponse<String> get(String path) {
        return Http.get(managementPort, path);
    }

    /** Value of one metric line that contains all of these; 0 where there is none. */
    public double metric(String name, String... parts) {
        return get("/q/metrics")
                .body()
                .lines()
                .filter(l -> l.startsWith(name + "{") || l.startsWith(name + " "))
                .filter(l -> List.of(parts).stream().allMatch(l::contains))
                .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
                .sum();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public int managementPort() {
        return managementPort;
    }

    public int port() {
        return port;
    }

    public Process process() {
        return process;
    }

    /** Everything it printed. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Usage records printed so far, one JSON line each. */
    public List<String> usageRecords() {
        return log().lines().filter(l -> l.startsWith("{\"requestId\"")).toList();
    }

    /** The usage records, once there are as many: they are written after the answer. */
    public List<String> usageRecords(int count) {
        Ports.await(count + " usage records", () -> usageRecords().size() >= count);
        return usageRecords();
    }

    /** As Kubernetes does it. */
    public int terminate() {
        process.destroy();
        try {
            if (!process.waitFor(40, TimeUnit.SECONDS)) {
                throw new AssertionError("expected the sidecar to stop within 40 s");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
