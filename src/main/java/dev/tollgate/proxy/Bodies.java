package dev.tollgate.proxy;

import dev.tollgate.Deadlines;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads request bodies whole. Each is bounded, all together are bounded, and each has to arrive in time. Memory is counted
 * before it is taken, and taken as bytes arrive: a Content-Length alone takes none.
 */
final class Bodies {

    private static final byte[] EMPTY = new byte[0];
    private static final int FIRST_BYTES = 16 * 1024;
    private static final int GROWTH = 4;

    private final Deadlines deadlines;
    private final ProxyConfig config;
    private final OpenCalls openCalls;
    private final long maxBuffered;
    private final AtomicLong buffered = new AtomicLong();

    Bodies(Vertx vertx, ProxyConfig config, OpenCalls openCalls) {
        this.deadlines = new Deadlines(vertx, config.bodyTimeout());
        this.config = config;
        this.openCalls = openCalls;
        this.maxBuffered = config.bufferedBytes(Runtime.getRuntime().maxMemory());
    }

    /** The body; it counts against the bound until {@link Exchange#freeBody}. */
    Future<byte[]> read(Exchange exchange) {
        String length = exchange.request().getHeader("content-length");
        if (length != null && !HeadParser.isLength(length)) {
            return refuse(Refusal.BAD_REQUEST, "expected a Content-Length of at most 18 digits");
        }
        long declared = length == null ? -1 : Long.parseLong(length);
        if (declared > config.maxBodyBytes()) {
            return tooLarge(config.maxBodyBytes());
        }
        if (declared > maxBuffered) {
            return tooLarge(maxBuffered);
        }
        Reading reading = new Reading(exchange, declared);
        exchange.reading(reading::cut);
        reading.start();
        return reading.promise.future();
    }

    private static Future<byte[]> refuse(Refusal reason, String message) {
        return Future.failedFuture(new RefusedException(reason, message));
    }

    private static Future<byte[]> tooLarge(long most) {
        return Future.failedFuture(tooLargeException(most));
    }

    private static RefusedException tooLargeException(long most) {
        return new RefusedException(
                Refusal.TOO_LARGE,
                "expected a body of at most " + most + " bytes (tollgate.proxy.max-body-bytes and .max-buffered-bytes),"
                        + " found a larger one");
    }

    private final class Reading {
        private final Promise<byte[]> promise = Promise.promise();
        private final Exchange exchange;
        private final long declared;
        private byte[] bytes = EMPTY;
        private int filled;
        private final Deadlines.Deadline deadline = deadlines.of(this::slow);

        Reading(Exchange exchange, long declared) {
            this.exchange = exchange;
            this.declared = declared;
        }

        void start() {
            HttpServerRequest request = exchange.request();
            deadline.start();
            request.handler(this::chunk);
            request.endHandler(v -> end());
            request.exceptionHandler(e -> fail(new ClientGoneException()));
            request.resume();
        }

        private void chunk(Buffer chunk) {
            if (promise.future().isComplete()) {
                return;
            }
            try {
                append(chunk);
            } catch (RefusedException | OutOfMemoryError e) {
                fail(e);
            }
        }

        private void append(Buffer chunk) {
            long size = (long) filled + chunk.length();
            if (size > config.maxBodyBytes() || size > maxBuffered) {
                throw tooLargeException(Math.min(config.maxBodyBytes(), maxBuffered));
            }
            if (size > bytes.length) {
                grow((int) size);
            }
            chunk.getBytes(bytes, filled);
            filled = (int) size;
        }

        /** To what is needed, with room for what is declared once a fair part of it has come. */
        private void grow(int needed) {
            long ahead = Math.max(FIRST_BYTES, (long) needed * GROWTH);
            long wanted = Math.max(needed, declared >= 0 ? Math.min(declared, ahead) : (long) needed * 2);
            int size = (int) Math.min(wanted, Math.min(config.maxBodyBytes(), maxBuffered));
            take(size - bytes.length);
            bytes = Arrays.copyOf(bytes, size);
        }

        private void take(int more) {
            if (buffered.addAndGet(more) > maxBuffered) {
                buffered.addAndGet(-more);
                openCalls.cutOldestHalfSent();
                throw new RefusedException(
                        Refusal.BUSY,
                        "The request bodies in this sidecar fill tollgate.proxy.max-buffered-bytes, " + maxBuffered
                                + "; retry");
            }
        }

        private void end() {
            if (promise.future().isComplete()) {
                return;
            }
            deadline.met();
            int counted = bytes.length;
            byte[] whole = filled == bytes.length ? bytes : Arrays.copyOf(bytes, filled);
            exchange.bodyRead(() -> buffered.addAndGet(-counted));
            promise.complete(whole);
        }

        private void slow() {
            fail(new RefusedException(
                    Refusal.SLOW_BODY,
                    "expected the whole body within " + config.bodyTimeout().toMillis()
                            + " ms (tollgate.proxy.body-timeout), found " + filled + " bytes of it"));
        }

        private void cut() {
            fail(new RefusedException(
                    Refusal.SLOW_BODY, "the body did not arrive, and this sidecar needs its place; retry"));
        }

        private void fail(Throwable failure) {
            if (!promise.future().isComplete()) {
                deadline.met();
                buffered.addAndGet(-bytes.length);
                bytes = EMPTY;
                exchange.bodyRead(() -> {});
                promise.fail(failure);
            }
        }
    }
}
