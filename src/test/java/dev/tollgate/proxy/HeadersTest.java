package dev.tollgate.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.BadRequestException;
import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {

    private static MultiMap headers(String... namesAndValues) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization",
                "X-Amz-Date",
                "X-Amz-Security-Token",
                "x-amz-content-sha256",
                "Host",
                "Content-Length",
                "Connection",
                "Keep-Alive",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade",
                "Proxy-Authorization",
                "Expect",
                "Accept-Encoding",
                "X-Tollgate-Tenant",
                "X-Forwarded-For",
                "X-Amzn-Bedrock-Request-Metadata"
            })
    void whatIsOfThisHopOrOursStaysHere(String name) {
        MultiMap upstream = Headers.upstream(headers(name, "x", "X-Other", "y"));
        assertEquals(name.equalsIgnoreCase("Accept-Encoding") ? "identity" : null, upstream.get(name));
        assertEquals("y", upstream.get("x-other"));
    }

    @Test
    void headersThatConnectionNamesStayOnTheirHop() {
        MultiMap upstream = Headers.upstream(headers("Connection", "close, X-Mine", "X-Mine", "a", "X-Other", "b"));
        assertEquals(null, upstream.get("x-mine"));
        assertEquals("b", upstream.get("x-other"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Amzn-Bedrock-Service-Tier",
                "X-Amzn-Bedrock-PerformanceConfig-Latency",
                "x-amzn-bedrock-guardrailidentifier"
            })
    void whatDecidesThePriceComesOnce(String name) {
        assertEquals("flex", Headers.upstream(headers(name, "flex")).get(name));
        BadRequestException e = assertThrows(
                BadRequestException.class,
                () -> Headers.upstream(headers(name, "flex", "X-Other", "y", name, "priority")));
        assertTrue(e.getMessage().endsWith("once, found it twice"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"'x y',a", "'x\u00e9',a", "x,'a\u0001b'", "x,'a\u007f'"})
    void namesThatAreNoTokensAndControlCharactersAreRefused(String name, String value) {
        assertThrows(BadRequestException.class, () -> Headers.upstream(headers(name, value)));
    }

    @Test
    void anAnswersEndToEndHeadersPassAsTheyAre() {
        MultiMap downstream = MultiMap.caseInsensitiveMultiMap();
        Headers.downstream(
                headers(
                        "x-amzn-RequestId",
                        "1",
                        "Connection",
                        "x-hop",
                        "x-hop",
                        "2",
                        "Set-Cookie",
                        "a",
                        "Set-Cookie",
                        "b"),
                downstream);
        assertEquals("1", downstream.get("x-amzn-requestid"));
        assertEquals(null, downstream.get("x-hop"));
        assertEquals(2, downstream.getAll("set-cookie").size());
    }
}
