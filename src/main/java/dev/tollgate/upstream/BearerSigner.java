package dev.tollgate.upstream;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;

/** Authorizes by a Bedrock API key. */
final class BearerSigner implements Signer {

    private final String header;

    BearerSigner(String token) {
        this.header = "Bearer " + token;
    }

    @Override
    public Future<Void> sign(String method, String path, MultiMap headers, byte[] body) {
        headers.set("Authorization", header);
        return Future.succeededFuture();
    }
}
