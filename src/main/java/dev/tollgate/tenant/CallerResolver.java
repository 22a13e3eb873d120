package dev.tollgate.tenant;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Finds the caller: request metadata, then {@code X-Tollgate-*} headers, then the pod's facts; the first that answers. */
public final class CallerResolver {

    private final Caller pod;
    private final boolean trustsRequests;
    private final boolean defaultsUnknown;
    private final boolean anyTenant;
    private final Set<String> tenants;

    /** What the policy file knows of a tenant; fills in what neither request nor pod says. */
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

    /** The caller that the pod's facts name, filled in by the policy. */
    public Caller pod(Function<String, Optional<TenantFacts>> policy) {
        return filledIn(policy.apply(pod.tenant()));
    }

    /**
     * @param metadata the request's own metadata
     * @param header value of a header by name, if there is one
     * @param policy what the policy says of a tenant
     * @return empty where the request names a tenant that it may not
     */
    public Optional<Caller> resolve(
            Map<String, String> metadata,
            Function<String, Optional<String>> header,
            Function<String, Optional<TenantFacts>> policy) {
        if (!trustsRequests) {
            return Optional.of(pod(policy));
        }
        Optional<String> named = said(metadata, header, "tenantId", "tenant");
        String tenant = named.orElse(pod.tenant());
        if (named.isPresent() && !allowed(tenant)) {
            if (!defaultsUnknown) {
                return Optional.empty();
            }
            tenant = pod.tenant();
        }
        Optional<TenantFacts> facts = policy.apply(tenant);
        Caller caller = new Caller(
                tenant,
                said(metadata, header, "applicationId", "application").orElse(pod.application()),
                said(metadata, header, "costCenter", "cost-center")
                        .or(() -> facts.flatMap(TenantFacts::costCenter))
                        .orElse(pod.costCenter()),
                said(metadata, header, "environment", "environment")
                        .or(() -> facts.flatMap(TenantFacts::environment))
                        .orElse(pod.environment()),
                said(metadata, header, "userId", "user").orElse(Caller.NO_USER));
        return Optional.of(caller);
    }

    private Caller filledIn(Optional<TenantFacts> facts) {
        return new Caller(
                pod.tenant(),
                pod.application(),
                !pod.costCenter().equals(IdentityConfig.NO_COST_CENTER)
                        ? pod.costCenter()
                        : facts.flatMap(TenantFacts::costCenter).orElse(pod.costCenter()),
                !pod.environment().equals(IdentityConfig.NO_ENVIRONMENT)
                        ? pod.environment()
                        : facts.flatMap(TenantFacts::environment).orElse(pod.environment()),
                Caller.NO_USER);
    }

    /** True where requests may name this tenant. */
    public boolean mayName(String tenant) {
        return trustsRequests && allowed(tenant);
    }

    private boolean allowed(String tenant) {
        return tenant.equals(pod.tenant()) || anyTenant || tenants.contains(tenant);
    }

    private static Optional<String> said(
            Map<String, String> metadata, Function<String, Optional<String>> header, String key, String name) {
        return Optional.ofNullable(metadata.get(key))
                .or(() -> header.apply("x-tollgate-" + name.toLowerCase(Locale.ROOT)))
                .filter(Caller::legal);
    }
}
