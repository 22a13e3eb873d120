package dev.tollgate.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.SidecarProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a start that cannot succeed prints, of the jar and of the executable. */
class StartCheckIT {

    private static final String DURATION = "a duration from 1ms to 31d such as 250ms, 30s, 5m, found \"soon\"";
    private static final String COUNT = "a whole number from 1 to 1000000, found ";
    private static final String BYTES = "a whole number from 1 to 1099511627776, found ";
    private static final String NAME = "1 to 128 printable characters, found \"a?b\"";
    private static final String REDIS = "a URL such as redis://host:6379, or rediss:// for TLS, found ";

    @TempDir
    Path folder;

    /** Setting, bad value, what the line expects and found. */
    static Stream<Arguments> rows() {
        return Stream.of(
                Arguments.of("tollgate.port", "0", "a port from 1 to 65535, found \"0\""),
                Arguments.of("tollgate.management-port", "65536", "a port from 1 to 65535, found \"65536\""),
                Arguments.of(
                        "tollgate.management-token",
                        "short",
                        "16 to 512 visible ASCII characters, found a value that is not shown"),
                Arguments.of("tollgate.redis-url", "redis:6379", REDIS + "\"redis:6379\""),
                Arguments.of("tollgate.ledger", "disk", "one of redis, memory, found \"disk\""),
                Arguments.of("tollgate.ledger.org", "a\tb", NAME),
                Arguments.of("tollgate.ledger.deadline", "soon", DURATION),
                Arguments.of("tollgate.ledger.lease", "soon", DURATION),
                Arguments.of("tollgate.ledger.outage-grace", "soon", DURATION),
                Arguments.of(
                        "tollgate.ledger.recovery",
                        "-1s",
                        DURATION.replace("1ms", "0ms").replace("31d", "1h").replace("soon", "-1s")),
                Arguments.of("tollgate.ledger.max-in-flight", "many", COUNT + "\"many\""),
                Arguments.of("tollgate.ledger.max-cells", "0", COUNT + "\"0\""),
                Arguments.of("tollgate.ledger.expected-pods", "some", COUNT + "\"some\""),
                Arguments.of("tollgate.policy.file", "/none", "a policy file that can be read, found \"/none\""),
                Arguments.of("tollgate.policy.check-every", "soon", DURATION),
                Arguments.of("tollgate.prices.file", "/none", "a price book that can be read, found \"/none\""),
                Arguments.of(
                        "tollgate.models.profile-prefix",
                        "usa",
                        "one of auto, none, us, us-gov, eu, apac, jp, au, ca, in, sa, global, found \"usa\""),
                Arguments.of("tollgate.estimate", "guess", "one of expected, bound, found \"guess\""),
                Arguments.of("tollgate.metadata", "yes", "one of add, off, found \"yes\""),
                Arguments.of(
                        "tollgate.denial.budget",
                        "teapot",
                        "one of service-quota, access-denied, throttling, found \"teapot\""),
                Arguments.of("tollgate.identity.tenant", "a\tb", NAME),
                Arguments.of("tollgate.identity.application", "a\tb", NAME),
                Arguments.of("tollgate.identity.cost-center", "a\tb", NAME),
                Arguments.of("tollgate.identity.environment", "a\tb", NAME),
                Arguments.of("tollgate.identity.trust", "all", "one of pod, request, found \"all\""),
                Arguments.of(
                        "tollgate.identity.tenants",
                        "acme,,globex",
                        "names of 1 to 128 printable characters with a comma between two, found \"acme,,globex\""),
                Arguments.of("tollgate.identity.unknown-tenant", "ask", "one of deny, default, found \"ask\""),
                Arguments.of(
                        "tollgate.upstream.endpoint",
                        "bedrock",
                        "a URL without a path such as https://host or http://host:port, found \"bedrock\""),
                Arguments.of(
                        "tollgate.upstream.control-endpoint",
                        "ftp://host",
                        "a URL without a path such as https://host, found \"ftp://host\""),
                Arguments.of("tollgate.upstream.region", "us east", "a region such as us-east-1, found \"us east\""),
                Arguments.of(
                        "tollgate.upstream.bearer-token",
                        "two words",
                        "a key of visible ASCII characters, found a value that is not shown"),
                Arguments.of(
                        "tollgate.upstream.tenant-role",
                        "tenants",
                        "a role's ARN such as arn:aws:iam::111122223333:role/tollgate-tenant, found \"tenants\""),
                Arguments.of("tollgate.upstream.tenant-role-failure", "open", "one of deny, pod, found \"open\""),
                Arguments.of(
                        "tollgate.upstream.tenant-role-cache", "0", "a whole number from 1 to 100000, found \"0\""),
                Arguments.of(
                        "tollgate.upstream.ca-file",
                        "/none",
                        "a file of PEM certificates that can be read, found \"/none\""),
                Arguments.of("tollgate.upstream.max-connections", "0", COUNT + "\"0\""),
                Arguments.of("tollgate.upstream.connect-timeout", "soon", DURATION.replace("31d", "24d")),
                Arguments.of("tollgate.upstream.idle-timeout", "soon", DURATION),
                Arguments.of("tollgate.proxy.max-body-bytes", "25M", BYTES + "\"25M\""),
                Arguments.of("tollgate.proxy.max-buffered-bytes", "-1", BYTES + "\"-1\""),
                Arguments.of("tollgate.proxy.max-in-flight", "1e3", COUNT + "\"1e3\""),
                Arguments.of("tollgate.proxy.max-connections", "0", COUNT + "\"0\""),
                Arguments.of("tollgate.proxy.header-timeout", "soon", DURATION),
                Arguments.of("tollgate.proxy.body-timeout", "0", DURATION.replace("soon", "0")),
                Arguments.of("tollgate.proxy.keep-alive", "soon", DURATION),
                Arguments.of(
                        "tollgate.proxy.allowed-hosts",
                        "localhost,",
                        "names of 1 to 128 printable characters with a comma between two, found \"localhost,\""),
                Arguments.of("tollgate.proxy.browsers", "some", "one of deny, allow, found \"some\""),
                Arguments.of("tollgate.proxy.cost-headers", "yes", "one of true, false, found \"yes\""),
                Arguments.of("tollgate.proxy.drain-timeout", "soon", DURATION),
                Arguments.of("tollgate.proxy.max-draining", "-1", COUNT.replace("from 1", "from 0") + "\"-1\""),
                Arguments.of("tollgate.proxy.shutdown-grace", "soon", DURATION),
                Arguments.of(
                        "tollgate.usage.file",
                        "/none/usage.jsonl",
                        "a file in a folder that can be written to, found \"/none/usage.jsonl\""),
                Arguments.of("tollgate.usage.stdout", "no", "one of true, false, found \"no\""),
                Arguments.of("tollgate.metrics.max-tenants", "", COUNT + "an empty value"),
                Arguments.of(
                        "tollgate.otlp.endpoint",
                        "collector:4318",
                        "a URL such as http://collector:4318, found \"collector:4318\""),
                Arguments.of(
                        "tollgate.otlp.headers",
                        "secret",
                        "headers such as name=value with a comma between two, found a value that is not shown"),
                Arguments.of("tollgate.otlp.signals", "logs", "one of all, traces, metrics, found \"logs\""),
                Arguments.of(
                        "tollgate.otlp.metrics-every",
                        "5ms",
                        DURATION.replace("1ms", "1000ms").replace("soon", "5ms")),
                Arguments.of("tollgate.otlp.sample-percent", "101", "a whole number from 0 to 100, found \"101\""),
                Arguments.of(
                        "tollgate.notify.webhook",
                        "slack",
                        "a URL such as https://host/path, found a value that is not shown"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aBadValueIsNamedWithWhatWasExpected(String setting, String value, String expectedAndFound) {
        String variable = Setting.of(setting, Expectation.name()).variable();
        String output = SidecarProcess.run(Map.of("AWS_REGION", "us-east-1", variable, value), "serve");
        assertEquals(setting + ": expected " + expectedAndFound + " (" + variable + ")\nexit 1", output.strip());
    }

    @Test
    void everySettingHasARow() {
        Set<String> named = rows().map(row -> (String) row.get()[0]).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Settings.ALL.stream().map(Setting::name).collect(Collectors.toCollection(TreeSet::new)), named);
    }

    /** What no setting of Tollgate's is; Quarkus has no log yet to report it to. */
    @Test
    void aStartThatFailsLaterSaysWhy() {
        String output = refused(Map.of("AWS_REGION", "us-east-1", "QUARKUS_REDIS_TIMEOUT", "never"));
        assertTrue(output.contains("expected to start, found: ") && output.contains("quarkus.redis.timeout"), output);
        assertTrue(output.endsWith("\nexit 1"), output);
    }

    /** Values that ended a start without a word, or let one begin that could serve nothing. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "TOLLGATE_LEDGER_ORG,``,tollgate.ledger.org: expected 1 to 128",
                "TOLLGATE_PROXY_ALLOWED_HOSTS,``,tollgate.proxy.allowed-hosts: expected names",
                "TOLLGATE_REDIS_URL,redis://127.0.0.1:1/abc,tollgate.redis-url: expected a URL such as",
                "TOLLGATE_UPSTREAM_CONNECT_TIMEOUT,25d,expected a duration from 1ms to 24d",
                "TOLLGATE_LEDGER_RECOVERY,1d,expected a duration from 0ms to 1h",
                "AWS_REGION,`us-east-1 `,AWS_REGION: expected a region such as us-east-1",
                "AWS_REGION,US-EAST-1,found \"US-EAST-1\"",
                "TOLLGATE_UPSTREAM_ENDPOINT,http://host/bedrock/v2,expected a URL without a path",
                "TOLLGATE_UPSTREAM_ENDPOINT,http://host:0,expected a URL without a path",
                "TOLLGATE_UPSTREAM_ENDPOINT,https://user:pw@host,found"
            })
    void whatCannotServeIsNamed(String variable, String value, String said) {
        Map<String, String> settings = new TreeMap<>(Map.of("AWS_REGION", "us-east-1"));
        settings.put(variable, value);
        String output = refused(settings);
        assertTrue(output.contains(said) && output.endsWith("\nexit 1"), output);
        assertEquals(2, output.lines().count(), output);
    }

    @Test
    void aStartWithoutARegionNamesTheSetting() {
        assertEquals(
                "tollgate.upstream.region: expected a region such as us-east-1, in AWS_REGION or"
                        + " TOLLGATE_UPSTREAM_REGION, found none, and no tollgate.upstream.endpoint\nexit 1",
                refused(Map.of("AWS_REGION", "")));
    }

    @Test
    void portsInUseAreNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            assertEquals(
                    "tollgate.port: expected a free port, found " + port + " in use at 127.0.0.1\nexit 1",
                    refused(Map.of("TOLLGATE_PORT", port)));
            assertEquals(
                    "tollgate.management-port: expected a free port, found " + port + " in use at 0.0.0.0\nexit 1",
                    refused(Map.of("TOLLGATE_MANAGEMENT_PORT", port)));
            assertEquals(
                    "tollgate.management-port: expected another port than that of tollgate.port, found \"" + port
                            + "\" for both\nexit 1",
                    refused(Map.of("TOLLGATE_PORT", port, "TOLLGATE_MANAGEMENT_PORT", port)));
        }
    }

    @Test
    void aPolicyWithMistakesIsToldInFiveLines() throws IOException {
        Path policy = Files.writeString(
                folder.resolve("policy.yaml"), "limits:\n" + "  - { name: a, concurrency: 0 }\n".repeat(6));
        List<String> lines = refused(Map.of("TOLLGATE_POLICY_FILE", policy.toString()))
                .lines()
                .toList();
        assertEquals(6, lines.size(), lines.toString());
        assertTrue(
                lines.get(0).startsWith("tollgate.policy.file: expected a policy without mistakes, found 11"),
                lines.get(0));
        assertTrue(lines.get(1).startsWith("  line 2: "), lines.get(1));
        assertEquals("... and 8 more", lines.get(4));
        assertEquals("exit 1", lines.get(5));
    }

    @Test
    void aPriceBookWithMistakesIsToldWithItsLine() throws IOException {
        Path prices = Files.writeString(folder.resolve("prices.csv"), "model;price\n");
        String output = refused(Map.of("TOLLGATE_PRICES_FILE", prices.toString()));
        assertTrue(
                output.startsWith(
                        "tollgate.prices.file: " + prices + ", line 1: expected a header of the columns model,"),
                output);
        assertTrue(output.endsWith("\nexit 1"), output);
    }

    @Test
    void whatKubernetesSetsForAServiceIsExplained() {
        String output = refused(Map.of("TOLLGATE_PORT", "tcp://10.0.0.1:8787"));
        assertTrue(
                output.contains("(TOLLGATE_PORT; set by Kubernetes for a Service: enableServiceLinks: false)"), output);
    }

    @Test
    void secretsAreNotPrinted() {
        String output = refused(Map.of("TOLLGATE_REDIS_URL", "http://user:pass-word@host"));
        assertFalse(output.contains("pass-word"), output);
    }

    @Test
    void aMistypedSettingIsReportedAndStopsNothing() {
        Map<String, String> settings = new HashMap<>(Map.of(
                "AWS_REGION", "us-east-1",
                "TOLLGATE_LEDGER", "memory",
                "TOLLGATE_POLICY_FLE", "policy.yaml",
                "TOLLGATE_REDIS_SERVICE_HOST", "10.0.0.1",
                "-Dtollgate.ledgr.org", "mine"));
        try (SidecarProcess sidecar = SidecarProcess.serve(settings)) {
            assertTrue(
                    sidecar.log()
                            .contains(
                                    "TOLLGATE_POLICY_FLE is not a setting and is ignored; did you mean TOLLGATE_POLICY_FILE?"),
                    sidecar.log());
            assertTrue(sidecar.log().contains("tollgate.ledgr.org is not a setting"), sidecar.log());
            assertFalse(sidecar.log().contains("TOLLGATE_REDIS_SERVICE_HOST"), sidecar.log());
        }
    }

    @Test
    void theStartLineNamesPortsPolicyPricesAndLedger() throws IOException {
        Path policy = Files.writeString(folder.resolve("p.yaml"), "limits: [ { name: a, concurrency: 5 } ]\n");
        try (SidecarProcess sidecar = SidecarProcess.serve(Map.of(
                "AWS_REGION", "us-east-1",
                "TOLLGATE_REDIS_URL", "redis://user:pass-word@127.0.0.1:1",
                "TOLLGATE_POLICY_FILE", policy.toString()))) {
            String line = sidecar.log()
                    .lines()
                    .filter(l -> l.contains("Tollgate "))
                    .findFirst()
                    .orElse("");
            for (String part : List.of(
                    "http://127.0.0.1:" + sidecar.port() + " ",
                    "bedrock-runtime.us-east-1.amazonaws.com",
                    "management port " + sidecar.managementPort(),
                    "policy " + policy + " (1 limit)",
                    "prices 2",
                    "ledger redis://127.0.0.1:1")) {
                assertTrue(line.contains(part), line);
            }
            assertFalse(sidecar.log().contains("pass-word"), sidecar.log());
        }
    }

    @Test
    void aUsageFileDoesNotStopTheStart() {
        Path file = folder.resolve("usage.jsonl");
        try (SidecarProcess sidecar = SidecarProcess.serve(Map.of(
                "AWS_REGION", "us-east-1",
                "TOLLGATE_LEDGER", "memory",
                "TOLLGATE_UPSTREAM_ENDPOINT", "http://127.0.0.1:1",
                "TOLLGATE_UPSTREAM_BEARER_TOKEN", "key",
                "TOLLGATE_USAGE_FILE", file.toString()))) {
            Http.post(sidecar, Http.NOVA + "converse", Http.converse(5));
            Ports.await("a usage record in the file", () -> records(file) == 1);
            assertEquals(1, sidecar.usageRecords(1).size());
        }
    }

    private static long records(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(l -> l.startsWith("{\"requestId\"")).count();
        } catch (IOException e) {
            return 0;
        }
    }

    /** The lines that a refused start prints, its exit code in the last. */
    private static String refused(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("AWS_REGION", "us-east-1", "TOLLGATE_LEDGER", "memory"));
        all.put("TOLLGATE_PORT", String.valueOf(Ports.free()));
        all.put("TOLLGATE_MANAGEMENT_PORT", String.valueOf(Ports.free()));
        all.putAll(settings);
        String output = SidecarProcess.run(all, "serve").strip();
        assertTrue(output.endsWith("exit 1"), output);
        return output;
    }
}
