package dev.tollgate.proxy;

import dev.tollgate.proxy.CallFailure.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.atomic.AtomicLong;

/** Reads request bodies whole, each bounded and all together bounded. */
final class Bodies {

    private static final byte[] EMPTY = new byte[0];

    private final long maxBody;
    private final long maxBuffered;
    private final AtomicLong buffered = new AtomicLong();

    Bodies(ProxyConfig config) {
        this.maxBody = config.maxBodyBytes();
        this.maxBuffered = config.maxBufferedBytes();
    }

    /** Bytes held now. */
    long buffered() {
        return buffered.get();
    }

    /** A body that counts against the bound until it is freed. */
    record Body(byte[] bytes, Runnable free) {}

    Future<Body> read(HttpServerRequest request) {
        String length = request.getHeader("content-length");
        if (length != null && !length.matches("\\d{1,18}")) {
            return Future.failedFuture(new CallFailure(Kind.BAD_REQUEST, "expected a Content-Length of digits"));
        }
        if (length != null && Long.parseLong(length) > maxBody) {
            return Future.failedFuture(tooLarge());
        }
        Reading reading = new Reading(request, length == null ? 0 : Integer.parseInt(length));
        return reading.promise.future();
    }

    private CallFailure tooLarge() {
        return new CallFailure(Kind.TOO_LARGE, "expected a body of at most " + maxBody + " bytes, found a larger one");
    }

    private final class Reading {
        private final Promise<Body> promise = Promise.promise();
        private final Buffer body;
        private long counted;

        Reading(HttpServerRequest request, int expected) {
            this.body = Buffer.buffer(expected);
            request.handler(this::piece);
            request.endHandler(v -> end());
            request.exceptionHandler(e -> fail(new CallFailure(Kind.BAD_REQUEST, "the request broke off")));
            request.resume();
        }

        private void piece(Buffer bytes) {
            if (promise.future().isComplete()) {
                return;
            }
            if (body.length() + bytes.length() > maxBody) {
                fail(tooLarge());
            } else if (buffered.addAndGet(bytes.length()) > maxBuffered) {
                counted += bytes.length();
                fail(new CallFailure(Kind.BUSY, "Tollgate holds as many request bytes as it may; retry"));
            } else {
                counted += bytes.length();
                body.appendBuffer(bytes);
            }
        }

        private void end() {
            byte[] bytes = body.length() == 0 ? EMPTY : body.getBytes();
            promise.tryComplete(new Body(bytes, this::free));
        }

        private void fail(CallFailure failure) {
            if (promise.tryFail(failure)) {
                free();
            }
        }

        private void free() {
            buffered.addAndGet(-counted);
            counted = 0;
        }
    }
}
