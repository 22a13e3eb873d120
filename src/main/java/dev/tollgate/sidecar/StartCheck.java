package dev.tollgate.sidecar;

import dev.tollgate.policy.PolicyException;
import dev.tollgate.policy.PolicyReader;
import dev.tollgate.policy.PolicyText;
import dev.tollgate.pricing.PriceBook;
import io.quarkus.runtime.configuration.ConfigUtils;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Finds what would stop {@code serve}, before Quarkus starts: it would report a bad value by its own converter's words, or
 * not at all. Reads the same sources as {@code serve}, without their conversion.
 */
public final class StartCheck {

    private static final int MAX_LINES = 5;
    private static final String ENVIRONMENT = "EnvConfigSource";

    private final SmallRyeConfig config;
    private final List<String> problems = new ArrayList<>();

    private StartCheck(SmallRyeConfig config) {
        this.config = config;
    }

    /** The sources of {@code serve}, each value as it was written. */
    public static SmallRyeConfig values() {
        return ConfigUtils.emptyConfigBuilder()
                .withSources(new CommandSettings())
                .build();
    }

    /** What would stop a start with these values, at most five lines; empty if nothing would. */
    public static List<String> of(SmallRyeConfig config) {
        StartCheck check = examined(config);
        if (check.problems.isEmpty()) {
            check.ports();
        }
        return check.lines();
    }

    /** The same without the ports, which a sidecar that runs already has. */
    public static List<String> settings(SmallRyeConfig config) {
        return examined(config).lines();
    }

    /** The same of the values alone, for a command that reads its own files. */
    public static List<String> each(SmallRyeConfig config) {
        StartCheck check = new StartCheck(config);
        Settings.ALL.forEach(check::value);
        return check.lines();
    }

    /** The same for a command that reads policy and prices, and calls nobody. */
    public static List<String> files(SmallRyeConfig config) {
        StartCheck check = new StartCheck(config);
        Settings.ALL.forEach(check::value);
        if (check.problems.isEmpty()) {
            check.policy();
            check.prices();
        }
        return check.lines();
    }

    private static StartCheck examined(SmallRyeConfig config) {
        StartCheck check = new StartCheck(config);
        Settings.ALL.forEach(check::value);
        if (check.problems.isEmpty()) {
            check.region();
            check.tenantRole();
            check.policy();
            check.prices();
        }
        return check;
    }

    /** Names among the settings given that no setting has, a sentence for each. */
    public static List<String> misspelt(SmallRyeConfig config) {
        Stream<String> properties = StreamSupport.stream(
                        config.getConfigSources().spliterator(), false)
                .filter(source -> !source.getName().contains(ENVIRONMENT))
                .flatMap(source -> source.getPropertyNames().stream());
        return Stream.concat(properties, System.getenv().keySet().stream())
                .filter(name -> name.startsWith("tollgate.") || name.startsWith("TOLLGATE_"))
                .distinct()
                .sorted()
                .flatMap(name -> Settings.misspelt(name, System.getenv().getOrDefault(name, "")).stream())
                .toList();
    }

    private void value(Setting setting) {
        ConfigValue value = config.getConfigValue(setting.name());
        String text = value.getValue();
        if (text != null) {
            setting.expectation()
                    .unmet(text)
                    .ifPresent(expected -> problem(setting.name(), expected, found(setting, value, text)));
        }
    }

    private static String found(Setting setting, ConfigValue value, String text) {
        String shown = text.isBlank() ? "an empty value" : setting.shown(text);
        String source = String.valueOf(value.getConfigSourceName());
        if (!source.contains(ENVIRONMENT)) {
            return shown + " (" + source + ")";
        }
        // A Service named tollgate makes Kubernetes set TOLLGATE_PORT in every pod of the namespace.
        String hint = text.startsWith("tcp://") ? "; set by Kubernetes for a Service: enableServiceLinks: false" : "";
        return shown + " (" + setting.variable() + hint + ")";
    }

    private void region() {
        boolean given = Stream.of(
                        "tollgate.upstream.endpoint", "tollgate.upstream.region", "AWS_REGION", "AWS_DEFAULT_REGION")
                .anyMatch(name -> given(name).isPresent());
        if (!given) {
            problem(
                    "tollgate.upstream.region",
                    "a region such as us-east-1, in AWS_REGION or TOLLGATE_UPSTREAM_REGION",
                    "none, and no tollgate.upstream.endpoint");
        }
        if (given("tollgate.upstream.region").isEmpty()) {
            Stream.of("AWS_REGION", "AWS_DEFAULT_REGION")
                    .filter(name -> given(name).isPresent())
                    .findFirst()
                    .ifPresent(this::variable);
        }
    }

    /** The SDK takes it as it is, blanks included. */
    private void variable(String region) {
        String value = given(region).orElseThrow();
        Expectation expected = Expectation.region();
        if (!value.equals(value.strip()) || expected.unmet(value).isPresent()) {
            problem(region, expected.text(), '"' + value.replaceAll("\\p{Cntrl}", "?") + '"');
        }
    }

    private void tenantRole() {
        boolean token = Stream.of("tollgate.upstream.bearer-token", "AWS_BEARER_TOKEN_BEDROCK")
                .anyMatch(name -> given(name).isPresent());
        if (token && given("tollgate.upstream.tenant-role").isPresent()) {
            problem(
                    "tollgate.upstream.tenant-role",
                    "credentials of a role to assume it with",
                    "a Bedrock API key, which signs calls of all tenants alike");
        }
    }

    private void policy() {
        given("tollgate.policy.file").ifPresent(file -> {
            try {
                PolicyReader.read(PolicyText.read(Path.of(file)), 0);
            } catch (IOException e) {
                problems.add("tollgate.policy.file: " + e.getMessage());
            } catch (PolicyException e) {
                int count = e.problems().size();
                problems.add("tollgate.policy.file: expected a policy without mistakes, found " + count + " in " + file
                        + " (tollgate check " + file + " shows all)");
                e.problems().forEach(p -> problems.add("  " + p));
            }
        });
    }

    private void prices() {
        given("tollgate.prices.file").ifPresent(file -> {
            try {
                PriceBook.read(Path.of(file));
            } catch (IllegalArgumentException e) {
                problems.add("tollgate.prices.file: " + e.getMessage());
            }
        });
    }

    private void ports() {
        String data = "tollgate.port";
        String management = "tollgate.management-port";
        if (port(data) == port(management)) {
            problem(management, "another port than that of " + data, "\"" + port(data) + "\" for both");
            return;
        }
        free(data, "127.0.0.1");
        free(management, given("quarkus.management.host").orElse("0.0.0.0"));
    }

    private int port(String name) {
        return Integer.parseInt(given(name).orElseThrow());
    }

    private void free(String name, String host) {
        InetSocketAddress address = new InetSocketAddress(host, port(name));
        try (ServerSocket socket = new ServerSocket()) {
            // As the server does it: connections that just ended do not count.
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (IOException e) {
            problem(name, "a free port", port(name) + " in use at " + address.getHostString());
        }
    }

    private Optional<String> given(String name) {
        return Optional.ofNullable(config.getConfigValue(name).getValue()).filter(v -> !v.isBlank());
    }

    private void problem(String name, String expected, String found) {
        problems.add(name + ": expected " + expected + ", found " + found);
    }

    private List<String> lines() {
        if (problems.size() <= MAX_LINES) {
            return List.copyOf(problems);
        }
        List<String> lines = new ArrayList<>(problems.subList(0, MAX_LINES - 1));
        lines.add("... and " + (problems.size() - lines.size()) + " more");
        return lines;
    }
}
