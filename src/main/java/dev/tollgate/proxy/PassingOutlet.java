package dev.tollgate.proxy;

import dev.tollgate.bedrock.EventStream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Passes an answer on as it is. An event stream that breaks off ends with an exception frame if no frame is half sent. */
final class PassingOutlet implements Outlet {

    private final HttpServerResponse downstream;
    private final BooleanSupplier takesFrame;

    /** @param takesFrame true while the bytes that passed end with a whole frame of a good event stream */
    PassingOutlet(HttpServerResponse downstream, BooleanSupplier takesFrame) {
        this.downstream = downstream;
        this.takesFrame = takesFrame;
    }

    @Override
    public void begin(HttpClientResponse upstream) {
        downstream.setStatusCode(upstream.statusCode());
        Headers.downstream(upstream.headers(), downstream.headers());
        if (upstream.getHeader("content-length") == null) {
            downstream.setChunked(true);
        }
    }

    @Override
    public void chunk(Buffer chunk) {
        downstream.write(chunk);
    }

    @Override
    public void end() {
        downstream.end();
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
