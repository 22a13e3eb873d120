package dev.tollgate.upstream;

import java.net.URI;
import java.util.Optional;

/** Where the upstream is. */
public record Endpoint(String host, int port, boolean tls, String region) {

    /** @throws IllegalArgumentException naming the setting that is missing or wrong */
    public static Endpoint of(UpstreamConfig config, Optional<String> awsRegion) {
        Optional<String> region = config.region().or(() -> awsRegion).filter(r -> !r.isBlank());
        URI uri = config.endpoint()
                .or(() -> region.map(r -> URI.create("https://bedrock-runtime." + r + ".amazonaws.com")))
                .orElseThrow(() -> new IllegalArgumentException("expected a region: set AWS_REGION,"
                        + " TOLLGATE_UPSTREAM_REGION or TOLLGATE_UPSTREAM_ENDPOINT; found none of them"));
        String scheme = String.valueOf(uri.getScheme());
        if (uri.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
            throw new IllegalArgumentException(
                    "expected tollgate.upstream.endpoint such as https://host or http://host:port, found " + uri);
        }
        boolean tls = scheme.equals("https");
        int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
        return new Endpoint(uri.getHost(), port, tls, region.orElse("us-east-1"));
    }

    /** Value of the Host header. */
    public String authority() {
        boolean usual = port == (tls ? 443 : 80);
        return usual ? host : host + ":" + port;
    }
}
