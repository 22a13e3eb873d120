package dev.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.SidecarProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a newcomer does in the first minute. */
class DemoIT {

    private static final String SONNET = "/model/sonnet/converse";
    private static final String QUESTION = "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hello\"}]}]}";
    private static final Pattern USAGE_FILE = Pattern.compile("Usage records: +(\\S+)");
    private static final Pattern POLICY_FILE = Pattern.compile("edit it to change it: (\\S+)");

    private SidecarProcess demo;

    @BeforeEach
    void start() {
        demo = SidecarProcess.start("demo", Map.of());
        Ports.await("the instructions", () -> demo.log().contains("Usage records:"));
    }

    @AfterEach
    void stop() {
        demo.close();
    }

    private HttpResponse<byte[]> call(String... headers) {
        return Http.post(demo, SONNET, QUESTION, headers);
    }

    private Path named(Pattern pattern) {
        Matcher matcher = pattern.matcher(demo.log());
        assertTrue(matcher.find(), demo.log());
        return Path.of(matcher.group(1));
    }

    @Test
    void theCallThatIsPrintedIsAnsweredThreeTimesAndThenDenied() {
        assertTrue(demo.log().contains("curl -i localhost:" + demo.port() + SONNET), demo.log());
        assertTrue(demo.log().contains("-d '" + QUESTION + "'"), demo.log());
        for (int i = 0; i < 3; i++) {
            assertEquals(200, call().statusCode());
        }
        HttpResponse<byte[]> denied = call();
        assertEquals(400, denied.statusCode());
        assertEquals(
                "ServiceQuotaExceededException",
                denied.headers().firstValue("x-amzn-ErrorType").orElse(""));
        assertTrue(new String(denied.body(), StandardCharsets.UTF_8).contains("acme-day"));
        Ports.await("the cost", () -> demo.metric("tollgate_cost_usd_total", "tenant=\"acme\"") > 0.012);
    }

    @Test
    void theOtherTenantHasABudgetOfItsOwnAndAThirdIsRefused() {
        assertEquals(200, call("X-Tollgate-Tenant", "globex").statusCode());
        assertEquals(403, call("X-Tollgate-Tenant", "other").statusCode());
    }

    @Test
    void thePolicyInForceIsShownAndAnEditChangesIt() throws IOException {
        assertTrue(demo.log().contains("acme-day"), demo.log());
        assertTrue(demo.log().contains("0.02 USD a day (UTC)"), demo.log());
        Path policy = named(POLICY_FILE);
        Files.writeString(policy, Files.readString(policy).replace("usd: 0.02", "usd: 0.000001"));
        Ports.await("the edited policy", () -> call().statusCode() == 400);
    }

    @Test
    void usageRecordsGoToTheFileThatIsNamedAndNotToTheTerminal() {
        assertEquals(200, call().statusCode());
        Path file = named(USAGE_FILE);
        Ports.await("a record in " + file, () -> lines(file) == 1);
        assertEquals(0, demo.usageRecords().size());
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            return 0;
        }
    }

    @Test
    void aPipeGetsNoColours() {
        assertFalse(demo.log().contains("\033["), demo.log());
    }

    @Test
    void portsAreOptions() {
        int port = Ports.free();
        int management = Ports.free();
        String output = SidecarProcess.run(
                Map.of(),
                "demo",
                "--port",
                String.valueOf(demo.port()),
                "--management-port",
                String.valueOf(management));
        assertEquals(
                "tollgate.port: expected a free port, found " + demo.port() + " in use at 127.0.0.1\nexit 1",
                output.strip());
        output = SidecarProcess.run(
                Map.of("TOLLGATE_PORT", String.valueOf(demo.port())),
                "demo",
                "--port",
                String.valueOf(port),
                "--management-port",
                String.valueOf(port));
        assertTrue(output.startsWith("tollgate.management-port: expected another port"), output);
        output = SidecarProcess.run(Map.of(), "demo", "--port", "many");
        assertTrue(output.startsWith("tollgate.port: expected a port from 1 to 65535, found \"many\""), output);
    }
}
