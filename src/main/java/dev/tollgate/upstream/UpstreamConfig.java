package dev.tollgate.upstream;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where calls go and how. */
@Unremovable
@ConfigMapping(prefix = "tollgate.upstream")
public interface UpstreamConfig {
    /** Default {@code https://bedrock-runtime.<region>.amazonaws.com}; http:// is for tests and VPC proxies. */
    Optional<URI> endpoint();

    /**
     * Where application inference profiles are looked up. Default: {@code https://bedrock.<region>.amazonaws.com}, and
     * nowhere if {@link #endpoint()} is set.
     */
    Optional<URI> controlEndpoint();

    /** Default: {@code AWS_REGION}. */
    Optional<String> region();

    /** A Bedrock API key to use instead of SigV4. */
    Optional<String> bearerToken();

    /** ARN of a role that is assumed for each tenant, with session tags; counts with {@code trust=request} only. */
    Optional<String> tenantRole();

    /** What becomes of a call whose tenant's session cannot be had. */
    @WithDefault("deny")
    TenantRoleFailure tenantRoleFailure();

    /** Tenants whose sessions are kept; those not used for longest are forgotten. About 3 KB each. */
    @WithDefault("2000")
    int tenantRoleCache();

    enum TenantRoleFailure {
        /** 503, and nothing is charged. */
        DENY,
        /** It is signed with the pod's own credentials, so AWS's bill does not know the tenant. */
        POD
    }

    /** Certificates of authorities (PEM) to trust, instead of the JDK's, which are compiled into the executable. */
    Optional<Path> caFile();

    /** Most connections (HTTP/1.1) or streams (HTTP/2) to the upstream. */
    @WithDefault("512")
    int maxConnections();

    @WithDefault("5s")
    Duration connectTimeout();

    /** Longest silence of the upstream, before and within an answer. */
    @WithDefault("10m")
    Duration idleTimeout();
}
