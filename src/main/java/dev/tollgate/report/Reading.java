package dev.tollgate.report;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads inputs line by line on all processors; each thread has a consumer of its own. */
final class Reading {

    private final List<Input> inputs;
    private final Dimensions dimensions;
    private final FailedLines failed;
    private final Progress progress;
    private boolean whole;
    private final AtomicBoolean stopped = new AtomicBoolean();

    /** Takes the records of one thread. */
    interface Consumer {
        /** @param call reused for the next record */
        void accept(CallRecord call) throws IOException;
    }

    /** Makes a thread's consumer. */
    interface Consumers {
        Consumer next();
    }

    Reading(List<Input> inputs, Dimensions dimensions, FailedLines failed, Progress progress) {
        this.inputs = inputs;
        this.dimensions = dimensions;
        this.failed = failed;
        this.progress = progress;
    }

    /** Keeps request ids and metadata too. */
    Reading readingWhole() {
        whole = true;
        return this;
    }

    void run(Consumers consumers) throws IOException {
        AtomicInteger next = new AtomicInteger();
        int threads = Math.max(1, Math.min(Runtime.getRuntime().availableProcessors(), inputs.size()));
        inParallel(threads, () -> {
            Consumer consumer = consumers.next();
            RecordReader reader = new RecordReader(dimensions, whole);
            CallRecord call = new CallRecord(dimensions.size());
            try {
                for (int i; (i = next.getAndIncrement()) < inputs.size(); ) {
                    read(inputs.get(i), reader, call, consumer);
                }
            } catch (IOException | RuntimeException e) {
                stopped.set(true);
                throw e;
            }
            return null;
        });
    }

    /** Runs a task on several threads; the first failure ends it. */
    static void inParallel(int threads, Callable<Void> task) throws IOException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(task));
            }
            for (Future<Void> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof OutOfMemoryError) {
                throw new IOException(
                        "expected a larger heap, found that "
                                + Runtime.getRuntime().maxMemory() / 1024 / 1024
                                + " MiB are too little for this input; run it with JAVA_TOOL_OPTIONS=-Xmx2g",
                        e);
            }
            throw e.getCause() instanceof RuntimeException bug ? bug : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            pool.shutdownNow();
        }
    }

    private void read(Input input, RecordReader reader, CallRecord call, Consumer consumer) throws IOException {
        long line = 0;
        try (InputStream raw = progress.counted(input);
                LineReader lines = open(raw)) {
            while (!stopped.get() && next(lines)) {
                line = lines.number();
                if (parse(input, lines, reader, call)) {
                    consumer.accept(call);
                }
            }
        } catch (BrokenException e) {
            failed.add(input.name(), line + 1, "expected a whole file, found: " + e.getMessage(), "");
        }
        progress.done(input);
    }

    private static LineReader open(InputStream raw) throws BrokenException {
        try {
            return new LineReader(raw);
        } catch (IOException e) {
            throw new BrokenException(e);
        }
    }

    /** A broken or cut stream ends one input, not the run. */
    private static boolean next(LineReader lines) throws BrokenException {
        try {
            return lines.next();
        } catch (IOException | RuntimeException e) {
            throw new BrokenException(e);
        }
    }

    private boolean parse(Input input, LineReader lines, RecordReader reader, CallRecord call) {
        try {
            if (lines.tooLong()) {
                throw new UnreadableException("expected lines of at most 64 MiB, found a longer one");
            }
            reader.read(lines.bytes(), lines.offset(), lines.limit(), call);
            lines.advance(reader.position());
            return true;
        } catch (UnreadableException e) {
            failed.add(input.name(), lines, String.valueOf(e.getMessage()));
            lines.skip();
            return false;
        }
    }

    private static final class BrokenException extends Exception {
        private static final long serialVersionUID = 1;

        BrokenException(Exception cause) {
            super(
                    cause instanceof EOFException
                            ? "its end, within compressed data"
                            : String.valueOf(cause.getMessage()),
                    cause,
                    false,
                    false);
        }
    }
}
