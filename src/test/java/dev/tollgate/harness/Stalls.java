package dev.tollgate.harness;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** How much later than asked this machine wakes a thread up meanwhile: what no timer of anybody can be better than. */
public final class Stalls implements AutoCloseable {

    private static final long NAP_NANOS = 5_000_000;

    private final AtomicLong most = new AtomicLong();
    private volatile boolean running = true;

    public Stalls() {
        Thread watch = new Thread(this::watch, "stalls");
        watch.setDaemon(true);
        watch.start();
    }

    private void watch() {
        while (running) {
            long began = System.nanoTime();
            LockSupport.parkNanos(NAP_NANOS);
            long late = System.nanoTime() - began - NAP_NANOS;
            most.accumulateAndGet(late, Math::max);
        }
    }

    /** The longest so far, rounded up. */
    public long mostMillis() {
        return most.get() / 1_000_000 + 1;
    }

    @Override
    public void close() {
        running = false;
    }
}
