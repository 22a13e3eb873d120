package dev.tollgate.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tollgate.admission.LimitStatus;
import dev.tollgate.admission.LimitsNow;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/** {@code GET /tollgate/v1/limits}: every limit with used, held, limit, remaining and reset, per tenant and model. */
public final class LimitsPage {

    private static final JsonFactory JSON = new JsonFactory();

    private final LimitsNow limits;

    public LimitsPage(LimitsNow limits) {
        this.limits = limits;
    }

    public void handle(RoutingContext context) {
        HttpServerResponse response = context.response().putHeader("Content-Type", "application/json");
        limits.all().onSuccess(now -> response.end(json(now))).onFailure(e -> response.setStatusCode(503)
                .end("{\"message\":\"the ledger does not answer: "
                        + e.getClass().getSimpleName() + "\"}"));
    }

    private static String json(List<LimitStatus> limits) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("limits");
            for (LimitStatus limit : limits) {
                write(json, limit);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
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
