package dev.tollgate.upstream;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;

/** Authorizes a request as it goes out. */
public interface Signer {

    /**
     * Adds what authorizes the request to its headers.
     *
     * @param path raw path and query, as they are sent
     * @param headers all headers that are sent, {@code host} among them
     */
    Future<Void> sign(String method, String path, MultiMap headers, byte[] body);
}
