package dev.tollgate.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Open-loop load: call i is due i / rate seconds after the start, whether or not earlier ones were answered. A call's time
 * counts from when it was due, so that a gateway that stalls does not stop its own clock (no coordinated omission). A call
 * that finds every connection taken waits for one, and its time includes that; a call without an answer at the end counts
 * with the time it has waited. Prints one line of JSON.
 */
public final class OpenLoop {

    private static final long WARM_NANOS = 500_000_000;

    private final int port;
    private final byte[] request;
    private final Selector selector;
    private final Deque<Connection> free = new ArrayDeque<>();
    private final Deque<Long> waiting = new ArrayDeque<>();
    private final Histogram times = new Histogram(3_600_000_000_000L, 3);
    private long unanswered;
    private long failures;
    private long from;
    private volatile boolean over;

    private OpenLoop(int port, byte[] request) throws IOException {
        this.port = port;
        this.request = request;
        this.selector = Selector.open();
    }

    /** Arguments: port, path, file with the body, connections, calls a second, seconds. */
    public static void main(String[] args) throws IOException, InterruptedException {
        byte[] body = Files.readAllBytes(Path.of(args[2]));
        OpenLoop load = new OpenLoop(Integer.parseInt(args[0]), request(args[1], body));
        load.run(Integer.parseInt(args[3]), Integer.parseInt(args[4]), Integer.parseInt(args[5]));
    }

    private static byte[] request(String path, byte[] body) {
        String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length + "\r\n\r\n";
        byte[] first = head.getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[first.length + body.length];
        System.arraycopy(first, 0, whole, 0, first.length);
        System.arraycopy(body, 0, whole, first.length, body.length);
        return whole;
    }

    private void run(int connections, int rate, int seconds) throws IOException, InterruptedException {
        for (int i = 0; i < connections; i++) {
            free.add(new Connection(port, request, selector));
        }
        Thread reader = new Thread(this::read, "reader");
        reader.start();
        long start = System.nanoTime();
        from = start + WARM_NANOS;
        long end = from + seconds * 1_000_000_000L;
        double step = 1e9 / rate;
        long due = start;
        for (long i = 1; due < end; i++) {
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            call(due);
            due = start + (long) (i * step);
        }
        settle();
        over = true;
        selector.wakeup();
        reader.join();
        System.out.println(json(rate, seconds));
    }

    private synchronized void call(long due) throws IOException {
        Connection connection = free.poll();
        if (connection == null) {
            waiting.add(due);
        } else {
            connection.send(due);
        }
    }

    /** Gives what is under way two seconds, then counts it with the time it has waited. */
    private void settle() {
        long end = System.nanoTime() + 2_000_000_000L;
        while (System.nanoTime() < end && busy()) {
            LockSupport.parkNanos(5_000_000);
        }
        synchronized (this) {
            long now = System.nanoTime();
            for (SelectionKey key : selector.keys()) {
                Connection connection = (Connection) key.attachment();
                if (connection.busy()) {
                    waiting.add(connection.due());
                }
            }
            unanswered = waiting.size();
            waiting.forEach(due -> record(due, now));
        }
    }

    private synchronized boolean busy() {
        return !waiting.isEmpty() || selector.keys().stream().anyMatch(k -> ((Connection) k.attachment()).busy());
    }

    private synchronized void record(long due, long now) {
        if (due >= from) {
            times.recordValue(Math.max(1, now - due));
        }
    }

    private void read() {
        try {
            while (!over) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    answered((Connection) key.attachment());
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            System.err.println("a connection broke: " + e.getMessage());
            System.exit(1);
        }
    }

    private synchronized void answered(Connection connection) throws IOException {
        if (!connection.receive()) {
            return;
        }
        long now = System.nanoTime();
        record(connection.due(), now);
        failures += connection.status() == 200 ? 0 : 1;
        Long due = waiting.poll();
        if (due == null) {
            free.add(connection);
        } else {
            connection.send(due);
        }
    }

    private String json(int rate, int seconds) {
        return String.format(
                java.util.Locale.ROOT,
                "{\"asked_s\":%d,\"rate\":%.1f,\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f,"
                        + "\"max_ms\":%.3f,\"not_200\":%d,\"unanswered\":%d}",
                rate,
                (times.getTotalCount() - unanswered) / (double) seconds,
                times.getValueAtPercentile(50) / 1e6,
                times.getValueAtPercentile(90) / 1e6,
                times.getValueAtPercentile(99) / 1e6,
                times.getValueAtPercentile(99.9) / 1e6,
                times.getMaxValue() / 1e6,
                failures,
                unanswered);
    }
}
