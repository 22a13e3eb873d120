package dev.tollgate.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * Concurrent ConverseStreams from {@link StreamUpstream}, straight or through a gateway: how long each chunk was on its way.
 * Arguments: port, streams, chunks of a stream. Prints one line of JSON.
 */
public final class Streams {

    private static final byte[] MARK = "\"p\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final String BODY =
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hello\"}]}],\"inferenceConfig\":{\"maxTokens\":4000}}";
    private static final int BUFFER = 256 * 1024;

    private static final class Stream {
        private int matched;
        private boolean inNumber;
        private long number;
        private int chunks;

        /** Looks for send times in bytes that may end anywhere. */
        void read(ByteBuffer bytes, Histogram times, long now) {
            while (bytes.hasRemaining()) {
                byte b = bytes.get();
                if (inNumber) {
                    if (b == '"') {
                        inNumber = false;
                        chunks++;
                        times.recordValue(Math.max(1, now - number));
                    } else {
                        number = number * 10 + b - '0';
                    }
                } else if (b == MARK[matched]) {
                    if (++matched == MARK.length) {
                        matched = 0;
                        inNumber = true;
                        number = 0;
                    }
                } else {
                    matched = b == MARK[0] ? 1 : 0;
                }
            }
        }
    }

    private Streams() {}

    public static void main(String[] args) throws IOException {
        int streams = Integer.parseInt(args[1]);
        int chunks = Integer.parseInt(args[2]);
        Histogram times = new Histogram(3_600_000_000_000L, 3);
        Selector selector = Selector.open();
        byte[] request = ("POST /model/us.amazon.nova-lite-v1%3A0/converse-stream HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/json\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY)
                .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < streams; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.write(ByteBuffer.wrap(request));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Stream());
        }
        long begin = System.nanoTime();
        int whole = run(selector, streams, chunks, times);
        System.out.printf(
                Locale.ROOT,
                "{\"streams\":%d,\"whole\":%d,\"chunks\":%d,\"seconds\":%.2f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f,"
                        + "\"max_ms\":%.3f}%n",
                streams,
                whole,
                times.getTotalCount(),
                (System.nanoTime() - begin) / 1e9,
                times.getValueAtPercentile(50) / 1e6,
                times.getValueAtPercentile(99) / 1e6,
                times.getValueAtPercentile(99.9) / 1e6,
                times.getMaxValue() / 1e6);
    }

    private static int run(Selector selector, int streams, int chunks, Histogram times) throws IOException {
        ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
        int ended = 0;
        int whole = 0;
        while (ended < streams && selector.select(30_000) > 0) {
            for (SelectionKey key : selector.selectedKeys()) {
                in.clear();
                int read = ((SocketChannel) key.channel()).read(in);
                Stream stream = (Stream) key.attachment();
                stream.read(in.flip(), times, System.nanoTime());
                if (read < 0 || stream.chunks >= chunks && endsBody(in)) {
                    whole += stream.chunks >= chunks ? 1 : 0;
                    ended++;
                    key.cancel();
                    key.channel().close();
                }
            }
            selector.selectedKeys().clear();
        }
        return whole;
    }

    /** The last chunk's empty line: the only thing that ends so. */
    private static boolean endsBody(ByteBuffer read) {
        int end = read.limit();
        return end > 2 && read.get(end - 3) == '\n' && read.get(end - 2) == '\r' && read.get(end - 1) == '\n';
    }
}
