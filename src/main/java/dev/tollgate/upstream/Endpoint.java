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
        return of(uri, region.orElse("us-east-1"));
    }

    /**
     * Bedrock's control plane; empty if only the runtime's endpoint is known.
     *
     * @param given what AWS SDKs would use, {@code AWS_ENDPOINT_URL_BEDROCK}
     */
    public static Optional<Endpoint> control(UpstreamConfig config, Endpoint runtime, Optional<String> given) {
        return config.controlEndpoint()
                .or(() -> given.map(URI::create))
                .or(() -> config.endpoint().isPresent()
                        ? Optional.empty()
                        : Optional.of(URI.create("https://bedrock." + runtime.region() + ".amazonaws.com")))
                .map(uri -> of(uri, runtime.region()));
    }

    /**
     * STS of the region.
     *
     * @param given instead, such as {@code AWS_ENDPOINT_URL_STS}
     */
    public static Endpoint sts(Optional<String> given, String region) {
        return of(given.map(URI::create).orElseGet(() -> ofService("sts", region)), region);
    }

    /** AWS's own endpoint of a service, such as {@code bedrock} or {@code ce}, in a region. */
    public static URI ofService(String service, String region) {
        String partition = region.startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
        return URI.create("https://" + service + "." + region + partition);
    }

    private static Endpoint of(URI uri, String region) {
        String scheme = String.valueOf(uri.getScheme());
        if (uri.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
            throw new IllegalArgumentException(
                    "expected an upstream endpoint such as https://host or http://host:port, found " + uri);
        }
        boolean tls = scheme.equals("https");
        int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
        return new Endpoint(uri.getHost(), port, tls, region);
    }

    /** Value of the Host header. */
    public String authority() {
        boolean usual = port == (tls ? 443 : 80);
        return usual ? host : host + ":" + port;
    }
}
