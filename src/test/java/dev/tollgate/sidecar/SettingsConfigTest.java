package dev.tollgate.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pins every setting's name and default: they are an interface, people's manifests hold them. */
class SettingsConfigTest {

    private static final String NONE = "";

    private static final Map<String, String> DEFAULTS = new TreeMap<>(Map.ofEntries(
            Map.entry("tollgate.port", "8787"),
            Map.entry("tollgate.management-port", "9000"),
            Map.entry("tollgate.management-token", NONE),
            Map.entry("tollgate.redis-url", "redis://127.0.0.1:6379"),
            Map.entry("tollgate.ledger", "redis"),
            Map.entry("tollgate.ledger.org", "default"),
            Map.entry("tollgate.ledger.deadline", "250ms"),
            Map.entry("tollgate.ledger.lease", "60s"),
            Map.entry("tollgate.ledger.outage-grace", "30s"),
            Map.entry("tollgate.ledger.recovery", "1s"),
            Map.entry("tollgate.ledger.max-in-flight", "5000"),
            Map.entry("tollgate.ledger.max-cells", "1000"),
            Map.entry("tollgate.ledger.expected-pods", NONE),
            Map.entry("tollgate.policy.file", NONE),
            Map.entry("tollgate.policy.check-every", "1s"),
            Map.entry("tollgate.prices.file", NONE),
            Map.entry("tollgate.models.profile-prefix", "auto"),
            Map.entry("tollgate.estimate", "expected"),
            Map.entry("tollgate.metadata", "add"),
            Map.entry("tollgate.denial.budget", "service-quota"),
            Map.entry("tollgate.identity.tenant", NONE),
            Map.entry("tollgate.identity.application", NONE),
            Map.entry("tollgate.identity.cost-center", NONE),
            Map.entry("tollgate.identity.environment", NONE),
            Map.entry("tollgate.identity.trust", "pod"),
            Map.entry("tollgate.identity.tenants", NONE),
            Map.entry("tollgate.identity.unknown-tenant", "deny"),
            Map.entry("tollgate.upstream.endpoint", NONE),
            Map.entry("tollgate.upstream.control-endpoint", NONE),
            Map.entry("tollgate.upstream.region", NONE),
            Map.entry("tollgate.upstream.bearer-token", NONE),
            Map.entry("tollgate.upstream.tenant-role", NONE),
            Map.entry("tollgate.upstream.tenant-role-failure", "deny"),
            Map.entry("tollgate.upstream.tenant-role-cache", "2000"),
            Map.entry("tollgate.upstream.ca-file", NONE),
            Map.entry("tollgate.upstream.max-connections", "512"),
            Map.entry("tollgate.upstream.connect-timeout", "5s"),
            Map.entry("tollgate.upstream.idle-timeout", "10m"),
            Map.entry("tollgate.proxy.max-body-bytes", "25000000"),
            Map.entry("tollgate.proxy.max-buffered-bytes", NONE),
            Map.entry("tollgate.proxy.max-in-flight", "1000"),
            Map.entry("tollgate.proxy.max-connections", "4000"),
            Map.entry("tollgate.proxy.header-timeout", "10s"),
            Map.entry("tollgate.proxy.body-timeout", "60s"),
            Map.entry("tollgate.proxy.keep-alive", "5m"),
            Map.entry("tollgate.proxy.allowed-hosts", "localhost,127.0.0.1,::1,[::1]"),
            Map.entry("tollgate.proxy.browsers", "deny"),
            Map.entry("tollgate.proxy.cost-headers", "false"),
            Map.entry("tollgate.proxy.drain-timeout", "5m"),
            Map.entry("tollgate.proxy.max-draining", "100"),
            Map.entry("tollgate.proxy.shutdown-grace", "25s"),
            Map.entry("tollgate.usage.file", NONE),
            Map.entry("tollgate.usage.stdout", "true"),
            Map.entry("tollgate.metrics.max-tenants", "200"),
            Map.entry("tollgate.otlp.endpoint", NONE),
            Map.entry("tollgate.otlp.headers", NONE),
            Map.entry("tollgate.otlp.signals", "all"),
            Map.entry("tollgate.otlp.metrics-every", "60s"),
            Map.entry("tollgate.otlp.sample-percent", "100"),
            Map.entry("tollgate.notify.webhook", NONE)));

    /** Every configuration slice of the product, as classes found and not as a list that somebody must keep. */
    private static List<ConfigMappings.ConfigClass> slices() {
        Path classes = Path.of("target/classes");
        try (Stream<Path> files = Files.walk(classes)) {
            return files.map(file -> classes.relativize(file).toString())
                    .filter(name -> name.startsWith("dev/tollgate/") && name.endsWith("Config.class"))
                    .map(SettingsConfigTest::type)
                    .filter(type -> type.isAnnotationPresent(ConfigMapping.class))
                    .map(ConfigMappings.ConfigClass::configClass)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Class<?> type(String file) {
        try {
            return Class.forName(file.replace(".class", "").replace('/', '.'));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SmallRyeConfig defaults() {
        SmallRyeConfigBuilder builder =
                new SmallRyeConfigBuilder().withConverter(Duration.class, 200, new DurationConverter());
        slices().forEach(builder::withMapping);
        return builder.build();
    }

    @Test
    void namesAndDefaultsAreWhatPeopleHaveWrittenDown() {
        SmallRyeConfig config = defaults();
        Map<String, String> actual = slices().stream()
                .flatMap(slice -> ConfigMappings.getProperties(slice).keySet().stream())
                // An element of a list is no setting of its own.
                .filter(name -> !name.endsWith("[*]"))
                .distinct()
                .collect(Collectors.toMap(
                        name -> name,
                        name -> Optional.ofNullable(config.getConfigValue(name).getValue())
                                .orElse(NONE),
                        (a, b) -> a,
                        TreeMap::new));
        assertEquals(lines(DEFAULTS), lines(actual));
    }

    private static String lines(Map<String, String> settings) {
        return settings.entrySet().stream().map(e -> e + "\n").collect(Collectors.joining());
    }

    @Test
    void everySettingIsCheckedBeforeAStart() {
        assertEquals(
                new TreeSet<>(DEFAULTS.keySet()),
                Settings.ALL.stream().map(Setting::name).collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void everyDefaultMeetsItsOwnExpectation() {
        for (Setting setting : Settings.ALL) {
            String value = DEFAULTS.get(setting.name());
            if (!value.equals(NONE)) {
                assertEquals(Optional.empty(), setting.expectation().unmet(value), setting.name());
            }
        }
    }

    @Test
    void theReadmeNamesEverySetting() throws IOException {
        Set<String> named = Files.readAllLines(Path.of("README.md")).stream()
                .filter(line -> line.startsWith("| `tollgate."))
                .flatMap(line -> names(line.split("[|]")[1]).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(DEFAULTS.keySet()), named);
    }

    /** The settings in a cell such as {@code `tollgate.policy.file`, `.check-every`}. */
    private static List<String> names(String cell) {
        List<String> parts = Pattern.compile("`([^`]+)`")
                .matcher(cell)
                .results()
                .map(found -> found.group(1))
                .toList();
        String prefix = parts.get(0).substring(0, parts.get(0).lastIndexOf('.'));
        return parts.stream()
                .map(part -> part.startsWith(".") ? prefix + part : part)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "TOLLGATE_POLICY_FLE, did you mean TOLLGATE_POLICY_FILE?",
        "tollgate.ledger.dedline, did you mean tollgate.ledger.deadline?",
        "TOLLGATE_SOMETHING_ELSE_ALTOGETHER, TOLLGATE_SOMETHING_ELSE_ALTOGETHER is not a setting and is ignored",
    })
    void aMistypedNameLeadsToTheNearest(String given, String said) {
        assertTrue(Settings.misspelt(given, "").orElse("").endsWith(said), Settings.misspelt(given, "")::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "TOLLGATE_PORT",
        "tollgate.identity.cost-center",
        "TOLLGATE_IDENTITY_COST_CENTER",
        "TOLLGATE_REDIS_SERVICE_HOST",
        "TOLLGATE_REDIS_PORT_6379_TCP_ADDR",
        "TOLLGATE_SERVICE_PORT_HTTP"
    })
    void aSettingAndWhatKubernetesSetsAreNotReported(String given) {
        assertEquals(Optional.empty(), Settings.misspelt(given, ""));
    }

    @Test
    void aPortIsASettingsUnlessItIsAServices() {
        assertTrue(
                Settings.misspelt("TOLLGATE_MANAGMENT_PORT", "9001").orElse("").endsWith("TOLLGATE_MANAGEMENT_PORT?"));
        assertEquals(Optional.empty(), Settings.misspelt("TOLLGATE_REDIS_PORT", "tcp://10.0.0.1:6379"));
    }

    @Test
    void aShownValueKeepsUsersOutAndControlCharactersOff() {
        Setting url = Setting.of("tollgate.redis-url", Expectation.redis());
        assertEquals("\"redis://***@host\"", url.shown("redis://user:secret@host"));
        assertEquals("\"redis://h/?***\"", url.shown("redis://h/?password=secret"));
        assertEquals(
                "redis://a:1,rediss://b/2",
                Setting.servers("redis://:secret@a:1?password=secret,rediss://user:secret@b/2?password=secret"));
        assertEquals("\"a?b\"", url.shown("a\nb"));
        assertTrue(url.shown("x".repeat(500)).length() < 110);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "api-key=a%20b,x=1; true",
                "authorization=Basic YWJj==; true",
                "x=; true",
                "x; false",
                "x=1,; false",
                "x=a%0d%0aInjected: 1; false",
                "x=%zz; false",
                "x=%7f; false",
                "x y=1; false",
            })
    void headersOfTheExporterHoldNoLineBreak(String value, boolean legal) {
        assertEquals(legal, Expectation.headers().unmet(value).isEmpty(), value);
    }
}
