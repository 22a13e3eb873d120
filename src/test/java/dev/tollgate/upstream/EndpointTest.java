package dev.tollgate.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {

    private static UpstreamConfig config(String... settings) {
        Map<String, String> all = new java.util.HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            all.put("tollgate.upstream." + settings[i], settings[i + 1]);
        }
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .withMapping(UpstreamConfig.class)
                .build()
                .getConfigMapping(UpstreamConfig.class);
    }

    private static Endpoint of(String... settings) {
        return Endpoint.of(config(settings), Optional.empty());
    }

    @Test
    void withoutAnEndpointItIsTheRegionsRuntime() {
        assertEquals(
                new Endpoint("bedrock-runtime.eu-central-1.amazonaws.com", 443, true, "eu-central-1"),
                of("region", "eu-central-1"));
    }

    @Test
    void theRegionOfAwsIsTakenIfThereIsNoneOfOurs() {
        Endpoint endpoint = Endpoint.of(config(), Optional.of("us-west-2"));
        assertEquals("bedrock-runtime.us-west-2.amazonaws.com", endpoint.host());
        assertEquals(
                "eu-west-1",
                Endpoint.of(config("region", "eu-west-1"), Optional.of("us-west-2"))
                        .region());
    }

    @Test
    void anEndpointOfItsOwnKeepsTheRegionForItsSignature() {
        assertEquals(
                new Endpoint("proxy.internal", 8080, false, "eu-west-1"),
                of("endpoint", "http://proxy.internal:8080", "region", "eu-west-1"));
    }

    @Test
    void anEndpointWithoutARegionIsSignedForTheFirst() {
        assertEquals("us-east-1", of("endpoint", "http://localhost:1").region());
    }

    @ParameterizedTest
    @CsvSource({
        "http://a, 80, false, a",
        "https://a, 443, true, a",
        "http://a:80, 80, false, a",
        "https://a:443, 443, true, a",
        "https://a:8443, 8443, true, a:8443",
        "http://a:443, 443, false, a:443",
        "http://127.0.0.1:9999, 9999, false, 127.0.0.1:9999",
        "https://bedrock-runtime.us-east-1.amazonaws.com/, 443, true, bedrock-runtime.us-east-1.amazonaws.com"
    })
    void theUsualPortIsNotPartOfTheHostHeader(String uri, int port, boolean tls, String authority) {
        Endpoint endpoint = of("endpoint", uri);
        assertEquals(port, endpoint.port());
        assertEquals(tls, endpoint.tls());
        assertEquals(authority, endpoint.authority());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://a", "localhost:8080", "a", "http:///path", "http:a", "file:/etc/passwd"})
    void whatIsNoHttpAddressIsRefused(String uri) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> of("endpoint", uri));
        assertTrue(e.getMessage().contains("expected an upstream endpoint such as"), e.getMessage());
        assertTrue(e.getMessage().endsWith(uri), e.getMessage());
    }

    @Test
    void withoutRegionAndEndpointEverySettingIsNamed() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> of());
        for (String setting : new String[] {"AWS_REGION", "TOLLGATE_UPSTREAM_REGION", "TOLLGATE_UPSTREAM_ENDPOINT"}) {
            assertTrue(e.getMessage().contains(setting), e.getMessage());
        }
    }

    @Test
    void aBlankRegionOfAwsIsNone() {
        assertThrows(IllegalArgumentException.class, () -> Endpoint.of(config(), Optional.of(" ")));
    }

    @Test
    void theControlPlaneIsTheRegions() {
        Endpoint runtime = of("region", "eu-central-1");
        assertEquals(
                Optional.of(new Endpoint("bedrock.eu-central-1.amazonaws.com", 443, true, "eu-central-1")),
                Endpoint.control(config("region", "eu-central-1"), runtime, Optional.empty()));
    }

    @Test
    void beforeAnEndpointOfItsOwnThereIsNoControlPlane() {
        UpstreamConfig config = config("endpoint", "http://localhost:1");
        assertEquals(
                Optional.empty(), Endpoint.control(config, Endpoint.of(config, Optional.empty()), Optional.empty()));
    }

    @Test
    void aControlPlaneOfItsOwnIsTaken() {
        UpstreamConfig config = config("endpoint", "http://localhost:1", "control-endpoint", "http://localhost:2");
        assertEquals(
                Optional.of(new Endpoint("localhost", 2, false, "us-east-1")),
                Endpoint.control(config, Endpoint.of(config, Optional.empty()), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "NO_CREDENTIALS, no-credentials, false",
        "UNREACHABLE, unreachable, false",
        "RESET, reset, true",
        "TIMEOUT, timeout, true"
    })
    void aFaultHasALabelAndSaysWhetherTheModelMayHaveWorked(UpstreamFault fault, String label, boolean sent) {
        assertEquals(label, fault.label());
        assertEquals(sent, fault.sent());
        UpstreamException e = new UpstreamException(fault, "because");
        assertEquals(fault, e.fault());
        assertEquals(0, e.getStackTrace().length);
    }
}
