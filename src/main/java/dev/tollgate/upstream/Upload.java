package dev.tollgate.upstream;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.util.Iterator;

/** Writes a large body in slices, as fast as the upstream takes them, so that the socket never holds a copy of it all. */
final class Upload {

    static final int SLICE = 64 * 1024;

    private final HttpClientRequest request;
    private final Iterator<Buffer> slices;

    private Upload(HttpClientRequest request, Payload payload) {
        this.request = request;
        this.slices = payload.slices(SLICE).iterator();
    }

    /** The answer's head, which may come before all is sent. */
    static Future<HttpClientResponse> send(HttpClientRequest request, Payload payload) {
        Upload upload = new Upload(request, payload);
        request.setWriteQueueMaxSize(2 * SLICE);
        request.drainHandler(v -> upload.next());
        Future<HttpClientResponse> head = request.response();
        upload.next();
        return head;
    }

    private void next() {
        while (slices.hasNext() && !request.writeQueueFull()) {
            Buffer slice = slices.next();
            if (slices.hasNext()) {
                request.write(slice);
            } else {
                request.end(slice);
            }
        }
    }
}
