package dev.tollgate.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {

    private static Session of(String tenant) {
        return new Session(tenant, "sales", "web", "prod");
    }

    @Test
    void whatAwsTakesStaysAsItIs() {
        assertEquals(
                Map.of(
                        "tenantId",
                        "Müller & Co".replace("&", "+"),
                        "costCenter",
                        "sales",
                        "applicationId",
                        "web",
                        "environment",
                        "prod"),
                of("Müller + Co").tags());
        assertEquals("acme", of("acme").name());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a#b", "<b>acme</b>", "x y", "Müller", "aws:internal", "AWS:x", "a\u202eb", "*", "日本"})
    void everyNameThatATenantMayHaveIsMadeLegal(String tenant) {
        Session session = of(tenant);
        assertTrue(session.name().matches("[A-Za-z0-9_+=,.@-]{2,64}"), session.name());
        String value = session.tags().getOrDefault("tenantId", "");
        assertTrue(value.matches("[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,256}"), value);
        assertTrue(!value.toLowerCase(java.util.Locale.ROOT).startsWith("aws:"), value);
    }

    @Test
    void tenantsNeverBecomeOne() {
        assertNotEquals(of("a#b").tags(), of("a&b").tags());
        assertNotEquals(of("a#b").tags(), of("a_b").tags());
        assertNotEquals(of("a b").name(), of("a_b").name());
        String longest = "x".repeat(127);
        assertNotEquals(of(longest + "1").name(), of(longest + "2").name());
        assertEquals(64, of(longest + "1").name().length());
    }
}
