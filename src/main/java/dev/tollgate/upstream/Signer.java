package dev.tollgate.upstream;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.Optional;

/** Authorizes a request as it goes out. */
public interface Signer {

    /** By an API key if there is one, else by signature version 4 with the credentials of the default chain. */
    static Signer of(
            Vertx vertx, Endpoint endpoint, Optional<String> bearerToken, CallGuard guard, InstantSource clock) {
        return bearerToken
                .<Signer>map(BearerSigner::new)
                .orElseGet(() -> new SigV4Signer(
                        vertx,
                        endpoint,
                        new CredentialsCache(vertx, CredentialsChain.of(endpoint.region()), guard, clock)));
    }

    /**
     * Adds what authorizes the request to its headers.
     *
     * @param request with all headers that are sent, {@code host} among them
     */
    Future<Void> sign(UpstreamRequest request);
}
