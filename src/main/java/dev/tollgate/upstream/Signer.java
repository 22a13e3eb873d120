package dev.tollgate.upstream;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.Optional;

/** Authorizes a request as it goes out. */
public interface Signer {

    /** Service name in the scope of a signature for Bedrock, runtime and control plane. */
    String BEDROCK = "bedrock";

    /** By an API key if there is one, else by signature version 4 with the credentials of the default chain. */
    static Signer of(
            Vertx vertx, Endpoint endpoint, Optional<String> bearerToken, CallGuard guard, InstantSource clock) {
        return bearerToken.<Signer>map(BearerSigner::new).orElseGet(() -> {
            CredentialsCache own = CredentialsCache.own(vertx, endpoint, guard, clock);
            return new SigV4Signer(vertx, endpoint, BEDROCK, clock, request -> own.get());
        });
    }

    /** By the credentials of the tenant's session, and by the pod's own for a request that is no tenant's. */
    static Signer of(Vertx vertx, Endpoint endpoint, TenantRole role) {
        return new SigV4Signer(vertx, endpoint, BEDROCK, role.clock(), role::credentials);
    }

    /**
     * Adds what authorizes the request to its headers.
     *
     * @param request with all headers that are sent, {@code host} among them
     */
    Future<Void> sign(UpstreamRequest request);
}
