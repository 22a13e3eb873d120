package dev.tollgate.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.tenant.CallerResolver.TenantFacts;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** All combinations of what pod, policy, metadata and headers say, against the rules as they are written down. */
class CallerOracleTest {

    private static final List<String> NAMES =
            List.of("acme", "globex", "pod", "default", "mallory", "", "a\nb", "x".repeat(129));

    private final Random random = new Random(11);

    private Optional<String> maybe(List<String> values) {
        return random.nextBoolean() ? Optional.of(values.get(random.nextInt(values.size()))) : Optional.empty();
    }

    @Test
    void everyCombinationFollowsTheRules() {
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            Map<String, String> settings = new HashMap<>();
            maybe(List.of("pod", "acme")).ifPresent(v -> settings.put("tollgate.identity.tenant", v));
            maybe(List.of("web")).ifPresent(v -> settings.put("tollgate.identity.application", v));
            maybe(List.of("pod-center")).ifPresent(v -> settings.put("tollgate.identity.cost-center", v));
            maybe(List.of("pod-env")).ifPresent(v -> settings.put("tollgate.identity.environment", v));
            maybe(List.of("acme,globex", "*")).ifPresent(v -> settings.put("tollgate.identity.tenants", v));
            maybe(List.of("deny", "default")).ifPresent(v -> settings.put("tollgate.identity.unknown-tenant", v));
            maybe(List.of("pod", "request")).ifPresent(v -> settings.put("tollgate.identity.trust", v));
            Map<String, String> metadata = new HashMap<>();
            Map<String, String> headers = new HashMap<>();
            maybe(NAMES).ifPresent(v -> metadata.put("tenantId", v));
            maybe(NAMES).ifPresent(v -> headers.put("x-tollgate-tenant", v));
            maybe(List.of("app", "")).ifPresent(v -> metadata.put("applicationId", v));
            maybe(List.of("app2")).ifPresent(v -> headers.put("x-tollgate-application", v));
            maybe(List.of("center")).ifPresent(v -> metadata.put("costCenter", v));
            maybe(List.of("center2", "\u0000")).ifPresent(v -> headers.put("x-tollgate-cost-center", v));
            maybe(List.of("env")).ifPresent(v -> metadata.put("environment", v));
            maybe(List.of("alice")).ifPresent(v -> metadata.put("userId", v));
            Optional<TenantFacts> facts = random.nextBoolean()
                    ? Optional.of(new TenantFacts(maybe(List.of("policy-center")), maybe(List.of("policy-env"))))
                    : Optional.empty();
            Optional<Caller> expected = expected(settings, metadata, headers, facts);
            assertEquals(
                    expected,
                    resolver(settings).resolve(metadata, headers::get, name -> facts),
                    () -> settings + " " + metadata + " " + headers + " " + facts);
            refused += expected.isEmpty() ? 1 : 0;
        }
        assertTrue(refused > 500, "refused " + refused);
    }

    private static Optional<Caller> expected(
            Map<String, String> settings,
            Map<String, String> metadata,
            Map<String, String> headers,
            Optional<TenantFacts> facts) {
        boolean trusts = "request".equals(settings.get("tollgate.identity.trust"));
        String pod = settings.getOrDefault("tollgate.identity.tenant", "default");
        String tenant = pod;
        String named = metadata.getOrDefault("tenantId", headers.get("x-tollgate-tenant"));
        if (trusts && named != null) {
            String listed = settings.getOrDefault("tollgate.identity.tenants", "");
            boolean legal = !named.isEmpty() && named.length() <= 128 && named.indexOf('\n') < 0;
            boolean allowed = named.equals(pod)
                    || listed.equals("*")
                    || List.of(listed.split(",")).contains(named);
            if (!legal || !allowed) {
                if (!"default".equals(settings.get("tollgate.identity.unknown-tenant"))) {
                    return Optional.empty();
                }
                named = "default";
            }
            tenant = named;
        }
        String podCenter = settings.get("tollgate.identity.cost-center");
        String podEnvironment = settings.get("tollgate.identity.environment");
        Optional<String> policyCenter = facts.flatMap(TenantFacts::costCenter);
        Optional<String> policyEnvironment = facts.flatMap(TenantFacts::environment);
        String application = first(
                settings.get("tollgate.identity.application"),
                trusts ? legal(metadata, "applicationId", headers, "x-tollgate-application") : null,
                "unknown");
        String center = first(
                policyCenter.orElse(null),
                podCenter,
                trusts ? legal(metadata, "costCenter", headers, "x-tollgate-cost-center") : null,
                "unassigned");
        String environment = first(
                policyEnvironment.orElse(null),
                podEnvironment,
                trusts ? legal(metadata, "environment", headers, "x-tollgate-environment") : null,
                "unknown");
        String user = trusts ? first(legal(metadata, "userId", headers, "x-tollgate-user"), "none") : "none";
        return Optional.of(new Caller(tenant, application, center, environment, user));
    }

    private static String first(String... values) {
        for (String value : values) {
            if (value != null) {
                return value;
            }
        }
        throw new IllegalArgumentException("expected a value");
    }

    /** Metadata comes before headers, and a name that is not legal is none. */
    private static String legal(Map<String, String> metadata, String key, Map<String, String> headers, String header) {
        String value = metadata.getOrDefault(key, headers.get(header));
        return value == null || value.isEmpty() || value.indexOf(0) >= 0 ? null : value;
    }

    private static CallerResolver resolver(Map<String, String> settings) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .withMapping(IdentityConfig.class)
                .build();
        return new CallerResolver(config.getConfigMapping(IdentityConfig.class));
    }
}
