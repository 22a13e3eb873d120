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
     * nowhere where {@link #endpoint()} is set.
     */
    Optional<URI> controlEndpoint();

    /** Default: {@code AWS_REGION}. */
    Optional<String> region();

    /** A Bedrock API key to use instead of SigV4. */
    Optional<String> bearerToken();

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
