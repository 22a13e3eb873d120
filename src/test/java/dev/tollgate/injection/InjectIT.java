package dev.tollgate.injection;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.SidecarProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tollgate inject} and {@code uninject} as the packaged product runs them. */
class InjectIT {

    private static final String MANIFEST = """
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              template:
                spec:
                  containers:
                    - name: web
                      image: web:1
                      env:
                        - name: ANSWER
                          value: 'Y'
                        - name: AT
                          value: "12:30"
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata:
              name: canary
            spec:
              template:
                spec:
                  containers:
                    - name: web
            """;

    @TempDir
    Path folder;

    private Path manifest;

    @BeforeEach
    void write() throws IOException {
        manifest = Files.writeString(folder.resolve("deploy.yaml"), MANIFEST);
    }

    private String run(String... arguments) {
        return SidecarProcess.run(Map.of(), arguments);
    }

    /** The command's standard output, without what it says of each object. */
    private Path injected(String... more) throws IOException {
        String[] arguments = new String[3 + more.length];
        System.arraycopy(new String[] {"inject", "-f", manifest.toString()}, 0, arguments, 0, 3);
        System.arraycopy(more, 0, arguments, 3, more.length);
        String output = run(arguments);
        assertTrue(output.endsWith("exit 0"), output);
        String yaml = output.substring(output.indexOf("---\n"), output.lastIndexOf("exit 0"));
        return Files.writeString(
                folder.resolve("injected.yaml"), yaml.replaceAll("(?m)^(deployment|rollout) \".*\n", ""));
    }

    @Test
    void everyObjectIsSpokenOfAndTextsStayTexts() throws IOException {
        String output = run("inject", "-f", manifest.toString());
        assertTrue(output.contains("deployment \"web\" injected"), output);
        assertTrue(output.contains("rollout \"canary\" skipped: its kind is Rollout of argoproj.io/v1alpha1"), output);
        String yaml = Files.readString(injected());
        assertTrue(yaml.contains("value: 'Y'") && yaml.contains("value: '12:30'"), yaml);
    }

    @Test
    void checkAndDiffWriteNoManifest() throws IOException {
        String check = run("inject", "--check", "-f", manifest.toString());
        assertTrue(check.endsWith("exit 1") && !check.contains("apiVersion"), check);
        String diff = run("inject", "--diff", "-f", manifest.toString());
        assertTrue(
                diff.endsWith("exit 0") && diff.contains("+            - name: AWS_ENDPOINT_URL_BEDROCK_RUNTIME"),
                diff);
        assertFalse(diff.lines().anyMatch(l -> l.startsWith("-") && !l.equals("---")), diff);

        Path injected = injected();
        String upToDate = run("inject", "--check", "-f", injected.toString());
        assertTrue(upToDate.endsWith("exit 0") && upToDate.contains("deployment \"web\" is up to date"), upToDate);
    }

    @Test
    void aNewerInjectionReplacesAndUninjectTakesOut() throws IOException {
        Path injected = injected("--region", "eu-west-1");
        assertTrue(Files.readString(injected).contains("value: eu-west-1"));
        String again = run("inject", "--region", "eu-west-3", "-f", injected.toString());
        assertTrue(again.contains("deployment \"web\" updated") && !again.contains("eu-west-1"), again);
        String out = run("uninject", "-f", injected.toString());
        assertTrue(out.contains("deployment \"web\" uninjected"), out);
        assertFalse(out.contains("initContainers") || out.contains("127.0.0.1"), out);
    }
}
