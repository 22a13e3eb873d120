package dev.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Options and exit codes of the commands over records. */
class ReportCommandTest {

    private static final String LOG = """
            {"schemaType":"ModelInvocationLog","timestamp":"2026-11-03T12:00:00Z","requestId":"r1","operation":"Converse",\
            "modelId":"anthropic.claude-3-haiku-20240307-v1:0","input":{"inputTokenCount":1000},\
            "output":{"outputTokenCount":100},"requestMetadata":{"TenantID":"acme"}}
            """;
    private static final String USAGE = """
            {"requestId":"r1","tollgateId":"t","timestamp":"2026-11-03T12:00:01Z","tenant":"acme",\
            "modelId":"anthropic.claude-3-haiku-20240307-v1:0","decision":"approved","inputTokens":900,"outputTokens":100,\
            "cacheReadTokens":0,"cacheWrite5mTokens":0,"cacheWrite1hTokens":0,"microUsd":350,"end":"completed","status":200}
            """;

    @TempDir
    Path folder;

    private record Ran(int exit, String out, String err) {}

    private static Ran run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream toOut = new ByteArrayOutputStream();
        ByteArrayOutputStream toErr = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(toOut, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(toErr, true, StandardCharsets.UTF_8));
            CommandLine commands = Main.commands();
            commands.setErr(new PrintWriter(System.err, true));
            int exit = commands.execute(arguments);
            return new Ran(exit, toOut.toString(StandardCharsets.UTF_8), toErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private String logs(String content) throws IOException {
        return Files.writeString(folder.resolve("logs.jsonl"), content).toString();
    }

    /** Picocli warns, and prints the text as it is, where it cannot format it. */
    @Test
    void everyHelpIsFormattedAndNamesEachOptionOnce() {
        for (CommandLine command : Main.commands().getSubcommands().values()) {
            Ran ran = run(command.getCommandName(), "--help");
            assertEquals("", ran.err(), command.getCommandName());
            assertFalse(ran.out().contains("%%"), ran.out());
            command.getCommandSpec()
                    .options()
                    .forEach(option -> assertEquals(
                            option.names().length, Set.of(option.names()).size(), option.longestName()));
        }
    }

    @Test
    void whatCannotBeWrittenIsSaid() throws IOException {
        Path folderToo = Files.createDirectory(folder.resolve("taken"));
        assertEquals(
                "expected to write /nowhere/out.csv, found no such folder\n",
                run("report", "tenants", logs(LOG), "--out", "/nowhere/out.csv").err());
        Ran onFolder = run("report", "tenants", logs(LOG), "--out", folderToo.toString());
        assertEquals("expected to write " + folderToo + ", found Is a directory\n", onFolder.err());
        assertEquals(1, onFolder.exit());
    }

    @Test
    void aReportIsNotWrittenOverItsInput() throws IOException {
        String logs = logs(LOG);
        Ran ran = run("report", "daily", logs, "--out", folder + "/./logs.jsonl");
        assertEquals(1, ran.exit());
        assertTrue(ran.err().contains("found that it is one of the files to read"), ran.err());
        assertEquals(LOG, Files.readString(Path.of(logs)));
    }

    @Test
    void aReportReplacesTheOneBeforeAndKeepsItsMode() throws IOException {
        Path out = Files.writeString(folder.resolve("out.csv"), "x".repeat(100_000));
        Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rw-r-----");
        Files.setPosixFilePermissions(out, mode);
        Path link = Files.createSymbolicLink(folder.resolve("link.csv"), out);
        assertEquals(
                0,
                run("report", "daily", "--format", "csv", logs(LOG), "--out", link.toString())
                        .exit());
        assertTrue(Files.readString(out).length() < 1000);
        assertEquals(mode, Files.getPosixFilePermissions(out));
        assertTrue(Files.isSymbolicLink(link));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(3, left.count(), "nothing is left beside it");
        }
        assertEquals(0, run("report", "daily", logs(LOG), "--out", "/dev/null").exit());
    }

    @Test
    void oneOddRecordOrFileDoesNotEndTheRun() throws IOException {
        String odd = LOG
                + LOG.replace("2026-11-03T12:00:00Z", "+1000000000-12-31T23:59:59Z")
                        .replace("r1", "r2");
        Path cut = Files.write(folder.resolve("cut.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0});
        Ran ran = run("report", "daily", "--format", "csv", logs(odd), cut.toString());
        assertEquals(3, ran.exit());
        assertTrue(ran.out().contains("2026-11-03"), ran.out());
        assertTrue(ran.err().startsWith("2 lines could not be read"), ran.err());
        Ran marked = run("report", "daily", "--format", "csv", logs("\ufeff" + LOG));
        assertEquals(0, marked.exit(), "a byte order mark is no record");
        assertTrue(marked.out().contains("2026-11-03"), marked.out());
    }

    @Test
    void callsWithoutAnIdCountInReplayToo() throws IOException {
        Path policy = Files.writeString(
                folder.resolve("policy.yaml"), "limits: [ { name: a, rate: { requests: 1, every: 1d } } ]");
        String nameless = USAGE.replace("\"requestId\":\"r1\",", "");
        String usage = Files.writeString(folder.resolve("usage.jsonl"), nameless + nameless)
                .toString();
        Ran ran = run("replay", "--policy", policy.toString(), "--usage", usage);
        assertTrue(ran.out().startsWith("2 calls, 1 approved, 1 denied"), ran.out() + ran.err());
        Ran reconciled = run("reconcile", "--usage", usage, "--logs", logs(LOG));
        assertTrue(reconciled.out().startsWith("matched 0, only in usage records 2, only in invocation logs 1"));
        assertEquals(4, reconciled.exit());
        assertTrue(
                reconciled
                        .err()
                        .contains("expected a difference of at most 1%, found 286.6667% of the logs (3100 tokens"),
                reconciled.err());
    }

    @Test
    void nothingToCompareDoesNotPass() throws IOException {
        String empty = Files.createDirectory(folder.resolve("empty")).toString();
        Ran none = run("reconcile", "--usage", empty, "--logs", logs(LOG));
        assertEquals(1, none.exit());
        assertEquals("expected files below --usage " + empty + ", found none\n", none.err());
        String usage = Files.writeString(folder.resolve("usage.jsonl"), USAGE).toString();
        for (String[] bill : new String[][] {
            {"AmazonEC2,BoxUsage,2026-11-03,1", "expected lines of Amazon Bedrock in --cur "},
            {"AmazonBedrock,input-tokens,11/03/2026,1", "expected line_item_usage_start_date as 2026-11-03T00:00:00Z"},
            {"AmazonBedrock,input-tokens,2026-11-03,1e30", "expected line_item_unblended_cost to be US dollars below"},
            {"AmazonBedrock,input-tokens,2026-11-03,1e999999999", "expected line_item_unblended_cost to be US dollars"},
        }) {
            Path cur = Files.writeString(
                    folder.resolve("cur.csv"),
                    "line_item_product_code,line_item_usage_type,line_item_usage_start_date,line_item_unblended_cost\n"
                            + bill[0] + '\n');
            Ran ran = run("reconcile", "--usage", usage, "--logs", logs(LOG), "--cur", cur.toString());
            assertEquals(1, ran.exit(), bill[0]);
            assertTrue(ran.err().startsWith(bill[1]), ran.err());
        }
        Ran late = run("report", "daily", "--since", "2026-11-05", "--until", "2026-11-01", usage);
        assertEquals(2, late.exit());
        assertTrue(late.err().contains("expected --until to be later than --since"), late.err());
        assertTrue(run("report", "daily", empty).err().contains("no call was found"));
    }

    @Test
    void everyViewGroupsByItsKeys() throws IOException {
        String logs = logs(LOG);
        String numbers = ",1,0,0,1000,100,0,0,0,375";
        String model = "anthropic.claude-3-haiku-20240307-v1:0";
        assertEquals("2026-11-03" + numbers, csv("daily", logs));
        assertEquals("2026-11" + numbers, csv("monthly", logs));
        assertEquals("acme" + numbers, csv("tenants", logs));
        assertEquals(model + numbers, csv("models", logs));
        assertEquals("acme," + model + numbers, csv("top", logs));
    }

    private static String csv(String view, String logs) {
        Ran ran = run("report", view, "--format", "csv", "--key", "tenant=TenantID,tenantId", logs);
        assertEquals(0, ran.exit(), ran.err());
        return ran.out().lines().skip(1).findFirst().orElse("");
    }

    @Test
    void exitCodesAreAsPromised() throws IOException {
        String logs = logs(LOG);
        assertEquals(0, run("report", "daily", logs).exit());
        assertEquals(
                1, run("report", "daily", folder.resolve("missing").toString()).exit());
        assertEquals(2, run("report").exit());
        assertEquals(2, run("report", "daily").exit());
        for (String[] wrong : new String[][] {
            {"--since", "yesterday"},
            {"--time-zone", "Moon"},
            {"--format", "xml"},
            {"--key", "tenant"},
            {"--limit", "0"},
            {"--prices", folder.resolve("missing").toString()},
            {"--policy", folder.resolve("missing").toString()}
        }) {
            Ran ran = run("report", "top", wrong[0], wrong[1], logs);
            assertEquals(2, ran.exit(), wrong[0]);
            assertTrue(ran.err().contains("expected"), ran.err());
        }
        Path failed = folder.resolve("failed");
        Ran ran = run("report", "daily", "--failed", failed.toString(), logs(LOG + "broken\n"));
        assertEquals(3, ran.exit());
        assertTrue(ran.err().contains("1 lines could not be read; see " + failed), ran.err());
        assertTrue(Files.isDirectory(failed));
    }

    @Test
    void sinceAndUntilAreDaysOfTheTimeZone() throws IOException {
        String logs = logs(LOG);
        String[] inside = {
            "report", "daily", "--format", "csv", "--time-zone", "Asia/Tokyo", "--since", "2026-11-03", logs
        };
        assertEquals(2, run(inside).out().lines().count());
        String[] outside = {"report", "daily", "--format", "csv", "--until", "2026-11-03T12:00:00Z", logs};
        assertEquals(1, run(outside).out().lines().count());
    }

    @Test
    void writesToAFile() throws IOException {
        Path page = folder.resolve("page.html");
        Ran ran = run("report", "daily", "--format", "html", "--out", page.toString(), logs(LOG));
        assertEquals("", ran.out());
        assertTrue(Files.readString(page).startsWith("<!DOCTYPE html>"));
        String nowhere = folder.resolve("no/such/folder.html").toString();
        assertEquals(
                1,
                run("report", "daily", "--format", "html", "--out", nowhere, logs(LOG))
                        .exit());
    }

    @Test
    void reconcileExitsWithFourBeyondTheThreshold() throws IOException {
        String usage = Files.writeString(folder.resolve("usage.jsonl"), USAGE).toString();
        String logs = logs(LOG);
        assertEquals(4, run("reconcile", "--usage", usage, "--logs", logs).exit());
        Ran wide = run("reconcile", "--usage", usage, "--logs", logs, "--threshold", "10%", "--format", "json");
        assertEquals(0, wide.exit(), wide.err());
        assertTrue(wide.out()
                .startsWith("{\"matched\":1,\"onlyInUsage\":0,\"onlyInLogs\":0,\"drift\":[{\"tenant\":\"acme\""));
        assertEquals(2, run("reconcile", "--usage", usage).exit());
        assertEquals(
                2,
                run("reconcile", "--usage", usage, "--logs", logs, "--threshold", "1")
                        .exit());
    }

    @Test
    void replayShowsBothPolicies() throws IOException {
        String usage = Files.writeString(folder.resolve("usage.jsonl"), USAGE).toString();
        String tight = Files.writeString(
                        folder.resolve("tight.yaml"), "limits:\n  - { name: day, budget: { usd: 0.0001, per: day } }\n")
                .toString();
        String wide = Files.writeString(
                        folder.resolve("wide.yaml"), "limits:\n  - { name: day, budget: { usd: 1, per: day } }\n")
                .toString();
        Ran ran = run("replay", "--policy", tight, "--against", wide, "--usage", usage, "--format", "json");
        assertEquals(0, ran.exit(), ran.err());
        assertTrue(ran.out().startsWith("{\"calls\":1,\"approved\":0,\"denied\":1,\"savedMicroUsd\":350,"), ran.out());
        assertTrue(ran.out()
                .contains("\"against\":{\"calls\":1,\"approved\":1,\"denied\":0,\"savedMicroUsd\":0,\"denials\":[]}"));
        assertEquals(2, run("replay", "--usage", usage).exit());
    }

    @Test
    void etlWritesTablesAndSaysWhatItDid() throws IOException {
        Path out = folder.resolve("tables");
        Ran ran = run("etl", "--out", out.toString(), logs(LOG));
        assertEquals(0, ran.exit(), ran.err());
        assertEquals("1 records of 1 files, 0 files unchanged, 0 lines unreadable\n", ran.out());
        assertTrue(Files.isDirectory(out.resolve("main/year=2026/month=11/day=03/tenant=none")));
        assertEquals(2, run("etl", logs(LOG)).exit());
    }
}
