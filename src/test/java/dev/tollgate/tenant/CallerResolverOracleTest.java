package dev.tollgate.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.tenant.CallerResolver.TenantFacts;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Thousands of seeded pods and requests against the rules, written down once more in the plainest way. */
class CallerResolverOracleTest {

    private static final List<String> NAMES = List.of("acme", "globex", "initech", "default", "", "a\nb");
    private static final List<String> VALUES = List.of("sales", "prod", "x", "", "bad\0");

    private final Random random = new Random(42);
    private final Map<Map<String, String>, CallerResolver> resolvers = new HashMap<>();
    private final Map<String, String> settings = new HashMap<>();
    private final Map<String, String> metadata = new HashMap<>();
    private final Map<String, String> headers = new HashMap<>();
    private final Map<String, TenantFacts> policy = new HashMap<>();

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private void maybe(Map<String, String> map, String key, String value) {
        if (random.nextInt(3) == 0) {
            map.put(key, value);
        }
    }

    private void draw() {
        settings.clear();
        metadata.clear();
        headers.clear();
        policy.clear();
        maybe(settings, "tollgate.identity.trust", "request");
        maybe(settings, "tollgate.identity.unknown-tenant", "default");
        maybe(settings, "tollgate.identity.tenant", "pod");
        maybe(settings, "tollgate.identity.application", "shop");
        maybe(settings, "tollgate.identity.cost-center", "retail");
        maybe(settings, "tollgate.identity.environment", "test");
        maybe(settings, "tollgate.identity.tenants", any(List.of("acme,globex", "*", "initech")));
        maybe(metadata, "tenantId", any(NAMES));
        maybe(headers, "x-tollgate-tenant", any(NAMES));
        for (String part : List.of(
                "applicationId/application", "costCenter/cost-center", "environment/environment", "userId/user")) {
            maybe(metadata, part.substring(0, part.indexOf('/')), any(VALUES));
            maybe(headers, "x-tollgate-" + part.substring(part.indexOf('/') + 1), any(VALUES));
        }
        for (String name : NAMES) {
            if (random.nextBoolean()) {
                policy.put(
                        name,
                        new TenantFacts(
                                Optional.of("cc-" + name).filter(c -> random.nextBoolean()),
                                Optional.of("env-" + name).filter(c -> random.nextBoolean())));
            }
        }
    }

    private static CallerResolver resolver(Map<String, String> settings) {
        return new CallerResolver(new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .withMapping(IdentityConfig.class)
                .build()
                .getConfigMapping(IdentityConfig.class));
    }

    private Optional<Caller> resolved() {
        return resolvers
                .computeIfAbsent(Map.copyOf(settings), CallerResolverOracleTest::resolver)
                .resolve(metadata, headers::get, name -> Optional.ofNullable(policy.get(name)));
    }

    private Optional<Caller> expected() {
        String pod = settings.getOrDefault("tollgate.identity.tenant", "default");
        String tenant = pod;
        String named = metadata.containsKey("tenantId") ? metadata.get("tenantId") : headers.get("x-tollgate-tenant");
        if (named != null) {
            List<String> listed = Arrays.asList(
                    settings.getOrDefault("tollgate.identity.tenants", "").split(","));
            boolean printable = !named.isEmpty() && !named.contains("\n");
            boolean allowed = named.equals(pod) || listed.contains("*") || listed.contains(named);
            if (printable && allowed) {
                tenant = named;
            } else if (settings.containsKey("tollgate.identity.unknown-tenant")) {
                tenant = "default";
            } else {
                return Optional.empty();
            }
        }
        Optional<TenantFacts> facts = Optional.ofNullable(policy.get(tenant));
        return Optional.of(new Caller(
                tenant,
                first(null, "application", "applicationId", "application", "unknown"),
                first(
                        facts.flatMap(TenantFacts::costCenter).orElse(null),
                        "cost-center",
                        "costCenter",
                        "cost-center",
                        "unassigned"),
                first(
                        facts.flatMap(TenantFacts::environment).orElse(null),
                        "environment",
                        "environment",
                        "environment",
                        "unknown"),
                first(null, "", "userId", "user", "none")));
    }

    private String first(String policyValue, String setting, String key, String header, String otherwise) {
        if (policyValue != null) {
            return policyValue;
        }
        String pod = settings.get("tollgate.identity." + setting);
        if (pod != null) {
            return pod;
        }
        String named = metadata.containsKey(key) ? metadata.get(key) : headers.get("x-tollgate-" + header);
        return named == null || named.isEmpty() || named.contains("\0") ? otherwise : named;
    }

    @Test
    void aRequestsCallerIsWhatTheRulesSay() {
        int compared = 0;
        while (compared < 3_000) {
            draw();
            if (settings.containsKey("tollgate.identity.trust")) {
                assertEquals(expected(), resolved(), () -> settings + " " + metadata + " " + headers + " " + policy);
                compared++;
            }
        }
    }

    @Test
    void aPodThatTrustsNoRequestHearsNothingOfIt() {
        int compared = 0;
        while (compared < 1_000) {
            draw();
            settings.remove("tollgate.identity.trust");
            Optional<Caller> with = resolved();
            metadata.clear();
            headers.clear();
            assertEquals(resolved(), with);
            compared++;
        }
    }
}
