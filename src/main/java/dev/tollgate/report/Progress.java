package dev.tollgate.report;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A bar on a terminal's standard error: files and bytes read of all there are. Silent elsewhere. */
public final class Progress {

    private static final int WIDTH = 30;
    private static final long STEP_NANOS = 100_000_000;

    private final PrintStream out;
    private final boolean shown;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong files = new AtomicLong();
    private volatile long totalBytes;
    private volatile int totalFiles;
    private long drawnAt;

    public Progress(PrintStream out, boolean shown) {
        this.out = out;
        this.shown = shown;
    }

    void start(List<Input> inputs) {
        totalFiles = inputs.size();
        totalBytes = inputs.stream().mapToLong(Input::bytes).sum();
        bytes.set(0);
        files.set(0);
    }

    InputStream counted(Input input) throws IOException {
        InputStream in = input.open();
        return shown ? new Counted(in) : in;
    }

    void done(Input input) {
        files.incrementAndGet();
        draw(false);
    }

    /** Removes the bar. */
    void end() {
        if (shown) {
            out.print("\r\u001b[K");
            out.flush();
        }
    }

    private synchronized void draw(boolean now) {
        long time = System.nanoTime();
        if (!shown || !now && time - drawnAt < STEP_NANOS) {
            return;
        }
        drawnAt = time;
        long total = totalBytes;
        int filled = total == 0 ? 0 : (int) Math.min(WIDTH, bytes.get() * WIDTH / total);
        out.print("\r[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + files.get() + " of " + totalFiles
                + " files, " + bytes.get() / 1_000_000 + " of " + total / 1_000_000 + " MB\u001b[K");
        out.flush();
    }

    private final class Counted extends FilterInputStream {
        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            if (read > 0) {
                bytes.addAndGet(read);
                draw(false);
            }
            return read;
        }
    }
}
