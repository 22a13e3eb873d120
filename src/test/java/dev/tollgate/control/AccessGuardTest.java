package dev.tollgate.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.net.SocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessGuardTest {

    private static final String HOST = "localhost:9000";
    private static final String TOKEN = "0123456789abcdef";

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "127.9.9.9, true",
        "::1, true",
        "0:0:0:0:0:0:0:1, true",
        "::ffff:127.0.0.1, true",
        "10.0.0.5, false",
        "192.168.127.1, false",
        "::ffff:10.0.0.5, false",
        "fe80::1, false",
        "0.0.0.0, false"
    })
    void onlyLoopbackIsAdmittedWithoutAToken(String address, boolean admitted) {
        SocketAddress peer = SocketAddress.inetSocketAddress(40_000, address);
        assertEquals(admitted, new AccessGuard(Optional.empty()).admits(peer, HOST, null));
        assertEquals(admitted, new AccessGuard(Optional.of(TOKEN)).admits(peer, HOST, "Bearer wrong"));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "Bearer 0123456789abcdef, true",
                "bearer 0123456789abcdef, true",
                "'Bearer  0123456789abcdef ', true",
                "none, false",
                "'', false",
                "Bearer, false",
                "'Bearer ', false",
                "Bearer 0123456789abcde, false",
                "Bearer 0123456789abcdefg, false",
                "Bearer 0123456789abcdeF, false",
                "Basic 0123456789abcdef, false",
                "0123456789abcdef, false"
            })
    void otherAddressesNeedTheToken(String authorization, boolean admitted) {
        SocketAddress peer = SocketAddress.inetSocketAddress(40_000, "10.0.0.5");
        assertEquals(admitted, new AccessGuard(Optional.of(TOKEN)).admits(peer, HOST, authorization));
        assertFalse(new AccessGuard(Optional.empty()).admits(peer, HOST, authorization));
    }

    @Test
    void anEmptyTokenOpensNothing() {
        SocketAddress peer = SocketAddress.inetSocketAddress(40_000, "10.0.0.5");
        assertFalse(new AccessGuard(Optional.of("")).admits(peer, HOST, "Bearer "));
        assertFalse(new AccessGuard(Optional.of(TOKEN)).admits(null, HOST, null));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "none, true",
                "localhost, true",
                "LocalHost:9000, true",
                "127.0.0.1:39000, true",
                "[::1]:9000, true",
                "evil.example, false",
                "evil.example:9000, false",
                "localhost.evil.example:9000, false",
                "127.0.0.1.evil.example, false",
                "'', false"
            })
    void aNameThatWasMadeToLeadToLoopbackIsRefused(String host, boolean admitted) {
        SocketAddress peer = SocketAddress.inetSocketAddress(40_000, "127.0.0.1");
        assertEquals(admitted, new AccessGuard(Optional.of(TOKEN)).admits(peer, host, null));
        assertTrue(new AccessGuard(Optional.of(TOKEN)).admits(peer, host, "Bearer " + TOKEN));
    }
}
