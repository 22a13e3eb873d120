package dev.tollgate.control;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tollgate.admission.LimitStatus;
import dev.tollgate.admission.LimitsNow;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/** {@code GET /tollgate/v1/limits}: each limit that concerns this pod, with used, held, limit, remaining and reset. */
public final class LimitsPage {

    private final LimitsNow limits;
    private final Visibility shown;

    public LimitsPage(LimitsNow limits, Visibility shown) {
        this.limits = limits;
        this.shown = shown;
    }

    void handle(RoutingContext context) {
        limits.all()
                .map(shown::of)
                .onSuccess(now -> Json.end(context.response(), json -> write(json, now)))
                .onFailure(e -> Json.message(
                        context.response().setStatusCode(503),
                        "the ledger does not answer; limits are shown again when it does"));
    }

    private static void write(JsonGenerator json, List<LimitStatus> limits) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("limits");
        for (LimitStatus limit : limits) {
            write(json, limit);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, LimitStatus limit) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", limit.name());
        json.writeStringField("bucket", limit.bucket());
        json.writeStringField("tenant", limit.tenant());
        json.writeStringField("kind", limit.kind());
        json.writeStringField("unit", limit.unit());
        json.writeBooleanField("enforced", limit.enforced());
        amount(json, "used", limit, limit.used());
        amount(json, "held", limit, limit.held());
        amount(json, "limit", limit, limit.limit());
        amount(json, "remaining", limit, limit.remaining());
        if (limit.resetMillis() > 0) {
            json.writeStringField(
                    "reset", Instant.ofEpochMilli(limit.resetMillis()).toString());
        }
        json.writeEndObject();
    }

    /** Money is kept in micro-USD and shown in dollars, exactly. */
    private static void amount(JsonGenerator json, String name, LimitStatus limit, long amount) throws IOException {
        if (limit.unit().equals("usd")) {
            json.writeNumberField(name, BigDecimal.valueOf(amount, 6));
        } else {
            json.writeNumberField(name, amount);
        }
    }
}
