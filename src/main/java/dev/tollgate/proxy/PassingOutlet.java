package dev.tollgate.proxy;

import dev.tollgate.bedrock.EventStream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Passes an answer on as it is, its last chunk and its end in one. An event stream that breaks off ends with an exception frame if no frame is half sent. */
final class PassingOutlet implements Outlet {

    private final HttpServerResponse downstream;
    private final BooleanSupplier takesFrame;
    /** Bytes of the declared length that have not passed; below 0 if none was declared. */
    private long left = -1;

    /** @param takesFrame true while the bytes that passed end with a whole frame of a good event stream */
    PassingOutlet(HttpServerResponse downstream, BooleanSupplier takesFrame) {
        this.downstream = downstream;
        this.takesFrame = takesFrame;
    }

    @Override
    public void begin(HttpClientResponse upstream) {
        downstream.setStatusCode(upstream.statusCode());
        Headers.downstream(upstream.headers(), downstream.headers());
        String length = upstream.getHeader("content-length");
        if (length == null) {
            downstream.setChunked(true);
        } else if (HeadParser.isLength(length)) {
            left = Long.parseLong(length);
        }
    }

    @Override
    public void chunk(Buffer chunk) {
        left -= chunk.length();
        // What another outlet makes of the answer has another length, and is chunked.
        if (left == 0 && !downstream.isChunked()) {
            downstream.end(chunk);
        } else {
            downstream.write(chunk);
        }
    }

    @Override
    public void end() {
        if (!downstream.ended()) {
            downstream.end();
        }
    }

    @Override
    public void settled(Supplier<Bill> bill) {}

    @Override
    public boolean broken(String why) {
        boolean told = takesFrame.getAsBoolean();
        if (told) {
            downstream.end(EventStream.exception("modelStreamErrorException", why + "; retry"));
        }
        return told;
    }

    @Override
    public void gone() {}
}
