package dev.tollgate.invocations;

import dev.tollgate.harness.SidecarProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A call of the friendly API over a connection of its own, read at the test's pace. */
final class RawCall implements AutoCloseable {

    private static final int SMALL_WINDOW = 4096;

    private final Socket socket = new Socket();

    private RawCall() {}

    /** @param headers whole lines */
    static RawCall of(SidecarProcess sidecar, String body, String... headers) {
        RawCall call = new RawCall();
        try {
            call.socket.setReceiveBufferSize(SMALL_WINDOW);
            call.socket.connect(new InetSocketAddress("127.0.0.1", sidecar.port()));
            StringBuilder head = new StringBuilder("POST " + Calls.PATH + " HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: "
                    + body.getBytes(StandardCharsets.UTF_8).length + "\r\n");
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            call.socket.getOutputStream().write((head + "\r\n" + body).getBytes(StandardCharsets.UTF_8));
            return call;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next bytes, at least so many unless the answer ends. */
    String read(int bytes) {
        try {
            return new String(in().readNBytes(bytes), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything until the other side closes. */
    String untilClosed(Duration longest) {
        try {
            socket.setSoTimeout((int) longest.toMillis());
            return new String(in().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private InputStream in() throws IOException {
        return socket.getInputStream();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
