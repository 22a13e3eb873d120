package dev.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandsIT {

    @Test
    void checkExplainsAPolicy() {
        String output =
                SidecarProcess.run(Map.of(), "check", Upstreams.policy("""
                        aliases: { nova: us.amazon.nova-lite-v1:0 }
                        limits:
                          - name: tpm
                            per: [tenant, model]
                            match: { model: "claude-*" }
                            rate: { tokens: 200000, every: 1m, burst: 300000 }
                          - name: month
                            budget: { usd: 500, per: month, time-zone: Europe/Vienna }
                            mode: shadow
                        """).toString());
        assertTrue(output.endsWith("exit 0"), output);
        assertTrue(output.contains("model = claude-*"), output);
        assertTrue(output.contains("500 USD a month (Europe/Vienna)"), output);
        assertTrue(output.contains("nova -> us.amazon.nova-lite-v1:0"), output);
    }

    @Test
    void checkTellsEveryMistakeAndExitsWithOne() {
        String output = SidecarProcess.run(
                Map.of(),
                "check",
                Upstreams.policy("limits:\n  - name: x\n    rate: { tokns: 5 }\n  - nam: y\n    concurrency: many\n")
                        .toString());
        assertTrue(output.endsWith("exit 1"), output);
        assertTrue(output.contains("line 3:"), output);
        assertTrue(output.contains("\"tokns\""), output);
        assertTrue(output.contains("found \"many\""), output);
    }

    @Test
    void serveRefusesABadPolicyBeforeItStarts() {
        String output = SidecarProcess.run(
                Map.of(
                        "TOLLGATE_POLICY_FILE",
                        Upstreams.policy("limits: [ { name: x, concurrency: -1 } ]")
                                .toString()),
                "serve");
        assertTrue(output.endsWith("exit 1"), output);
        assertTrue(output.contains("found \"-1\""), output);
        assertTrue(!output.contains("\tat "), output);
    }

    @Test
    void checkWarnsAndWithStrictExitsWithFour() {
        String policy = Upstreams.policy("""
                aliases: { sonnet: us.anthropic.claude-sonnet-4-5-20250929-v1:0 }
                profiles: { abc: us.amazon.nova-lite-v1:0 }
                limits:
                  - { name: day, match: { model: sonnet }, budget: { usd: 0.02, per: day, warn-at: [80] } }
                """).toString();
        String output = SidecarProcess.run(Map.of(), "check", policy);
        assertTrue(output.endsWith("exit 0"), output);
        assertTrue(
                output.contains("warning: limit day: model \"sonnet\" matches no model; alias sonnet counts as"
                        + " claude-sonnet-4-5"),
                output);
        assertTrue(output.contains("80 %") && output.contains("abc -> us.amazon.nova-lite-v1:0"), output);
        String strict = SidecarProcess.run(Map.of(), "check", "--strict", policy);
        assertTrue(strict.endsWith("exit 4"), strict);
        String sound =
                Upstreams.policy("limits: [ { name: a, concurrency: 5 } ]").toString();
        assertTrue(SidecarProcess.run(Map.of("TOLLGATE_POLICY_FILE", sound), "check", "--strict")
                .endsWith("exit 0"));
        assertTrue(SidecarProcess.run(Map.of(), "check").endsWith("exit 2"));
    }

    @Test
    void theBundledPolicyOfTheDemoHasNoWarnings() throws IOException {
        String policy = Files.readString(Path.of("src/main/resources/dev/tollgate/cli/demo-policy.yaml"));
        String output = SidecarProcess.run(
                Map.of(), "check", "--strict", Upstreams.policy(policy).toString());
        assertTrue(output.endsWith("exit 0"), output);
    }

    @Test
    void helpIsThereAndAnUnknownCommandIsRefused() {
        String help = SidecarProcess.run(Map.of(), "--help");
        for (String command : List.of("serve", "demo", "check", "doctor", "inject", "completion")) {
            assertTrue(help.contains(command), help);
        }
        assertTrue(SidecarProcess.run(Map.of(), "dance").endsWith("exit 2"));
    }

    @Test
    void versionTellsBuildPricesAndWhatItRunsOn() {
        List<String> lines = SidecarProcess.run(Map.of(), "--version").lines().toList();
        assertTrue(lines.get(0).matches("tollgate \\d+\\.\\d+\\.\\d+.*"), lines.toString());
        assertTrue(lines.get(1).matches("prices \\d{4}-\\d{2}-\\d{2}.*"), lines.toString());
        boolean executable = !System.getProperty("tollgate.executable", "").isBlank();
        assertTrue(lines.get(2).startsWith(executable ? "native executable" : "Java "), lines.toString());
    }

    @Test
    void completionKnowsCommandsAndOptions() throws IOException, InterruptedException {
        String script = SidecarProcess.run(Map.of(), "completion", "bash").replaceFirst("exit 0$", "");
        Path file = Files.writeString(Files.createTempFile("completion", ".bash"), script);
        String words =
                "source %s; COMP_WORDS=(tollgate %s); COMP_CWORD=1; _complete_tollgate; echo \"${COMPREPLY[*]}\"";
        assertEquals("doctor", bash(words.formatted(file, "doc")));
        assertEquals("demo", bash(words.formatted(file, "dem")));
        assertTrue(SidecarProcess.run(Map.of(), "completion", "fish").contains("expected bash or zsh, found \"fish\""));
    }

    private static String bash(String script) throws IOException, InterruptedException {
        Process bash = new ProcessBuilder("bash", "-c", script)
                .redirectErrorStream(true)
                .start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        bash.waitFor();
        return output.strip();
    }

    @Test
    void theBuildMakesACommand() throws IOException, InterruptedException {
        Path link = Files.createSymbolicLink(
                Files.createTempDirectory("command").resolve("tollgate"),
                Path.of("target/tollgate").toAbsolutePath());
        String output = bash(link + " check /none; echo exit $?");
        assertEquals("expected a policy file at /none, found none\nexit 1", output);
    }

    @Test
    void injectPutsTheBundledSidecarIntoADeployment() throws IOException {
        Path manifest = Files.writeString(Files.createTempFile("deploy", ".yaml"), """
                apiVersion: apps/v1
                kind: Deployment
                metadata: { name: web }
                spec: { template: { spec: { containers: [{ name: web, image: "web:1" }] } } }
                ---
                apiVersion: v1
                kind: Service
                metadata: { name: web }
                """);
        String output = SidecarProcess.run(Map.of(), "inject", "-f", manifest.toString());
        assertTrue(output.endsWith("exit 0"), output);
        assertTrue(output.contains("deployment \"web\" injected"), output);
        assertTrue(output.contains("fieldPath: metadata.annotations['tollgate.dev/tenant']"), output);
        assertTrue(output.contains("value: http://127.0.0.1:8787"), output);
        assertTrue(output.contains("kind: Service"), output);

        Files.writeString(manifest, "kind: Deployment\nspec: none\n");
        String refused = SidecarProcess.run(Map.of(), "inject", "-f", manifest.toString());
        assertTrue(refused.endsWith("exit 1"), refused);
        assertTrue(refused.contains("expected a mapping, found none"), refused);
    }
}
