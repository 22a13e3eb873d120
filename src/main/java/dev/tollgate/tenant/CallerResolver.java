package dev.tollgate.tenant;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the caller. The tenant comes from the first of: request metadata, the {@code X-Tollgate-Tenant} header, the pod. All
 * other facts come from the policy's entry for the tenant, then from the pod, and only then from the request.
 */
public final class CallerResolver {

    private final Caller pod;
    private final boolean trustsRequests;
    private final boolean defaultsUnknown;
    private final boolean anyTenant;
    private final Set<String> tenants;

    /** What the policy file says of a tenant; neither its pods nor its requests change it. */
    public record TenantFacts(Optional<String> costCenter, Optional<String> environment) {}

    public CallerResolver(IdentityConfig config) {
        this.pod = new Caller(
                config.tenant().orElse(IdentityConfig.DEFAULT_TENANT),
                config.application().orElse(IdentityConfig.NO_APPLICATION),
                config.costCenter().orElse(IdentityConfig.NO_COST_CENTER),
                config.environment().orElse(IdentityConfig.NO_ENVIRONMENT),
                Caller.NO_USER);
        for (String name : List.of(pod.tenant(), pod.application(), pod.costCenter(), pod.environment())) {
            if (!Caller.legal(name)) {
                throw new IllegalArgumentException("expected tollgate.identity.* of 1 to " + Caller.MAX_LENGTH
                        + " printable characters, found one of " + name.length());
            }
        }
        this.trustsRequests = config.trust() == IdentityConfig.Trust.REQUEST;
        this.defaultsUnknown = config.unknownTenant() == IdentityConfig.Unknown.DEFAULT;
        this.tenants = new HashSet<>(config.tenants().orElse(List.of()));
        this.anyTenant = tenants.contains("*");
    }

    /** The caller where no request names one. */
    public Caller pod(Function<String, Optional<TenantFacts>> policy) {
        return caller(pod.tenant(), Named.NOTHING, policy);
    }

    /**
     * The caller of one request.
     *
     * @param metadata the request's own metadata
     * @param header value of a header by name, null without one
     * @param policy what the policy says of a tenant
     * @return empty if the request names a tenant that it may not
     */
    public Optional<Caller> resolve(
            Map<String, String> metadata,
            Function<String, @Nullable String> header,
            Function<String, Optional<TenantFacts>> policy) {
        if (!trustsRequests) {
            return Optional.of(pod(policy));
        }
        Named named = new Named(metadata, header);
        Optional<String> tenant = named.value("tenantId", "x-tollgate-tenant");
        if (tenant.isPresent() && !(Caller.legal(tenant.get()) && allowed(tenant.get()))) {
            return defaultsUnknown
                    ? Optional.of(caller(IdentityConfig.DEFAULT_TENANT, named, policy))
                    : Optional.empty();
        }
        return Optional.of(caller(tenant.orElse(pod.tenant()), named, policy));
    }

    /** What the policy or the pod says is fixed; a request fills in only what they leave open. */
    private Caller caller(String tenant, Named named, Function<String, Optional<TenantFacts>> policy) {
        Optional<TenantFacts> facts = policy.apply(tenant);
        return new Caller(
                tenant,
                fixed(pod.application(), IdentityConfig.NO_APPLICATION)
                        .or(() -> named.legal("applicationId", "x-tollgate-application"))
                        .orElse(IdentityConfig.NO_APPLICATION),
                facts.flatMap(TenantFacts::costCenter)
                        .or(() -> fixed(pod.costCenter(), IdentityConfig.NO_COST_CENTER))
                        .or(() -> named.legal("costCenter", "x-tollgate-cost-center"))
                        .orElse(IdentityConfig.NO_COST_CENTER),
                facts.flatMap(TenantFacts::environment)
                        .or(() -> fixed(pod.environment(), IdentityConfig.NO_ENVIRONMENT))
                        .or(() -> named.legal("environment", "x-tollgate-environment"))
                        .orElse(IdentityConfig.NO_ENVIRONMENT),
                named.legal("userId", "x-tollgate-user").orElse(Caller.NO_USER));
    }

    private static Optional<String> fixed(String value, String open) {
        return value.equals(open) ? Optional.empty() : Optional.of(value);
    }

    /** What a request says of its caller: by metadata first, then by headers. */
    private record Named(Map<String, String> metadata, Function<String, @Nullable String> header) {
        static final Named NOTHING = new Named(Map.of(), name -> null);

        Optional<String> value(String key, String name) {
            return Optional.ofNullable(metadata.get(key)).or(() -> Optional.ofNullable(header.apply(name)));
        }

        Optional<String> legal(String key, String name) {
            return value(key, name).filter(Caller::legal);
        }
    }

    /** True if requests may name this tenant. */
    public boolean mayName(String tenant) {
        return trustsRequests && allowed(tenant);
    }

    private boolean allowed(String tenant) {
        return tenant.equals(pod.tenant()) || anyTenant || tenants.contains(tenant);
    }
}
