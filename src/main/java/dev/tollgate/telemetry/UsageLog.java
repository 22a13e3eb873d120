package dev.tollgate.telemetry;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.jboss.logmanager.handlers.SizeRotatingFileHandler;

/**
 * Writes usage records, one JSON line each, by one thread of its own from a bounded queue. A reader that stalls costs lines,
 * which are counted, and never a call.
 */
public final class UsageLog implements AutoCloseable {

    private static final int MAX_WAITING = 4096;
    // A pipe takes this much in one piece, so that lines of other writers stay whole.
    private static final int BATCH_BYTES = 4096;
    private static final long POLL_MILLIS = 100;
    private static final long CLOSE_MILLIS = 2000;
    private static final long FILE_BYTES = 100_000_000;
    private static final int FILES_KEPT = 5;

    private final BlockingQueue<String> queue = new ArrayBlockingQueue<>(MAX_WAITING);
    private final RecentCalls recent = new RecentCalls();
    private final Optional<OutputStream> stdout;
    private final Optional<Handler> file;
    private final Runnable dropped;
    private final Thread writer = new Thread(this::run, "tollgate-usage");
    private volatile boolean closing;

    /**
     * Starts the writer.
     *
     * @param dropped told for each record that is lost
     * @throws IOException if the file cannot be written
     */
    public UsageLog(UsageConfig config, Runnable dropped) throws IOException {
        this.dropped = dropped;
        this.stdout = config.stdout() ? Optional.of(new FileOutputStream(FileDescriptor.out)) : Optional.empty();
        this.file =
                config.file().isPresent() ? Optional.of(rotated(config.file().get())) : Optional.empty();
        writer.setDaemon(true);
        writer.start();
    }

    private static Handler rotated(Path path) throws IOException {
        SizeRotatingFileHandler handler = new SizeRotatingFileHandler(path.toFile(), true);
        handler.setRotateSize(FILE_BYTES);
        handler.setMaxBackupIndex(FILES_KEPT);
        handler.setFormatter(new PatternFormatter("%s%n"));
        return handler;
    }

    /** Queues one record; never waits. */
    public void write(UsageRecord record) {
        recent.add(RecentCall.of(record));
        if (!queue.offer(record.json())) {
            dropped.run();
        }
    }

    /** The last calls, whether or not their records could be written. */
    public RecentCalls recent() {
        return recent;
    }

    private void run() {
        ByteArrayOutputStream batch = new ByteArrayOutputStream(BATCH_BYTES);
        try {
            while (!closing || !queue.isEmpty()) {
                String line = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                while (line != null) {
                    write(line, batch);
                    line = queue.poll();
                }
                flush(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(String line, ByteArrayOutputStream batch) {
        file.ifPresent(f -> f.publish(new ExtLogRecord(Level.INFO, line, UsageLog.class.getName())));
        if (stdout.isPresent()) {
            byte[] bytes = (line + '\n').getBytes(StandardCharsets.UTF_8);
            if (batch.size() + bytes.length > BATCH_BYTES) {
                flush(batch);
            }
            batch.writeBytes(bytes);
        }
    }

    private void flush(ByteArrayOutputStream batch) {
        if (batch.size() == 0 || stdout.isEmpty()) {
            return;
        }
        try {
            batch.writeTo(stdout.get());
        } catch (IOException e) {
            // Whoever read standard output has gone; nobody is left to tell.
            dropped.run();
        }
        batch.reset();
    }

    /** Writes what waits, for at most two seconds. */
    @Override
    public void close() {
        closing = true;
        try {
            writer.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        file.ifPresent(Handler::close);
    }
}
