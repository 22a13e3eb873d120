package dev.tollgate.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One connection that makes one call after the other. */
final class Connection {

    private static final int MAX_ANSWER = 256 * 1024;

    private final SocketChannel channel;
    private final ByteBuffer request;
    private final byte[] answer = new byte[MAX_ANSWER];
    private final ByteBuffer in = ByteBuffer.wrap(answer);
    private long due;
    private boolean busy;
    private int status;

    Connection(int port, byte[] request, Selector selector) throws IOException {
        this.request = ByteBuffer.wrap(request);
        this.channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Sends the call that was due then. */
    void send(long whenDue) throws IOException {
        due = whenDue;
        busy = true;
        in.clear();
        request.rewind();
        while (request.hasRemaining()) {
            channel.write(request);
        }
    }

    /** Reads what has come; true if the answer is whole. */
    boolean receive() throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("closed by the gateway after " + in.position() + " bytes of an answer");
        }
        if (!busy || !whole()) {
            return false;
        }
        busy = false;
        return true;
    }

    private boolean whole() {
        int head = endOfHead();
        if (head < 0) {
            return false;
        }
        String text = new String(answer, 0, head, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        status = Integer.parseInt(text.substring(9, 12));
        int length = text.indexOf("\r\ncontent-length:");
        if (length >= 0) {
            int at = length + 17;
            return in.position() >= head + Integer.parseInt(text.substring(at, text.indexOf('\r', at)).strip());
        }
        int end = in.position();
        return end >= 5 && new String(answer, end - 5, 5, StandardCharsets.ISO_8859_1).equals("0\r\n\r\n");
    }

    private int endOfHead() {
        for (int i = 3; i < in.position(); i++) {
            if (answer[i] == '\n' && answer[i - 1] == '\r' && answer[i - 2] == '\n' && answer[i - 3] == '\r') {
                return i + 1;
            }
        }
        return -1;
    }

    long due() {
        return due;
    }

    boolean busy() {
        return busy;
    }

    int status() {
        return status;
    }
}
