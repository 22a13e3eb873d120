package dev.tollgate.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersOracleTest {

    private static final List<String> NAMES = List.of(
            "X-A",
            "x-b",
            "Content-Type",
            "Accept",
            "Connection",
            "Keep-Alive",
            "TE",
            "Host",
            "Authorization",
            "X-Tollgate-Tenant",
            "X-Forwarded-Proto",
            "X-Amz-Date",
            "X-Amz-Target",
            "User-Agent",
            "amz-sdk-request",
            "Forwarded",
            "Via");
    private static final Set<String> STAYS = Set.of(
            "connection",
            "keep-alive",
            "te",
            "host",
            "authorization",
            "x-tollgate-tenant",
            "x-forwarded-proto",
            "x-amz-date",
            "forwarded");

    private static MultiMap map() {
        return MultiMap.caseInsensitiveMultiMap();
    }

    @Test
    void whatGoesUpIsWhatNeitherThisHopNorTheConnectionHeaderKeeps() {
        Random random = new Random(8);
        for (int i = 0; i < 5_000; i++) {
            MultiMap in = map();
            Set<String> expected = new TreeSet<>();
            Set<String> named = new TreeSet<>();
            for (int n = random.nextInt(8); n > 0; n--) {
                String name = NAMES.get(random.nextInt(NAMES.size()));
                String value = name.equals("Connection") ? NAMES.get(random.nextInt(NAMES.size())) + ", close" : "v";
                if (name.equals("Connection")) {
                    named.add(value.substring(0, value.indexOf(',')).toLowerCase(Locale.ROOT));
                }
                in.add(random.nextBoolean() ? name : name.toUpperCase(Locale.ROOT), value);
            }
            in.names().forEach(n -> expected.add(n.toLowerCase(Locale.ROOT)));
            expected.removeAll(STAYS);
            expected.removeAll(named);
            expected.add("accept-encoding");
            Set<String> sent = new TreeSet<>();
            Headers.upstream(in).names().forEach(n -> sent.add(n.toLowerCase(Locale.ROOT)));
            assertEquals(expected, sent, in::toString);
        }
    }

    @Test
    void everyValueOfAHeaderGoesUp() {
        MultiMap in = map().add("X-A", "1").add("x-a", "2").add("X-a", "3");
        assertEquals(
                List.of("1", "2", "3"), new ArrayList<>(Headers.upstream(in).getAll("x-a")));
    }

    @Test
    void anAnswerIsNeverCompressed() {
        assertEquals(
                "identity",
                Headers.upstream(map().add("Accept-Encoding", "gzip, br")).get("accept-encoding"));
        assertEquals("identity", Headers.upstream(map()).get("accept-encoding"));
    }

    @Test
    void theRequestsOwnHeadersDoNotChange() {
        MultiMap in = map().add("Authorization", "a").add("X-A", "b");
        Headers.upstream(in);
        assertEquals("a", in.get("authorization"));
        assertEquals(2, in.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "tab\tinside", "caf\u00e9", "", "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~"})
    void aValueOfPrintableTextPasses(String value) {
        assertEquals(value, Headers.upstream(map().add("X-A", value)).get("x-a"));
    }

    @Test
    void pseudoHeadersOfHttp2StayOnTheirHop() {
        MultiMap sent =
                Headers.upstream(map().add(":path", "/x").add(":authority", "a").add("x-a", "b"));
        assertFalse(sent.contains(":path"));
        assertFalse(sent.contains(":authority"));
        assertTrue(sent.contains("x-a"));
    }

    @Test
    void anAnswerKeepsWhatARequestWouldNot() {
        MultiMap down = map();
        Headers.downstream(
                map().add("x-amz-date", "1").add("Content-Length", "5").add("X-Forwarded-For", "a"), down);
        assertEquals("1", down.get("x-amz-date"));
        assertEquals("5", down.get("content-length"));
        assertEquals("a", down.get("x-forwarded-for"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Trailer", "Proxy-Connection"})
    void anAnswersHopByHopHeadersStayOnTheirHop(String name) {
        MultiMap down = map();
        Headers.downstream(map().add(name, "x"), down);
        assertTrue(down.isEmpty(), down.toString());
    }

    @Test
    void severalConnectionHeadersAllCount() {
        MultiMap sent = Headers.upstream(map().add("Connection", "x-a")
                .add("Connection", " X-B ,x-c")
                .add("x-a", "1")
                .add("x-b", "2")
                .add("x-c", "3")
                .add("x-d", "4"));
        assertEquals(Set.of("x-d", "accept-encoding"), Set.copyOf(sent.names()));
    }
}
