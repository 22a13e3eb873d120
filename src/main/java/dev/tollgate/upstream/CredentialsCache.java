package dev.tollgate.upstream;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * Credentials of the default chain (environment, profile, IRSA, EKS Pod Identity, IMDS), fetched on a worker, and again
 * five minutes before they expire, so that no call waits for them but the first.
 */
final class CredentialsCache {

    private static final Logger LOG = Logger.getLogger(CredentialsCache.class);
    private static final Duration AHEAD = Duration.ofMinutes(5);
    private static final Duration RECHECK = Duration.ofMinutes(1);

    private final Vertx vertx;
    private final AwsCredentialsProvider provider;
    private final CallGuard guard;
    private final InstantSource clock;
    private volatile @Nullable Cached cached;
    private @Nullable Future<AwsCredentialsIdentity> fetching;

    private record Cached(AwsCredentialsIdentity identity, Instant refreshAt, Instant expiresAt) {}

    CredentialsCache(Vertx vertx, AwsCredentialsProvider provider, CallGuard guard, InstantSource clock) {
        this.vertx = vertx;
        this.provider = provider;
        this.guard = guard;
        this.clock = clock;
    }

    /** The pod's own. */
    static CredentialsCache own(Vertx vertx, Endpoint endpoint, CallGuard guard, InstantSource clock) {
        return new CredentialsCache(vertx, CredentialsChain.of(endpoint.region()), guard, clock);
    }

    Future<AwsCredentialsIdentity> get() {
        Cached known = cached;
        Instant now = clock.instant();
        if (known == null || !now.isBefore(known.expiresAt)) {
            return fetch();
        }
        if (!now.isBefore(known.refreshAt)) {
            fetch().onFailure(e -> LOG.warnf("AWS credentials could not be renewed yet: %s", e.getClass()));
        }
        return Future.succeededFuture(known.identity);
    }

    private synchronized Future<AwsCredentialsIdentity> fetch() {
        if (fetching != null) {
            return fetching;
        }
        Future<AwsCredentialsIdentity> begun = guard.call(() -> vertx.executeBlocking(this::resolve, false));
        fetching = begun;
        begun.onComplete(done -> ended());
        return begun;
    }

    private synchronized void ended() {
        fetching = null;
    }

    private AwsCredentialsIdentity resolve() {
        AwsCredentialsIdentity identity = provider.resolveCredentials();
        Instant now = clock.instant();
        Instant expires = identity.expirationTime().orElse(Instant.MAX);
        Instant early = identity.expirationTime().map(e -> e.minus(AHEAD)).orElse(now.plus(RECHECK));
        Instant refresh = early.isAfter(now) ? early : now.plus(RECHECK);
        cached = new Cached(identity, refresh, expires);
        return identity;
    }
}
