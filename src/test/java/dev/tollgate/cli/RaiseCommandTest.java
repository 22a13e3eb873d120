package dev.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code tollgate budgets raise}. */
class RaiseCommandTest {

    private static final String POLICY = """
            # ours
            limits:
              - name: tpm
                rate: { tokens: 5 }
              - name: month
                budget: { usd: 500, per: month, time-zone: Europe/Vienna }   # agreed
              - { name: day, budget: { requests: 20, per: day } }
            """;

    @TempDir
    Path folder;

    private Path policy;

    private record Ran(int exit, String out, String err) {}

    @BeforeEach
    void write() throws IOException {
        policy = Files.writeString(folder.resolve("policy.yaml"), POLICY);
    }

    private Ran raise(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream toOut = new ByteArrayOutputStream();
        ByteArrayOutputStream toErr = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(toOut, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(toErr, true, StandardCharsets.UTF_8));
            List<String> all = new ArrayList<>(List.of("budgets", "raise", "--policy", policy.toString()));
            all.addAll(List.of(arguments));
            CommandLine commands = Main.commands();
            commands.setErr(new PrintWriter(System.err, true));
            int exit = commands.execute(all.toArray(String[]::new));
            return new Ran(exit, toOut.toString(StandardCharsets.UTF_8), toErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    @Test
    void itChangesTheFileAndLeavesAnAuditLine() throws IOException {
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-r-----"));
        Ran ran = raise(
                "month", "--usd", "800.5", "--until", "2099-12-01", "--by", "Ada L.", "--reason", "launch \"week\"");
        assertEquals(0, ran.exit, ran.err);
        assertEquals(
                POLICY.replace("Vienna }", "Vienna, override: { usd: 800.5, until: 2099-11-30T23:00:00Z } }"),
                Files.readString(policy));
        assertTrue(
                ran.out.endsWith(
                        "Z Ada L. raised budget month from 500 USD to 800.5 USD until 2099-11-30T23:00:00Z: launch \"week\"\n"),
                ran.out);
        JsonObject audit = new JsonObject(Files.readString(folder.resolve("policy.yaml.audit.jsonl")));
        assertEquals(
                new JsonObject()
                        .put("time", audit.getString("time"))
                        .put("by", "Ada L.")
                        .put("policy", policy.toString())
                        .put("limit", "month")
                        .put("from", "500 USD")
                        .put("to", "800.5 USD")
                        .put("until", "2099-11-30T23:00:00Z")
                        .put("reason", "launch \"week\""),
                audit);
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(policy)));
        try (var files = Files.list(folder)) {
            assertEquals(2, files.count(), "nothing else is left behind");
        }
    }

    @Test
    void aSecondRaiseReplacesTheFirstAndAddsALine() throws IOException {
        assertEquals(0, raise("day", "--requests", "30", "--until", "2099-12-01T00:00Z").exit);
        Ran ran = raise("day", "--requests", "40", "--until", "2099-12-02T00:00Z");
        assertTrue(ran.out.contains(" from 30 requests to 40 requests until 2099-12-02T00:00:00Z"), ran.out);
        assertEquals(
                POLICY.replace(
                        "20, per: day }", "20, per: day, override: { requests: 40, until: 2099-12-02T00:00:00Z } }"),
                Files.readString(policy));
        assertEquals(
                2, Files.readAllLines(folder.resolve("policy.yaml.audit.jsonl")).size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mont --usd 800 --until 2099-12-01 | month, day, found \"mont\"",
                "tpm --tokens 800 --until 2099-12-01 | a budget",
                "month --until 2099-12-01 | expected --usd to be an amount above the 500 USD in force",
                "month --usd 500 --until 2099-12-01 | found \"500\"",
                "month --usd many --until 2099-12-01 | found \"many\"",
                "month --requests 800 --until 2099-12-01 | --usd, the budget's own unit, found \"--requests\"",
                "month --usd 800 | a time to come",
                "month --usd 800 --until 2020-01-01 | a time to come",
                "month --usd 800 --until soon | found \"soon\"",
            })
    void aWrongRaiseIsNamedAndChangesNothing(String arguments, String message) throws IOException {
        Ran ran = raise(arguments.split(" "));
        assertEquals(2, ran.exit, ran.err);
        assertTrue(ran.err.contains(message), ran.err);
        assertEquals(POLICY, Files.readString(policy));
        assertFalse(Files.exists(folder.resolve("policy.yaml.audit.jsonl")));
    }

    @Test
    void whatLeavesNoTraceIsNotRaised() throws IOException {
        Ran ran = raise("day", "--requests", "30", "--until", "2099-12-01", "--audit", "/dev/full");
        assertEquals(1, ran.exit);
        assertTrue(ran.err.contains("expected to write /dev/full, found No space left on device"), ran.err);
        assertEquals(POLICY, Files.readString(policy));
    }

    @Test
    void theAuditLineMayGoDownAPipe() throws Exception {
        Path pipe = folder.resolve("audit");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Process reader = new ProcessBuilder("cat", pipe.toString()).start();
        Ran ran = raise("day", "--requests", "30", "--until", "2099-12-01", "--audit", pipe.toString());
        assertEquals(0, ran.exit, ran.err);
        JsonObject line = new JsonObject(new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals("30 requests", line.getString("to"));
        assertTrue(Files.readString(policy).contains("requests: 30"));
    }

    /** A file that may not grow, as on a full disk; the rest of what Java writes is smaller. */
    @Test
    void aFileThatCannotGrowStaysAsItIs() throws Exception {
        String text = POLICY + ("# " + "x".repeat(100) + "\n").repeat(10_000);
        text += "#".repeat(2048 * 512 - text.length());
        Files.writeString(policy, text);
        Process raise = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -f 2048; exec \"$@\"",
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Raise.class.getName(),
                        policy.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(raise.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, raise.waitFor(), output);
        assertTrue(output.contains("expected to write " + policy + ", found File too large; it is as it was"), output);
        assertEquals(text, Files.readString(policy));
        assertEquals("", Files.readString(folder.resolve("policy.yaml.audit.jsonl")));
        try (var files = Files.list(folder)) {
            assertEquals(2, files.count(), "nothing else is left behind");
        }
    }

    /** The command in a process of its own. */
    static final class Raise {
        public static void main(String[] arguments) {
            System.exit(Main.commands()
                    .execute(
                            "budgets",
                            "raise",
                            "--policy",
                            arguments[0],
                            "day",
                            "--requests",
                            "30",
                            "--until",
                            "2099-12-01"));
        }
    }

    @Test
    void anAuditLineIsOneLine() {
        assertEquals(2, raise("day", "--requests", "30", "--until", "2099-12-01", "--by", "a\nb").exit);
        assertEquals(2, raise("day", "--requests", "30", "--until", "2099-12-01", "--reason", "\u001b[31m").exit);
        assertEquals(2, raise("day", "--requests", "30", "--until", "2099-12-01", "--reason", " ").exit);
    }

    @Test
    void printShowsAPatchThatApplies() throws Exception {
        Ran ran = raise("month", "--usd", "800", "--until", "2099-12-01", "--print");
        assertEquals(0, ran.exit, ran.err);
        assertEquals(POLICY, Files.readString(policy));
        Path patch = Files.writeString(folder.resolve("raise.patch"), ran.out);
        Process applied = new ProcessBuilder("patch", policy.toString(), patch.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(applied.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, applied.waitFor(), output + ran.out);
        assertTrue(Files.readString(policy).contains("override: { usd: 800, until: 2099-11-30T23:00:00Z }"));
    }

    @Test
    void aFileFromAConfigMapIsNotWrittenButItsPatchIsPrinted() throws IOException {
        Path version = Files.createDirectory(folder.resolve("..2026_11_26"));
        Files.move(policy, version.resolve("policy.yaml"));
        Files.createSymbolicLink(folder.resolve("..data"), version.getFileName());
        Files.createSymbolicLink(policy, Path.of("..data/policy.yaml"));
        Ran ran = raise("month", "--usd", "800", "--until", "2099-12-01");
        assertEquals(1, ran.exit);
        assertTrue(ran.err.contains("ConfigMap"), ran.err);
        assertTrue(
                ran.out.contains("\n+    budget: { usd: 500, per: month, time-zone: Europe/Vienna, override:"),
                ran.out);
        assertEquals(POLICY, Files.readString(policy));
    }

    @Test
    void whatCannotBeAuditedIsNotRaised() throws IOException {
        Ran ran = raise(
                "day",
                "--requests",
                "30",
                "--until",
                "2099-12-01",
                "--audit",
                folder.resolve("no/such").toString());
        assertEquals(1, ran.exit);
        assertTrue(ran.err.contains("no/such"), ran.err);
        assertEquals(POLICY, Files.readString(policy));
    }

    @Test
    void aPolicyWithMistakesIsNotChanged() throws IOException {
        Files.writeString(policy, "limits: [ { name: day, budget: { usd: x, per: day } } ]");
        Ran ran = raise("day", "--usd", "30", "--until", "2099-12-01");
        assertEquals(2, ran.exit);
        assertTrue(ran.err.contains("line 1"), ran.err);
    }
}
