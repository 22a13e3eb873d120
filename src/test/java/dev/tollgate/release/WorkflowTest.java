package dev.tollgate.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The release cannot run here; what can be looked at without GitHub is. */
class WorkflowTest {

    private static final Pattern FILE = Pattern.compile("(?:src|helm|k8s)/[A-Za-z0-9_./-]+");

    static Stream<Path> workflows() throws IOException {
        return Files.list(Path.of(".github/workflows"));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static List<Map<String, Object>> jobs(Path workflow) throws IOException {
        Map<String, Object> file =
                map(new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(workflow)));
        assertEquals(Map.of("contents", "read"), file.get("permissions"), "each job asks for what it needs more");
        List<Map<String, Object>> jobs = new ArrayList<>();
        map(file.get("jobs")).forEach((name, job) -> jobs.add(map(job)));
        return jobs;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> steps(Map<String, Object> job) {
        return (List<Map<String, Object>>) job.get("steps");
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void jobsEndAndActionsArePinnedAndCheckoutsKeepNoCredentials(Path workflow) throws IOException {
        for (Map<String, Object> job : jobs(workflow)) {
            assertTrue((int) job.get("timeout-minutes") > 0);
            for (Map<String, Object> step : steps(job)) {
                String uses = String.valueOf(step.getOrDefault("uses", "none"));
                assertTrue(uses.matches("none|[a-z0-9-]+/[a-z0-9-]+@[0-9a-f]{40}"), uses + " is not pinned by digest");
                if (uses.startsWith("actions/checkout@")) {
                    assertEquals(Map.of("persist-credentials", false), step.get("with"));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void scriptsAreShellAndTakeNothingUntrusted(Path workflow) throws Exception {
        for (Map<String, Object> job : jobs(workflow)) {
            for (Map<String, Object> step : steps(job)) {
                String script = (String) step.getOrDefault("run", "true");
                Process bash = new ProcessBuilder("bash", "-n")
                        .redirectErrorStream(true)
                        .start();
                bash.getOutputStream()
                        .write(script.replaceAll("\\$\\{\\{[^}]*}}", "x").getBytes(StandardCharsets.UTF_8));
                bash.getOutputStream().close();
                String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertEquals(0, bash.waitFor(), output + script);
                assertFalse(script.contains("github.event"), script);
                assertFalse(script.contains("secrets."), "secrets come by env: " + script);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void filesThatAreNamedAreThere(Path workflow) throws IOException {
        FILE.matcher(Files.readString(workflow))
                .results()
                .forEach(f -> assertTrue(Files.exists(Path.of(f.group())), f.group()));
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void everyPinNamesItsVersionForDependabot(Path workflow) throws IOException {
        Files.readAllLines(workflow).stream()
                .filter(line -> line.contains("uses: "))
                .forEach(line -> assertTrue(line.matches(".*@[0-9a-f]{40} # v[0-9]+\\.[0-9]+\\.[0-9]+"), line));
    }

    @Test
    void aReleaseScansItsImagesLogsInWhereItIsToldAndEmulatesNothing() throws IOException {
        String release = Files.readString(Path.of(".github/workflows/release.yaml"));
        assertFalse(release.contains("qemu") || release.contains("--platform"), "each architecture has its own runner");
        assertTrue(release.contains("ubuntu-24.04-arm"));
        for (Map<String, Object> job : jobs(Path.of(".github/workflows/release.yaml"))) {
            List<String> uses = steps(job).stream()
                    .map(s -> String.valueOf(s.get("uses")).replaceAll("@.*", ""))
                    .toList();
            for (Map<String, Object> step : steps(job)) {
                String action = String.valueOf(step.get("uses"));
                if (action.startsWith("docker/login-action@")) {
                    assertEquals(
                            "${{ inputs.registry || vars.REGISTRY }}",
                            map(step.get("with")).get("registry"));
                }
                if (action.startsWith("azure/setup-helm@")) {
                    assertTrue(
                            String.valueOf(map(step.get("with")).get("version")).matches("v3\\.[0-9]+\\.[0-9]+"));
                }
                if (String.valueOf(step.get("run")).contains("docker buildx build")) {
                    assertTrue(uses.contains("anchore/scan-action"), "an image that is pushed is scanned");
                }
                if (String.valueOf(step.get("run")).contains("mvn -B package")) {
                    assertTrue(job.toString().contains("versions-maven-plugin"), "what is built has the tag's version");
                }
            }
        }
    }

    @Test
    void dependabotSeesEveryKindOfDependencyAndEveryFileHasAnOwner() throws IOException {
        String dependabot = Files.readString(Path.of(".github/dependabot.yml"));
        for (String ecosystem : List.of("maven", "github-actions", "docker")) {
            assertTrue(dependabot.contains("package-ecosystem: " + ecosystem));
        }
        for (String line : Files.readAllLines(Path.of(".github/CODEOWNERS"))) {
            if (line.startsWith("/")) {
                assertTrue(Files.exists(Path.of(line.substring(1, line.indexOf(' ')))), line);
            }
        }
        assertTrue(Files.readAllLines(Path.of(".github/CODEOWNERS")).stream().anyMatch(l -> l.startsWith("* @")));
    }
}
