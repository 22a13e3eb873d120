package dev.tollgate.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.tenant.CallerResolver.TenantFacts;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallerResolverTest {

    private static final Map<String, TenantFacts> POLICY =
            Map.of("acme", new TenantFacts(Optional.of("sales"), Optional.of("prod")));
    private static final Map<String, String> REQUEST = Map.of(
            "tollgate.identity.trust", "request",
            "tollgate.identity.tenant", "pod",
            "tollgate.identity.tenants", "acme,globex");

    private static CallerResolver resolver(Map<String, String> settings) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .withMapping(IdentityConfig.class)
                .build();
        return new CallerResolver(config.getConfigMapping(IdentityConfig.class));
    }

    private static Optional<Caller> resolve(
            CallerResolver resolver, Map<String, String> metadata, Map<String, String> headers) {
        return resolver.resolve(metadata, headers::get, name -> Optional.ofNullable(POLICY.get(name)));
    }

    @Test
    void aPodThatTrustsNoRequestIsItself() {
        Caller caller = resolve(
                        resolver(Map.of("tollgate.identity.tenant", "acme")),
                        Map.of("tenantId", "globex", "costCenter", "other"),
                        Map.of("x-tollgate-tenant", "globex"))
                .orElseThrow();
        assertEquals("acme", caller.tenant());
        assertEquals("sales", caller.costCenter());
    }

    @Test
    void metadataComesBeforeHeaders() {
        Caller caller = resolve(resolver(REQUEST), Map.of("tenantId", "acme"), Map.of("x-tollgate-tenant", "globex"))
                .orElseThrow();
        assertEquals("acme", caller.tenant());
    }

    @Test
    void aRequestThatNamesNobodyIsThePods() {
        assertEquals(
                "pod",
                resolve(resolver(REQUEST), Map.of(), Map.of()).orElseThrow().tenant());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "umbrella", "ACME", "acme ", "a\nb", "a\u0000b"})
    void aTenantThatMayNotBeNamedIsDeniedAndNeverThePod(String tenant) {
        assertTrue(
                resolve(resolver(REQUEST), Map.of("tenantId", tenant), Map.of()).isEmpty());
        assertTrue(resolve(resolver(REQUEST), Map.of(), Map.of("x-tollgate-tenant", tenant))
                .isEmpty());
    }

    @Test
    void aTenantThatMayNotBeNamedIsTheDefaultTenantBySetting() {
        Map<String, String> settings = new HashMap<>(REQUEST);
        settings.put("tollgate.identity.unknown-tenant", "default");
        assertEquals(
                "default",
                resolve(resolver(settings), Map.of("tenantId", "umbrella"), Map.of())
                        .orElseThrow()
                        .tenant());
    }

    @Test
    void anyTenantThatIsANameMayBeNamedWithAStar() {
        Map<String, String> settings = new HashMap<>(REQUEST);
        settings.put("tollgate.identity.tenants", "*");
        assertTrue(resolve(resolver(settings), Map.of("tenantId", "umbrella"), Map.of())
                .isPresent());
        assertTrue(resolve(resolver(settings), Map.of("tenantId", "x".repeat(129)), Map.of())
                .isEmpty());
    }

    @Test
    void whatThePolicySaysOfATenantCannotBeNamedAway() {
        Caller caller = resolve(
                        resolver(REQUEST),
                        Map.of("tenantId", "acme", "costCenter", "free", "environment", "dev"),
                        Map.of())
                .orElseThrow();
        assertEquals("sales", caller.costCenter());
        assertEquals("prod", caller.environment());
    }

    @Test
    void whatThePodSaysCannotBeNamedAway() {
        Map<String, String> settings = new HashMap<>(REQUEST);
        settings.put("tollgate.identity.application", "shop");
        settings.put("tollgate.identity.cost-center", "retail");
        Caller caller = resolve(
                        resolver(settings),
                        Map.of("tenantId", "globex", "applicationId", "other", "costCenter", "free"),
                        Map.of())
                .orElseThrow();
        assertEquals("shop", caller.application());
        assertEquals("retail", caller.costCenter());
    }

    @Test
    void whatNobodyFixedIsTheRequests() {
        Caller caller = resolve(
                        resolver(REQUEST),
                        Map.of("tenantId", "globex", "applicationId", "shop", "userId", "u1"),
                        Map.of("x-tollgate-cost-center", "retail", "x-tollgate-environment", "a\nb"))
                .orElseThrow();
        assertEquals(new Caller("globex", "shop", "retail", "unknown", "u1"), caller);
    }

    @Test
    void aPodWithAnIllegalNameDoesNotStart() {
        assertThrows(
                IllegalArgumentException.class, () -> resolver(Map.of("tollgate.identity.tenant", "x".repeat(129))));
    }
}
