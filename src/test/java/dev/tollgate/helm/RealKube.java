package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.harness.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A real Kubernetes control plane, kubectl and helm, from the folder of the property {@code tollgate.kube}
 * ({@code ../shared/kube} if it is not set): an API server with admission, schemas, RBAC and controllers, but no kubelet.
 */
final class RealKube implements AutoCloseable {

    private static final Path TOOLS = Path.of("target/kube");
    private static final Duration START = Duration.ofSeconds(90);

    private final Process process;
    private final Path folder;

    /** What a command wrote, and its exit code. */
    record Result(int exit, String out, String err) {

        /** Standard output of a command that must not fail. */
        String ok() {
            assertEquals(0, exit, out + err);
            return out;
        }
    }

    private RealKube(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
    }

    /** Starts one; skips the test if this machine has none. */
    static RealKube startOrSkip() {
        String given = System.getProperty("tollgate.kube", "");
        Path source = Path.of(given.isEmpty() ? "../shared/kube" : given);
        Assumptions.assumeTrue(
                Files.isExecutable(source.resolve("install")), "no control plane in " + source + ", see tollgate.kube");
        try {
            if (!Files.isExecutable(TOOLS.resolve("kube"))) {
                run(List.of(source.resolve("install").toString(), TOOLS.toString()), "", Map.of())
                        .ok();
            }
            Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "cluster");
            Path log = folder.resolve("up.log");
            Process process = new ProcessBuilder(TOOLS.resolve("kube").toString(), "up", folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            RealKube kube = new RealKube(process, folder);
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
            Ports.await(START, "a control plane that is ready, see " + log, () -> text(log)
                    .contains("ready "));
            return kube;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Result kubectl(String... arguments) {
        return tool("kubectl", "", arguments);
    }

    /** @param input what {@code -f -} reads */
    Result kubectlWith(String input, String... arguments) {
        return tool("kubectl", input, arguments);
    }

    /** @param arguments with spaces between them */
    Result helm(String arguments) {
        return tool("helm", "", arguments.split(" "));
    }

    /** A script of the repository that finds helm on its path. */
    Result script(String... command) {
        return run(List.of(command), "", Map.of("PATH", TOOLS.toAbsolutePath() + ":" + System.getenv("PATH")));
    }

    private Result tool(String name, String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(TOOLS.resolve(name).toString()));
        command.addAll(List.of(arguments));
        return run(
                command,
                input,
                Map.of("KUBECONFIG", folder.resolve("admin.conf").toString()));
    }

    /** An object as the API server has it. */
    Map<String, Object> get(String... arguments) {
        List<String> all = new ArrayList<>(List.of("get", "-o", "json"));
        all.addAll(List.of(arguments));
        return Chart.yaml().load(kubectl(all.toArray(String[]::new)).ok());
    }

    /** Kinds of other projects that the chart can make. */
    void customKinds() {
        kubectl("apply", "-f", "src/test/resources/helm/crds.yaml").ok();
        kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
                .ok();
    }

    void namespace(String name) {
        kubectl("create", "namespace", name).ok();
    }

    /** What an API server makes of a pod that is created in a namespace; nothing is stored. */
    Map<String, Object> created(String namespace, Map<String, Object> pod) {
        return createdFrom(namespace, Golden.yaml(pod));
    }

    Map<String, Object> createdFrom(String namespace, String manifest) {
        return Chart.yaml().load(tryCreate(namespace, manifest).ok());
    }

    Result tryCreate(String namespace, Map<String, Object> pod) {
        return tryCreate(namespace, Golden.yaml(pod));
    }

    private Result tryCreate(String namespace, String manifest) {
        return kubectlWith(manifest, "create", "-n", namespace, "--dry-run=server", "-o", "json", "-f", "-");
    }

    /** Waits until the policies of a namespace are in force: a pod that asks is injected. */
    void awaitInjection(String namespace) {
        Ports.await(
                "a pod of " + namespace + " to be injected",
                () -> tryCreate(namespace, Pods.of("plain")).out().contains("\"tollgate\""));
    }

    /** Waits until a release that is gone injects no more. */
    void awaitNoInjection(String namespace) {
        Ports.await("pods of " + namespace + " to stay as they are", () -> {
            Result created = tryCreate(namespace, Pods.of("plain"));
            return created.exit() == 0 && !created.out().contains("\"tollgate\"");
        });
    }

    private static Result run(List<String> command, String input, Map<String, String> environment) {
        try {
            Path out = Files.createTempFile("kube", ".out");
            Path err = Files.createTempFile("kube", ".err");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("a minute was not enough for " + command);
            }
            Result result = new Result(process.exitValue(), Files.readString(out), Files.readString(err));
            Files.delete(out);
            Files.delete(err);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
