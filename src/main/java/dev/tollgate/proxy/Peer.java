package dev.tollgate.proxy;

import io.vertx.core.http.HttpConnection;

/** One connection to the data port: what it is doing, and since when. Written on its event loop only. */
final class Peer {

    private final HttpConnection connection;
    private final Runnable onRefused;
    private volatile long sinceNanos = System.nanoTime();
    private volatile boolean inHead = true;
    private volatile int open;

    Peer(HttpConnection connection, Runnable onRefused) {
        this.connection = connection;
        this.onRefused = onRefused;
    }

    void inHead(boolean inside) {
        if (inside && !inHead) {
            sinceNanos = System.nanoTime();
        }
        inHead = inside;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void callBegan() {
        open++;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void callEnded() {
        open--;
        sinceNanos = System.nanoTime();
    }

    boolean busy() {
        return open > 0;
    }

    void refused() {
        onRefused.run();
    }

    /** Closes the connection if nothing has come of it for too long. */
    void closeIfIdle(long now, ProxyConfig config) {
        long idle = now - sinceNanos;
        boolean tooLong = idle > (inHead ? config.headerTimeout() : config.keepAlive()).toNanos();
        if (!busy() && tooLong) {
            connection.close();
        }
    }
}
