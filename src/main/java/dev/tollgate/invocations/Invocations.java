package dev.tollgate.invocations;

import dev.tollgate.policy.Names;
import dev.tollgate.proxy.Proxy;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Takes calls of the friendly API to the data path. */
public final class Invocations {

    private final Proxy proxy;
    private final Names names;
    private final byte[] description;

    public Invocations(Proxy proxy, Names names) {
        this.proxy = proxy;
        this.names = names;
        this.description = read();
    }

    private static byte[] read() {
        try (InputStream in = Invocations.class.getResourceAsStream("openapi.yaml")) {
            if (in == null) {
                throw new IllegalStateException("expected the resource dev/tollgate/invocations/openapi.yaml");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void handle(HttpServerRequest request) {
        proxy.handle(request, new Invocation(names));
    }

    byte[] description() {
        return description.clone();
    }
}
