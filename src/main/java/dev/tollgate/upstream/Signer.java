package dev.tollgate.upstream;

import io.vertx.core.Future;

/** Authorizes a request as it goes out. */
public interface Signer {

    /**
     * Adds what authorizes the request to its headers.
     *
     * @param request with all headers that are sent, {@code host} among them
     */
    Future<Void> sign(UpstreamRequest request);
}
