package dev.tollgate.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Reports events of budgets: a log line, a counter, and the webhook if there is one. Never blocks. */
public final class BudgetNotices {

    private static final Logger LOG = Logger.getLogger(BudgetNotices.class);
    private static final JsonFactory JSON = new JsonFactory();

    private final Meters meters;
    private final Optional<Webhook> webhook;

    BudgetNotices(MeterRegistry registry, Optional<Webhook> webhook) {
        this.meters = new Meters(registry);
        this.webhook = webhook;
    }

    public static BudgetNotices of(Vertx vertx, MeterRegistry registry, NotifyConfig config) {
        Meters meters = new Meters(registry);
        Consumer<Webhook.Outcome> count = outcome -> meters.counter(
                        "tollgate.notices",
                        "Notices to the webhook, by what became of them",
                        Tags.of("outcome", outcome.name().toLowerCase(Locale.ROOT)))
                .increment();
        return new BudgetNotices(
                registry, config.webhook().map(url -> new Webhook(vertx, url, Webhook.Bounds.USUAL, count)));
    }

    /** Reports what the admission says of budgets. */
    public void listenTo(LedgerMetrics metrics) {
        metrics.noticesTo(this::accept);
    }

    /** Completes once every notice was delivered or given up. */
    public Future<Void> idle() {
        return webhook.map(Webhook::idle).orElseGet(Future::succeededFuture);
    }

    void accept(BudgetNotice notice) {
        String text = notice.text();
        if (notice.event() == BudgetNotice.Event.RESET) {
            LOG.info(text);
        } else {
            LOG.warn(text);
        }
        meters.counter(
                        "tollgate.budget.events",
                        "Thresholds passed, budgets used up and budgets that started over, as this pod reported them",
                        Tags.of(
                                "event",
                                notice.event().label(),
                                "limit",
                                notice.budget().limit()))
                .increment();
        webhook.ifPresent(hook -> hook.send(json(notice, text)));
    }

    private static String json(BudgetNotice notice, String text) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            // Slack shows this field and ignores the others.
            json.writeStringField("text", text);
            json.writeStringField("event", notice.event().label());
            json.writeStringField("limit", notice.budget().limit());
            json.writeStringField("tenant", notice.budget().tenant());
            json.writeNumberField("percent", notice.percent());
            json.writeStringField("unit", notice.unit());
            json.writeNumberField("used", notice.budget().used());
            json.writeNumberField("amount", notice.budget().amount());
            json.writeStringField("resetsAt", notice.budget().resetsAt().toString());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }
}
