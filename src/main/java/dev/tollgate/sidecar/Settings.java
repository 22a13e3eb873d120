package dev.tollgate.sidecar;

import dev.tollgate.bedrock.ProfilePrefix;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every setting and what its value must be; a test keeps this list equal to the configuration slices. */
final class Settings {

    private static final long MAX_BYTES = 1L << 40;
    private static final int MAX_COUNT = 1_000_000;

    static final List<Setting> ALL = List.of(
            Setting.of("tollgate.port", Expectation.port()),
            Setting.of("tollgate.management-port", Expectation.port()),
            Setting.secret("tollgate.management-token", Expectation.token()),
            Setting.of("tollgate.redis-url", Expectation.redis()),
            Setting.of("tollgate.ledger", Expectation.oneOf("redis", "memory")),
            Setting.of("tollgate.ledger.org", Expectation.name().needed()),
            Setting.of("tollgate.ledger.deadline", Expectation.duration()),
            Setting.of("tollgate.ledger.lease", Expectation.duration()),
            Setting.of("tollgate.ledger.outage-grace", Expectation.duration()),
            Setting.of("tollgate.ledger.recovery", Expectation.duration(0, "1h")),
            Setting.of("tollgate.ledger.max-in-flight", Expectation.count(1, MAX_COUNT)),
            Setting.of("tollgate.ledger.max-cells", Expectation.count(1, MAX_COUNT)),
            Setting.of(
                    "tollgate.ledger.expected-pods",
                    Expectation.count(1, MAX_COUNT).orNone()),
            Setting.of("tollgate.policy.file", Expectation.file("a policy file")),
            Setting.of("tollgate.policy.check-every", Expectation.duration()),
            Setting.of("tollgate.prices.file", Expectation.file("a price book")),
            Setting.of("tollgate.models.profile-prefix", Expectation.oneOf(prefixes())),
            Setting.of("tollgate.estimate", Expectation.oneOf("expected", "bound")),
            Setting.of("tollgate.metadata", Expectation.oneOf("add", "off")),
            Setting.of("tollgate.denial.budget", Expectation.oneOf("service-quota", "access-denied", "throttling")),
            Setting.of("tollgate.identity.tenant", Expectation.name()),
            Setting.of("tollgate.identity.application", Expectation.name()),
            Setting.of("tollgate.identity.cost-center", Expectation.name()),
            Setting.of("tollgate.identity.environment", Expectation.name()),
            Setting.of("tollgate.identity.trust", Expectation.oneOf("pod", "request")),
            Setting.of("tollgate.identity.tenants", Expectation.names()),
            Setting.of("tollgate.identity.unknown-tenant", Expectation.oneOf("deny", "default")),
            Setting.of("tollgate.upstream.endpoint", Expectation.server("https://host or http://host:port")),
            Setting.of("tollgate.upstream.control-endpoint", Expectation.server("https://host")),
            Setting.of("tollgate.upstream.region", Expectation.region()),
            Setting.secret("tollgate.upstream.bearer-token", Expectation.key()),
            Setting.of("tollgate.upstream.tenant-role", Expectation.role()),
            Setting.of("tollgate.upstream.tenant-role-failure", Expectation.oneOf("deny", "pod")),
            Setting.of("tollgate.upstream.tenant-role-cache", Expectation.count(1, 100_000)),
            Setting.of("tollgate.upstream.ca-file", Expectation.file("a file of PEM certificates")),
            Setting.of("tollgate.upstream.max-connections", Expectation.count(1, MAX_COUNT)),
            Setting.of("tollgate.upstream.connect-timeout", Expectation.duration(1, "24d")),
            Setting.of("tollgate.upstream.idle-timeout", Expectation.duration()),
            Setting.of("tollgate.proxy.max-body-bytes", Expectation.count(1, MAX_BYTES)),
            Setting.of(
                    "tollgate.proxy.max-buffered-bytes",
                    Expectation.count(1, MAX_BYTES).orNone()),
            Setting.of("tollgate.proxy.max-in-flight", Expectation.count(1, MAX_COUNT)),
            Setting.of("tollgate.proxy.max-connections", Expectation.count(1, MAX_COUNT)),
            Setting.of("tollgate.proxy.header-timeout", Expectation.duration()),
            Setting.of("tollgate.proxy.body-timeout", Expectation.duration()),
            Setting.of("tollgate.proxy.keep-alive", Expectation.duration()),
            Setting.of("tollgate.proxy.allowed-hosts", Expectation.names().needed()),
            Setting.of("tollgate.proxy.browsers", Expectation.oneOf("deny", "allow")),
            Setting.of("tollgate.proxy.cost-headers", Expectation.oneOf("true", "false")),
            Setting.of("tollgate.proxy.drain-timeout", Expectation.duration()),
            Setting.of("tollgate.proxy.max-draining", Expectation.count(0, MAX_COUNT)),
            Setting.of("tollgate.proxy.shutdown-grace", Expectation.duration()),
            Setting.of("tollgate.usage.file", Expectation.newFile()),
            Setting.of("tollgate.usage.stdout", Expectation.oneOf("true", "false")),
            Setting.of("tollgate.metrics.max-tenants", Expectation.count(1, MAX_COUNT)),
            Setting.of("tollgate.otlp.endpoint", Expectation.url("http://collector:4318", "https", "http")),
            Setting.secret("tollgate.otlp.headers", Expectation.headers()),
            Setting.of("tollgate.otlp.signals", Expectation.oneOf("all", "traces", "metrics")),
            Setting.of("tollgate.otlp.metrics-every", Expectation.duration(1000)),
            Setting.of("tollgate.otlp.sample-percent", Expectation.count(0, 100)),
            Setting.secret("tollgate.notify.webhook", Expectation.url("https://host/path", "https", "http")));

    // What Kubernetes sets for a Service whose name begins with tollgate.
    private static final Pattern SERVICE_LINK =
            Pattern.compile(".*_SERVICE_(HOST|PORT.*)|.*_PORT_\\d+_(TCP|UDP|SCTP).*");
    private static final int MAX_DISTANCE = 4;

    private Settings() {}

    private static String[] prefixes() {
        return Stream.concat(Stream.of(ProfilePrefix.AUTO, ProfilePrefix.NONE), ProfilePrefix.PREFIXES.stream())
                .toArray(String[]::new);
    }

    /**
     * What a name that no setting has was probably meant to be; empty if a setting has it.
     *
     * @param value only of a Service's port it is a URL
     */
    static Optional<String> misspelt(String given, String value) {
        boolean variable = given.startsWith("TOLLGATE_");
        boolean link = SERVICE_LINK.matcher(given).matches() || given.endsWith("_PORT") && value.contains("://");
        if (ALL.stream().map(s -> variable ? s.variable() : s.name()).anyMatch(given::equals) || variable && link) {
            return Optional.empty();
        }
        return ALL.stream()
                .map(s -> variable ? s.variable() : s.name())
                .min(Comparator.comparingInt(known -> distance(given, known)))
                .filter(known -> distance(given, known) <= MAX_DISTANCE)
                .map(known -> given + " is not a setting and is ignored; did you mean " + known + "?")
                .or(() -> Optional.of(given + " is not a setting and is ignored"));
    }

    /** Edits between two names, as by Levenshtein. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
