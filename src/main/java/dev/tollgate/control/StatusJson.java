package dev.tollgate.control;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tollgate.admission.LimitStatus;
import dev.tollgate.ledger.LedgerHealth;
import dev.tollgate.policy.PolicyState;
import dev.tollgate.telemetry.RecentCall;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The contract of {@code /tollgate/v1/status}: names and order are read by other programs (src/docs/status.md). */
final class StatusJson {

    private final Status status;
    private final Selection rows;
    private final List<RecentCall> recent;

    /** @param recent the newest first */
    StatusJson(Status status, Selection rows, List<RecentCall> recent) {
        this.status = status;
        this.rows = rows;
        this.recent = recent;
    }

    void write(JsonGenerator json) throws IOException {
        Summary summary = status.summary();
        json.writeStartObject();
        json.writeStringField("version", status.pod().version());
        json.writeStringField("generatedAt", text(status.now()));
        json.writeStringField("state", summary.state().label());
        json.writeStringField("summary", summary.sentence());
        scope(json);
        ledger(json, status.pod().ledger().health().get());
        policy(json, status.pod().policy().get());
        json.writeArrayFieldStart("limits");
        for (LimitStatus limit : rows.limits()) {
            limit(json, limit);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("spend");
        for (SpendRow row : rows.spend()) {
            spend(json, row);
        }
        json.writeEndArray();
        recent(json);
        upstream(json, status.pod());
        pod(json, status.pod());
        totals(json);
        optional(json, "nextCursor", rows.next());
        json.writeEndObject();
    }

    /** What is the same in all pods, and what only this pod knows. */
    private static void scope(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("scope");
        texts(json, "fleet", List.of("limits", "spend"));
        texts(json, "pod", List.of("ledger", "policy", "recent", "upstream", "pod"));
        json.writeEndObject();
    }

    private void ledger(JsonGenerator json, LedgerHealth health) throws IOException {
        json.writeObjectFieldStart("ledger");
        json.writeStringField("kind", health.kind());
        json.writeBooleanField("up", health.up());
        json.writeNumberField("ageMillis", status.ageMillis());
        json.writeNumberField("pods", health.pods());
        json.writeStringField("durability", health.durability().label());
        json.writeEndObject();
    }

    private static void policy(JsonGenerator json, PolicyState policy) throws IOException {
        json.writeObjectFieldStart("policy");
        optional(json, "file", policy.file().map(Object::toString));
        optional(json, "loadedAt", policy.loadedAt().map(StatusJson::text));
        json.writeNumberField("limits", policy.policy().limits().size());
        json.writeArrayFieldStart("mistakes");
        for (PolicyState.Mistake mistake : policy.mistakes()) {
            json.writeStartObject();
            json.writeNumberField("line", mistake.line());
            json.writeStringField("message", mistake.message());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void limit(JsonGenerator json, LimitStatus limit) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", limit.name());
        json.writeStringField("bucket", limit.bucket());
        json.writeStringField("tenant", limit.owner());
        optional(json, "model", limit.model());
        json.writeStringField("kind", limit.kind());
        json.writeStringField("unit", unit(limit));
        json.writeNumberField("used", limit.used());
        json.writeNumberField("held", limit.held());
        json.writeNumberField("limit", limit.limit());
        json.writeNumberField("remaining", limit.remaining());
        optional(json, "period", limit.period());
        optional(json, "timeZone", limit.zone().map(StatusJson::text));
        optional(json, "resetsAt", Pace.resetsAt(limit).map(StatusJson::text));
        optional(
                json,
                "exhaustedAt",
                Pace.exhaustedAt(limit, status.limits().at()).map(StatusJson::text));
        json.writeStringField("mode", limit.enforced() ? "enforce" : "shadow");
        json.writeArrayFieldStart("warnAt");
        for (int percent : limit.warnAt()) {
            json.writeNumber(percent);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static String unit(LimitStatus limit) {
        if (limit.kind().equals("concurrency")) {
            return "calls";
        }
        return switch (limit.unit()) {
            case "usd" -> "microUsd";
            case "requests" -> "requests";
            // Input, output and quota tokens too.
            default -> "tokens";
        };
    }

    private static void spend(JsonGenerator json, SpendRow row) throws IOException {
        json.writeStartObject();
        json.writeStringField("tenant", row.tenant());
        json.writeStringField("model", row.model());
        json.writeNumberField("dayMicroUsd", row.dayMicroUsd());
        json.writeNumberField("monthMicroUsd", row.monthMicroUsd());
        json.writeNumberField("dayCalls", row.dayCalls());
        json.writeNumberField("monthCalls", row.monthCalls());
        json.writeEndObject();
    }

    private void recent(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("recent");
        for (RecentCall call : recent) {
            json.writeStartObject();
            json.writeStringField("time", text(call.time()));
            json.writeStringField("requestId", call.requestId());
            json.writeStringField("tenant", call.tenant());
            json.writeStringField("model", call.model());
            json.writeStringField("outcome", call.outcome());
            optional(json, "reason", call.reason());
            json.writeNumberField("costMicroUsd", call.costMicroUsd());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void upstream(JsonGenerator json, PodFacts pod) throws IOException {
        json.writeObjectFieldStart("upstream");
        json.writeStringField("region", pod.bedrock().region());
        json.writeStringField("credentials", pod.bedrock().canSign().getAsBoolean() ? "ok" : "failing");
        json.writeNumberField("errors", pod.counts().upstreamErrors());
        json.writeEndObject();
    }

    private static void pod(JsonGenerator json, PodFacts pod) throws IOException {
        json.writeObjectFieldStart("pod");
        json.writeStringField("tenant", pod.tenant());
        json.writeNumberField("backlog", pod.ledger().backlog().getAsInt());
        json.writeArrayFieldStart("unknownPrices");
        for (Map.Entry<String, Long> unknown : pod.counts().unknownPrices().entrySet()) {
            json.writeStartObject();
            json.writeStringField("model", unknown.getKey());
            json.writeNumberField("calls", unknown.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Of all pages. */
    private void totals(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("totals");
        json.writeNumberField("limits", status.limits().limits().size());
        json.writeNumberField("spend", status.spend().rows().size());
        json.writeBooleanField("spendIsWhole", status.spend().whole());
        json.writeEndObject();
    }

    private static void texts(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    private static void optional(JsonGenerator json, String name, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            json.writeStringField(name, value.get());
        } else {
            json.writeNullField(name);
        }
    }

    /** The zone's name; Java calls UTC "Z". */
    private static String text(ZoneId zone) {
        return zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId();
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
