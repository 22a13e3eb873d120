package dev.tollgate.upstream;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * Signs calls of a tenant with a session of one role that carries the tenant as session tags, so that AWS attributes them.
 * Sessions are kept for a bounded number of tenants, and renewed before they expire.
 */
public final class TenantRole {

    private final CredentialsCache own;
    private final Function<Session, Future<AwsSessionCredentials>> assume;
    private final RecentlyUsed<TenantSessions> tenants;
    private final boolean deniesWithout;
    private final TenantRoleState state;
    private final InstantSource clock;

    TenantRole(
            CredentialsCache own,
            Function<Session, Future<AwsSessionCredentials>> assume,
            int maxTenants,
            boolean deniesWithout,
            InstantSource clock,
            Consumer<TenantRoleOutcome> listener) {
        this.own = own;
        this.assume = assume;
        this.tenants = new RecentlyUsed<>(maxTenants);
        this.deniesWithout = deniesWithout;
        this.state = new TenantRoleState(listener, clock);
        this.clock = clock;
    }

    /**
     * The role of the settings.
     *
     * @param sts where it is assumed, by the pod's own credentials
     * @param guard around the fetch of the pod's own credentials
     * @throws java.util.NoSuchElementException if no role is set
     */
    public static TenantRole of(
            Vertx vertx,
            UpstreamConfig config,
            Endpoint sts,
            CallGuard guard,
            InstantSource clock,
            Consumer<TenantRoleOutcome> listener) {
        CredentialsCache own = CredentialsCache.own(vertx, sts, guard, clock);
        Signer signer = new SigV4Signer(vertx, sts, "sts", clock, request -> own.get());
        AssumeRole role =
                new AssumeRole(vertx, config, sts, signer, config.tenantRole().orElseThrow());
        boolean denies = config.tenantRoleFailure() == UpstreamConfig.TenantRoleFailure.DENY;
        return new TenantRole(own, role::credentials, config.tenantRoleCache(), denies, clock, listener);
    }

    /**
     * Assumes the role once, for an examination.
     *
     * @return when the session expires; fails with an {@link AssumeRoleException}
     */
    public Future<Instant> examine(Session session) {
        return assume.apply(session)
                .map(credentials -> credentials.expirationTime().orElse(Instant.MAX));
    }

    InstantSource clock() {
        return clock;
    }

    Future<AwsCredentialsIdentity> credentials(UpstreamRequest request) {
        return request.session().map(this::credentials).orElseGet(own::get);
    }

    private Future<AwsCredentialsIdentity> credentials(Session session) {
        Future<AwsSessionCredentials> found = sessions(session.tenant()).get(session);
        if (found.succeeded()) {
            return found.map(credentials -> credentials);
        }
        return here(found)
                .<AwsCredentialsIdentity>map(credentials -> credentials)
                .recover(this::without);
    }

    private synchronized TenantSessions sessions(String tenant) {
        return tenants.get(tenant).orElseGet(() -> {
            TenantSessions made = new TenantSessions(assume, state, clock);
            tenants.put(tenant, made);
            return made;
        });
    }

    private Future<AwsCredentialsIdentity> without(Throwable cause) {
        state.without(deniesWithout ? TenantRoleOutcome.DENIED : TenantRoleOutcome.FALLBACK);
        return deniesWithout
                ? Future.failedFuture(new UpstreamException(
                        UpstreamFault.NO_CREDENTIALS,
                        "Tollgate cannot sign for this tenant: tollgate.upstream.tenant-role could not be assumed ("
                                + cause.getMessage() + ")"))
                : own.get();
    }

    /** One answer of STS serves calls of several event loops; each goes on where it was. */
    private static <T> Future<T> here(Future<T> shared) {
        Context context = Vertx.currentContext();
        return context == null ? shared : Future.fromCompletionStage(shared.toCompletionStage(), context);
    }
}
