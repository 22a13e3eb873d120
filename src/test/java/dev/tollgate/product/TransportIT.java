package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.harness.Http;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Sockets by epoll, in both forms; by the JDK's selector where Netty's library is not to be had. */
@EnabledOnOs(OS.LINUX)
class TransportIT {

    private static Upstreams upstream;

    @BeforeAll
    static void start() {
        upstream = Upstreams.start();
    }

    @AfterAll
    static void stop() {
        upstream.close();
    }

    private static boolean usesEpoll(SidecarProcess sidecar) throws IOException {
        return Files.readString(Path.of("/proc/" + sidecar.process().pid() + "/maps"))
                .contains("netty_transport_native_epoll");
    }

    private static void answers(SidecarProcess sidecar, boolean byEpoll) throws IOException {
        try (sidecar) {
            assertEquals(
                    200,
                    Http.post(sidecar, Http.NOVA + "converse", Http.converse(10))
                            .statusCode());
            assertEquals(byEpoll, usesEpoll(sidecar), sidecar.log());
            assertEquals(
                    0,
                    sidecar.log()
                            .lines()
                            .filter(l -> l.contains(" WARN ") && l.contains("netty"))
                            .count());
        }
    }

    @Test
    void epollWhereItsLibraryLoads() throws Exception {
        answers(SidecarProcess.serve(upstream.settings()), true);
    }

    @Test
    void theSelectorWhereTheLibraryIsNotThere() throws Exception {
        answers(SidecarProcess.serve(upstream.settings("-Dio.netty.transport.noNative", "true")), false);
    }

    @Test
    void theSelectorIfTheSettingSaysSo() throws Exception {
        answers(SidecarProcess.serve(upstream.settings("-Dquarkus.vertx.prefer-native-transport", "false")), false);
    }

    @Test
    void noTemporaryDirectoryIsNeeded() throws Exception {
        try (SidecarProcess sidecar = SidecarProcess.serve(upstream.settings("-Djava.io.tmpdir", "/proc/none"))) {
            assertEquals(
                    200,
                    Http.post(sidecar, Http.NOVA + "converse", Http.converse(10))
                            .statusCode());
        }
    }
}
