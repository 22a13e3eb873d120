package dev.tollgate.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;

/**
 * An upstream of paced ConverseStreams, which answers Converse calls at once. Each content chunk says in its padding ({@code p}) when it was sent, in nanoseconds of
 * this machine's monotonic clock. Arguments: port, chunks of a stream, milliseconds between them.
 */
public final class StreamUpstream {

    private static final byte[] HEAD = ("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    private static final String JSON = "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"Hello\"}]}},"
            + "\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":12,\"outputTokens\":8,\"totalTokens\":20}}";
    private static final byte[] ANSWER = ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                    + JSON.length() + "\r\n\r\n" + JSON)
            .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final int chunks;
    private final long everyNanos;
    private final BlockingQueue<Answer> begun = new LinkedBlockingQueue<>();

    private StreamUpstream(int chunks, long everyNanos) {
        this.chunks = chunks;
        this.everyNanos = everyNanos;
    }

    private static final class Answer implements Comparable<Answer> {
        private final OutputStream out;
        private int sent;
        private long due;

        Answer(OutputStream out, long due) {
            this.out = out;
            this.due = due;
        }

        @Override
        public int compareTo(Answer other) {
            return Long.compare(due, other.due);
        }
    }

    public static void main(String[] args) throws IOException {
        StreamUpstream upstream = new StreamUpstream(Integer.parseInt(args[1]), Long.parseLong(args[2]) * 1_000_000);
        Thread pacer = new Thread(upstream::pace, "pacer");
        pacer.setDaemon(true);
        pacer.start();
        try (ServerSocket server =
                new ServerSocket(Integer.parseInt(args[0]), 1024, InetAddress.getByName("127.0.0.1"))) {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                Thread reader = new Thread(() -> upstream.read(socket), "reader");
                reader.setDaemon(true);
                reader.start();
            }
        }
    }

    /** Requests of one connection; each begins a stream, or is answered at once. */
    private void read(Socket socket) {
        try (socket;
                InputStream in = new BufferedInputStream(socket.getInputStream(), 64 * 1024)) {
            for (String first = line(in); !first.isEmpty(); first = line(in)) {
                int length = 0;
                for (String header = line(in); !header.isEmpty(); header = line(in)) {
                    if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                        length = Integer.parseInt(header.substring(15).strip());
                    }
                }
                in.skipNBytes(length);
                if (first.contains("converse-stream")) {
                    // Streams begin spread over one interval, so that their chunks do not come all at once.
                    long spread = (long) (Math.random() * everyNanos);
                    begun.add(new Answer(socket.getOutputStream(), System.nanoTime() + spread));
                } else {
                    socket.getOutputStream().write(ANSWER);
                }
            }
        } catch (IOException e) {
            System.err.println("a connection broke: " + e.getMessage());
        }
    }

    /** Without its line end; empty at the end of the connection too. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private void pace() {
        PriorityQueue<Answer> open = new PriorityQueue<>();
        while (true) {
            begun.drainTo(open);
            long left = open.isEmpty() ? 1_000_000 : open.peek().due - System.nanoTime();
            if (left > 0) {
                LockSupport.parkNanos(Math.min(left, 1_000_000));
                continue;
            }
            Answer next = open.remove();
            try {
                if (step(next)) {
                    open.add(next);
                }
            } catch (IOException e) {
                // The gateway has gone; so has the stream.
                System.err.println("a stream broke: " + e.getMessage());
            }
        }
    }

    /** Sends one chunk; true if more follow. */
    private boolean step(Answer answer) throws IOException {
        if (answer.sent == 0) {
            answer.out.write(HEAD);
        }
        answer.sent++;
        answer.due += everyNanos;
        if (answer.sent <= chunks) {
            answer.out.write(chunk(frame(
                    "contentBlockDelta",
                    "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"a few words of it\"},\"p\":\"" + System.nanoTime()
                            + "\"}")));
            return true;
        }
        answer.out.write(chunk(frame("messageStop", "{\"stopReason\":\"end_turn\"}")));
        answer.out.write(chunk(frame(
                "metadata",
                "{\"usage\":{\"inputTokens\":12,\"outputTokens\":" + chunks + ",\"totalTokens\":" + (12 + chunks)
                        + "},\"metrics\":{\"latencyMs\":5}}")));
        answer.out.write(END);
        return false;
    }

    /** The frames of a whole stream with so many content chunks, without HTTP. */
    static byte[] example(int chunks) {
        byte[] content = frame(
                "contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"a few words of it\"},\"p\":\"abcd\"}");
        byte[] end = frame(
                "metadata",
                "{\"usage\":{\"inputTokens\":12,\"outputTokens\":9,\"totalTokens\":21},\"metrics\":{\"latencyMs\":5}}");
        ByteBuffer out = ByteBuffer.allocate(chunks * content.length + end.length);
        for (int i = 0; i < chunks; i++) {
            out.put(content);
        }
        return out.put(end).array();
    }

    private static byte[] chunk(byte[] frame) {
        byte[] size = (Integer.toHexString(frame.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(size.length + frame.length + 2)
                .put(size)
                .put(frame)
                .put((byte) '\r')
                .put((byte) '\n')
                .array();
    }

    private static byte[] frame(String type, String payload) {
        ByteBuffer headers = ByteBuffer.allocate(256);
        header(headers, ":event-type", type);
        header(headers, ":content-type", "application/json");
        header(headers, ":message-type", "event");
        headers.flip();
        byte[] body = payload.getBytes(StandardCharsets.UTF_8);
        int length = 16 + headers.remaining() + body.length;
        ByteBuffer out = ByteBuffer.allocate(length).putInt(length).putInt(headers.remaining());
        out.putInt(crc(out)).put(headers).put(body);
        return out.putInt(crc(out)).array();
    }

    private static void header(ByteBuffer out, String name, String value) {
        out.put((byte) name.length()).put(name.getBytes(StandardCharsets.US_ASCII));
        out.put((byte) 7).putShort((short) value.length()).put(value.getBytes(StandardCharsets.US_ASCII));
    }

    private static int crc(ByteBuffer written) {
        CRC32 crc = new CRC32();
        crc.update(written.array(), 0, written.position());
        return (int) crc.getValue();
    }
}
