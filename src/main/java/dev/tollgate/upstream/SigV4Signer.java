package dev.tollgate.upstream;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Signature version 4 by the AWS SDK's own signer. */
final class SigV4Signer implements Signer {

    // Hashing more than this takes longer than an event loop may be held up.
    private static final int INLINE_BYTES = 256 * 1024;

    private final Vertx vertx;
    private final Endpoint endpoint;
    private final String service;
    private final Function<UpstreamRequest, Future<AwsCredentialsIdentity>> credentials;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

    /**
     * @param service name that the scope of the signature carries, such as {@code bedrock}
     * @param credentials of a request
     */
    SigV4Signer(
            Vertx vertx,
            Endpoint endpoint,
            String service,
            Function<UpstreamRequest, Future<AwsCredentialsIdentity>> credentials) {
        this.vertx = vertx;
        this.endpoint = endpoint;
        this.service = service;
        this.credentials = credentials;
    }

    @Override
    public Future<Void> sign(UpstreamRequest request) {
        return credentials
                .apply(request)
                .compose(identity -> {
                    if (request.payload().length() <= INLINE_BYTES) {
                        return Future.succeededFuture(signed(identity, request));
                    }
                    return vertx.executeBlocking(() -> signed(identity, request), false);
                })
                .map(signed -> {
                    signed.forEach(request.headers()::set);
                    return null;
                });
    }

    private Map<String, List<String>> signed(AwsCredentialsIdentity identity, UpstreamRequest request) {
        SdkHttpFullRequest.Builder unsigned = SdkHttpFullRequest.builder()
                .method(SdkHttpMethod.fromValue(request.method()))
                .protocol(endpoint.tls() ? "https" : "http")
                .host(endpoint.host())
                .port(endpoint.port());
        path(unsigned, request.path());
        request.headers().forEach(header -> {
            if (mustBeSigned(header.getKey())) {
                unsigned.appendHeader(header.getKey(), header.getValue());
            }
        });
        SignedRequest signed = signer.sign(r -> r.identity(identity)
                .request(unsigned.build())
                .payload(request.payload()::open)
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                .putProperty(AwsV4HttpSigner.REGION_NAME, endpoint.region()));
        return signed.request().headers();
    }

    /** A header that a hop may change, or whose bytes two sides may read differently, is not signed. */
    private static boolean mustBeSigned(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals("host")
                || lower.equals("content-type")
                || lower.startsWith("x-amz-")
                || lower.startsWith("x-amzn-");
    }

    private static void path(SdkHttpFullRequest.Builder request, String path) {
        int query = path.indexOf('?');
        request.encodedPath(query < 0 ? path : path.substring(0, query));
        if (query < 0) {
            return;
        }
        for (String pair : path.substring(query + 1).split("&", -1)) {
            int equals = pair.indexOf('=');
            request.appendRawQueryParameter(
                    decode(equals < 0 ? pair : pair.substring(0, equals)),
                    equals < 0 ? "" : decode(pair.substring(equals + 1)));
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
