package dev.tollgate.control;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may read the pages: they show what tenants spend, and the management port is open to the cluster for metrics and
 * health. Loopback is always admitted, and so is {@code kubectl port-forward}, unless the request names another host: then a
 * web page made its own name lead here. Other addresses are admitted only with the token.
 */
final class AccessGuard {

    private static final String SCHEME = "Bearer ";

    private static final Pattern LOOPBACK_NAMES =
            Pattern.compile("(?i)(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

    private final Optional<String> token;

    AccessGuard(Optional<String> token) {
        this.token = token.filter(t -> !t.isBlank());
    }

    void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (admits(request.remoteAddress(), request.getHeader("Host"), request.getHeader("Authorization"))) {
            context.next();
        } else {
            Json.message(
                    context.response().setStatusCode(403),
                    "expected a request from loopback to localhost (kubectl port-forward is one), or the header Authorization: Bearer"
                            + " with the value of tollgate.management-token, found neither");
        }
    }

    boolean admits(@Nullable SocketAddress peer, @Nullable String host, @Nullable String authorization) {
        return loopback(peer) && (host == null || LOOPBACK_NAMES.matcher(host).matches())
                || token.isPresent() && presents(authorization, token.get());
    }

    private static boolean loopback(@Nullable SocketAddress peer) {
        if (peer == null || peer.hostAddress() == null) {
            return false;
        }
        try {
            // A literal: nothing is resolved.
            return InetAddress.getByName(peer.hostAddress()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean presents(@Nullable String authorization, String token) {
        return authorization != null
                && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                // Takes the same time wherever the first difference is.
                && MessageDigest.isEqual(
                        authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8),
                        token.getBytes(StandardCharsets.UTF_8));
    }
}
