package dev.tollgate.metering;

import io.vertx.core.MultiMap;
import java.util.Locale;

/** Content codings of answers. */
enum Encoding {
    IDENTITY,
    GZIP,
    DEFLATE,
    OTHER;

    static Encoding of(MultiMap headers) {
        String name = headers.get("content-encoding");
        if (name == null) {
            return IDENTITY;
        }
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> IDENTITY;
            case "gzip", "x-gzip" -> GZIP;
            case "deflate" -> DEFLATE;
            default -> OTHER;
        };
    }

    /** The meter of encoded bytes whose decoded ones this meter reads. */
    Meter decode(Meter body) {
        return switch (this) {
            case IDENTITY -> body;
            case GZIP -> new ContentDecoding(body, true);
            case DEFLATE -> new ContentDecoding(body, false);
            case OTHER -> new OpaqueMeter();
        };
    }
}
