package dev.tollgate.upstream;

import io.vertx.core.Future;

/** Authorizes by a Bedrock API key. */
final class BearerSigner implements Signer {

    private final String header;

    BearerSigner(String token) {
        this.header = "Bearer " + token;
    }

    @Override
    public Future<Void> sign(UpstreamRequest request) {
        request.headers().set("Authorization", header);
        return Future.succeededFuture();
    }
}
