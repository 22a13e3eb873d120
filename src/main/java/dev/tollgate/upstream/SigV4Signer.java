package dev.tollgate.upstream;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.function.Function;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Signature version 4; of large requests on a worker. */
final class SigV4Signer implements Signer {

    // Hashing more than this takes longer than an event loop may be held up.
    private static final int INLINE_BYTES = 256 * 1024;

    private final Vertx vertx;
    private final SigV4 signature;
    private final Function<UpstreamRequest, Future<AwsCredentialsIdentity>> credentials;
    private final InstantSource clock;

    /**
     * @param service name that the scope of the signature carries, such as {@code bedrock}
     * @param credentials of a request
     */
    SigV4Signer(
            Vertx vertx,
            Endpoint endpoint,
            String service,
            InstantSource clock,
            Function<UpstreamRequest, Future<AwsCredentialsIdentity>> credentials) {
        this.vertx = vertx;
        this.signature = new SigV4(endpoint.region(), service);
        this.clock = clock;
        this.credentials = credentials;
    }

    @Override
    public Future<Void> sign(UpstreamRequest request) {
        return credentials.apply(request).compose(identity -> {
            if (request.payload().length() <= INLINE_BYTES) {
                signature.sign(request, identity, clock.instant());
                return Future.succeededFuture();
            }
            return vertx.executeBlocking(
                    () -> {
                        signature.sign(request, identity, clock.instant());
                        return null;
                    },
                    false);
        });
    }
}
