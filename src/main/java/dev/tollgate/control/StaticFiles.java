package dev.tollgate.control;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The status page: three files, which load nothing from anywhere else. */
final class StaticFiles {

    // Names of tenants and models are whatever callers made up: the page itself can run no markup, and the browser
    // refuses
    // what only markup would need.
    private static final String SECURITY = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'");

    private StaticFiles() {}

    /** Pages of these files; only the first is listed. */
    static List<ManagementPages.Page> pages() {
        return List.of(
                page("/tollgate/", "status page: who spends what, now", "index.html", "text/html;charset=utf-8"),
                page("/tollgate/status.css", "", "status.css", "text/css;charset=utf-8"),
                page("/tollgate/status.js", "", "status.js", "text/javascript;charset=utf-8"));
    }

    private static ManagementPages.Page page(String path, String shows, String file, String type) {
        byte[] bytes = read(file);
        return new ManagementPages.Page(path, shows, context -> answer(context, bytes, type));
    }

    private static void answer(RoutingContext context, byte[] bytes, String type) {
        context.response()
                .putHeader("Content-Type", type)
                .putHeader("Content-Security-Policy", SECURITY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cache-Control", "no-store")
                .end(Buffer.buffer(bytes));
    }

    private static byte[] read(String file) {
        try (InputStream in = StaticFiles.class.getResourceAsStream("page/" + file)) {
            if (in == null) {
                throw new IllegalStateException("expected the resource dev/tollgate/control/page/" + file);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
