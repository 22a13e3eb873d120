package dev.tollgate.telemetry;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.jboss.logmanager.handlers.SizeRotatingFileHandler;

/**
 * Writes usage records, one JSON line each, by one thread of its own from a bounded ring. A call leaves its record there and
 * wakes nobody, unless the writer had nothing to do; the writer looks again some milliseconds later. A reader that stalls
 * costs lines, which are counted, and never a call.
 */
public final class UsageLog implements AutoCloseable {

    private static final int MAX_WAITING = 4096;
    // A pipe takes this much in one piece, so that lines of other writers stay whole.
    private static final int BATCH_BYTES = 4096;
    /** Between two looks at the ring while calls come: 4,096 records a look are 200,000 calls a second. */
    static final long GATHER_NANOS = 20_000_000;

    private static final long CLOSE_MILLIS = 2000;
    private static final long FILE_BYTES = 100_000_000;
    private static final int FILES_KEPT = 5;

    private final BlockingQueue<UsageRecord> ring = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicBoolean idle = new AtomicBoolean();
    private final RecentCalls recent = new RecentCalls();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(BATCH_BYTES);
    private JsonGenerator json = UsageRecord.lines(line);
    private final Optional<OutputStream> stdout;
    private final Optional<Handler> file;
    private final Runnable dropped;
    private final Thread writer = new Thread(this::run, "tollgate-usage");
    private volatile boolean closing;

    /**
     * Starts the writer.
     *
     * @param dropped runs for each record that is lost
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

    /** Leaves one record to the writer; never waits. */
    public void write(UsageRecord record) {
        recent.add(RecentCall.of(record));
        if (!ring.offer(record)) {
            dropped.run();
        } else if (idle.get() && idle.compareAndSet(true, false)) {
            LockSupport.unpark(writer);
        }
    }

    /** The last calls, whether or not their records could be written. */
    public RecentCalls recent() {
        return recent;
    }

    private void run() {
        ByteArrayOutputStream batch = new ByteArrayOutputStream(BATCH_BYTES);
        while (!closing || !ring.isEmpty()) {
            for (UsageRecord record = ring.poll(); record != null; record = ring.poll()) {
                write(record, batch);
            }
            flush(batch);
            if (!closing) {
                LockSupport.parkNanos(this, GATHER_NANOS);
                awaitRecord();
            }
        }
    }

    private void awaitRecord() {
        idle.set(true);
        while (ring.isEmpty() && !closing && idle.get()) {
            LockSupport.park(this);
        }
        idle.set(false);
    }

    private void write(UsageRecord record, ByteArrayOutputStream batch) {
        line.reset();
        try {
            record.write(json);
        } catch (RuntimeException e) {
            // One record that cannot be written must not end the writer of all others.
            json = UsageRecord.lines(line);
            dropped.run();
            return;
        }
        file.ifPresent(f -> {
            String text = line.toString(StandardCharsets.UTF_8).stripTrailing();
            f.publish(new ExtLogRecord(Level.INFO, text, UsageLog.class.getName()));
        });
        if (stdout.isPresent()) {
            if (batch.size() + line.size() > BATCH_BYTES) {
                flush(batch);
            }
            append(batch);
        }
    }

    private void append(ByteArrayOutputStream batch) {
        try {
            line.writeTo(batch);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void flush(ByteArrayOutputStream batch) {
        if (batch.size() == 0 || stdout.isEmpty()) {
            return;
        }
        try {
            batch.writeTo(stdout.get());
        } catch (IOException e) {
            // The reader of standard output has gone.
            dropped.run();
        }
        batch.reset();
    }

    /** Writes what waits, for at most two seconds. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        try {
            writer.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        file.ifPresent(Handler::close);
    }
}
