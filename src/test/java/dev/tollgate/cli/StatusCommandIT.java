package dev.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.Product;
import dev.tollgate.harness.SidecarProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code tollgate status}, beside the sidecar that it reads. */
class StatusCommandIT {

    @RegisterExtension
    static final Product PRODUCT = Product.with().trusting("*").policy("""
                    limits:
                      - { name: day, per: [tenant], budget: { usd: 5, per: day, time-zone: Europe/Vienna } }
                      - { name: tpm, per: [tenant, model], rate: { tokens: 20000, every: 1m } }
                    """);

    private static Map<String, String> port(int port) {
        return Map.of("TOLLGATE_MANAGEMENT_PORT", String.valueOf(port));
    }

    private static String status(String... options) {
        String[] arguments = new String[options.length + 1];
        arguments[0] = "status";
        System.arraycopy(options, 0, arguments, 1, options.length);
        return SidecarProcess.run(port(PRODUCT.sidecar().managementPort()), arguments);
    }

    private static void call(String tenant) {
        Http.post(PRODUCT.sidecar(), Http.NOVA + "converse", Http.converse(50), "X-Tollgate-Tenant", tenant);
        PRODUCT.awaitNoCalls();
    }

    private static void spendIsThere(String tenant) {
        Ports.await(
                "spend of " + tenant,
                () -> new JsonObject(PRODUCT.sidecar()
                                        .get("/tollgate/v1/status?tenant=" + tenant)
                                        .body())
                                .getJsonArray("spend")
                                .size()
                        == 1);
    }

    @Test
    void tablesShowWhatTheStatusSays() {
        call("globex");
        spendIsThere("globex");
        String output = status();
        assertTrue(output.startsWith("OK: All well: 2 limits in force"), output);
        assertTrue(output.endsWith("exit 0"), output);
        for (String title : new String[] {
            "\nBudgets, all pods\n",
            "\nRates and concurrency, all pods\n",
            "\nSpend in USD, all pods, UTC\n",
            "\nLast calls and denials, this pod\n",
            "\nThis pod\n"
        }) {
            assertTrue(output.contains(title), title + output);
        }
        JsonObject spend = new JsonObject(PRODUCT.sidecar()
                        .get("/tollgate/v1/status?tenant=globex")
                        .body())
                .getJsonArray("spend")
                .getJsonObject(0);
        String usd = BigDecimal.valueOf(spend.getLong("monthMicroUsd"), 6).toPlainString();
        assertTrue(output.matches("(?s).*\n  globex +nova-lite +" + usd + " +" + usd + " +1 +1\n.*"), output);
        assertTrue(output.contains("00:00:00 Europe/Vienna"), output);
    }

    @Test
    void jsonIsTheStatusItself() {
        call("acme");
        spendIsThere("acme");
        String output = status("--json", "--tenant", "acme");
        assertTrue(output.endsWith("\nexit 0"), output);
        JsonObject printed = new JsonObject(output.substring(0, output.lastIndexOf("\nexit")));
        JsonObject served = new JsonObject(
                PRODUCT.sidecar().get("/tollgate/v1/status?tenant=acme").body());
        for (String changing : new String[] {"generatedAt", "ledger", "limits"}) {
            printed.remove(changing);
            served.remove(changing);
        }
        assertEquals(served, printed);
    }

    @Test
    void aSidecarThatIsNotThereIsSaid() {
        int nobody = Ports.free();
        String output = SidecarProcess.run(port(nobody), "status");
        assertEquals(
                "expected a sidecar at 127.0.0.1:" + nobody
                        + ", found: connection refused: nothing listens there; is it"
                        + " running, and is tollgate.management-port its management port?\nexit 1",
                output);
    }

    @Test
    void anotherServerAtThatPortIsSaid() {
        String output = SidecarProcess.run(port(PRODUCT.sidecar().port()), "status");
        assertTrue(
                output.startsWith(
                        "expected a sidecar at 127.0.0.1:" + PRODUCT.sidecar().port()),
                output);
        assertTrue(output.endsWith("exit 1"), output);
    }

    @Test
    void wrongUsageIsTwoAndARefusedCursorIsOne() {
        assertTrue(status("--wach").endsWith("exit 2"));
        String refused = status("--cursor", "nonsense");
        assertTrue(refused.contains("expected a cursor as nextCursor has it"), refused);
        assertTrue(refused.endsWith("exit 1"), refused);
        String port = SidecarProcess.run(Map.of("TOLLGATE_MANAGEMENT_PORT", "many"), "status");
        assertEquals("expected tollgate.management-port from 1 to 65535, found \"many\"\nexit 1", port);
    }

    @Test
    void aNameCannotSteerTheTerminal() {
        String body =
                Http.converse(5).replaceFirst("\\{", "{\"requestMetadata\":{\"tenantId\":\"evil\\\\u202Etenant\"},");
        Http.post(PRODUCT.sidecar(), Http.NOVA + "converse", body);
        PRODUCT.awaitNoCalls();
        String output = status();
        assertTrue(output.contains("evil?tenant"), "a right-to-left override is a question mark: " + output);
    }

    @Test
    void watchShowsItAgainUntilItIsStopped(@TempDir Path folder) throws IOException {
        Path output = folder.resolve("watch.txt");
        // An option wins over the environment.
        Process watch = SidecarProcess.background(
                output,
                port(Ports.free()),
                "status",
                "--watch",
                "--management-port",
                String.valueOf(PRODUCT.sidecar().managementPort()));
        try {
            Ports.await("three times", () -> read(output).split("OK: All well", -1).length > 3);
            assertTrue(watch.isAlive());
        } finally {
            watch.destroyForcibly();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
