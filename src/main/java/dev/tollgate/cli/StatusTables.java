package dev.tollgate.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The status for people at a terminal. */
final class StatusTables {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss ", Locale.ROOT);

    private final JsonObject status;
    private final StringBuilder out = new StringBuilder();

    private StatusTables(JsonObject status) {
        this.status = status;
    }

    /** @param status as {@code /tollgate/v1/status} has it */
    static String of(JsonObject status) {
        return new StatusTables(status).text();
    }

    private String text() {
        out.append(status.getString("state").toUpperCase(Locale.ROOT))
                .append(": ")
                .append(TextTable.clean(status.getString("summary")))
                .append('\n');
        policy();
        budgets();
        rates();
        spend();
        recent();
        pod();
        String next = status.getString("nextCursor");
        if (next != null) {
            out.append("\nMore: tollgate status --tenant NAME, or --cursor ")
                    .append(next)
                    .append('\n');
        }
        return out.toString();
    }

    private void policy() {
        for (JsonObject mistake : objects(status, "policy", "mistakes")) {
            int line = mistake.getInteger("line");
            out.append("  ")
                    .append(line == 0 ? "" : "line " + line + ": ")
                    .append(TextTable.clean(mistake.getString("message")))
                    .append('\n');
        }
    }

    private void budgets() {
        TextTable table = new TextTable(
                "Budgets, all pods",
                "LIMIT",
                "TENANT",
                ">USED",
                ">HELD",
                ">LIMIT",
                "UNIT",
                ">USE",
                "STARTS OVER",
                "EXHAUSTED AT THIS PACE",
                "MODE");
        for (JsonObject limit : objects(status, "limits")) {
            if (limit.getString("kind").equals("budget")) {
                ZoneId zone = zone(limit.getString("timeZone"));
                table.add(
                        limit.getString("bucket"),
                        limit.getString("tenant"),
                        amount(limit, "used"),
                        amount(limit, "held"),
                        amount(limit, "limit"),
                        unit(limit),
                        use(limit),
                        time(limit.getString("resetsAt"), zone),
                        time(limit.getString("exhaustedAt"), zone),
                        limit.getString("mode"));
            }
        }
        out.append(table.text());
    }

    private void rates() {
        TextTable table = new TextTable(
                "Rates and concurrency, all pods",
                "LIMIT",
                "TENANT",
                ">USED",
                ">HELD",
                ">LIMIT",
                "UNIT",
                ">USE",
                "FULL AGAIN",
                "MODE");
        for (JsonObject limit : objects(status, "limits")) {
            if (!limit.getString("kind").equals("budget")) {
                table.add(
                        limit.getString("bucket"),
                        limit.getString("tenant"),
                        amount(limit, "used"),
                        amount(limit, "held"),
                        amount(limit, "limit"),
                        unit(limit),
                        use(limit),
                        time(limit.getString("resetsAt"), ZoneOffset.UTC),
                        limit.getString("mode"));
            }
        }
        out.append(table.text());
    }

    private static String unit(JsonObject limit) {
        return limit.getString("unit").equals("microUsd") ? "USD" : limit.getString("unit");
    }

    private static String use(JsonObject limit) {
        long most = limit.getLong("limit");
        long taken = limit.getLong("used") + limit.getLong("held");
        return (most == 0 ? 100 : taken * 100 / most) + " %";
    }

    private static String amount(JsonObject limit, String key) {
        long amount = limit.getLong(key);
        return limit.getString("unit").equals("microUsd") ? usd(amount) : number(amount);
    }

    private void spend() {
        TextTable table = new TextTable(
                "Spend in USD, all pods, UTC",
                "TENANT",
                "MODEL",
                ">TODAY",
                ">THIS MONTH",
                ">CALLS TODAY",
                ">CALLS MONTH");
        for (JsonObject row : objects(status, "spend")) {
            table.add(
                    row.getString("tenant"),
                    row.getString("model"),
                    usd(row.getLong("dayMicroUsd")),
                    usd(row.getLong("monthMicroUsd")),
                    number(row.getLong("dayCalls")),
                    number(row.getLong("monthCalls")));
        }
        out.append(table.text());
    }

    private void recent() {
        TextTable table = new TextTable(
                "Last calls and denials, this pod", "TIME", "TENANT", "MODEL", "OUTCOME", "REASON", ">USD", "REQUEST");
        for (JsonObject call : objects(status, "recent")) {
            table.add(
                    time(call.getString("time"), ZoneOffset.UTC),
                    call.getString("tenant"),
                    call.getString("model"),
                    call.getString("outcome"),
                    Optional.ofNullable(call.getString("reason")).orElse("-"),
                    usd(call.getLong("costMicroUsd")),
                    call.getString("requestId"));
        }
        out.append(table.text());
    }

    private void pod() {
        JsonObject ledger = status.getJsonObject("ledger");
        JsonObject policy = status.getJsonObject("policy");
        JsonObject upstream = status.getJsonObject("upstream");
        JsonObject pod = status.getJsonObject("pod");
        TextTable table = new TextTable("This pod", "", "");
        table.add(
                "ledger",
                "%s, %s, pods: %d, durability: %s, numbers %d ms old"
                        .formatted(
                                ledger.getString("kind"),
                                ledger.getBoolean("up") ? "answers" : "away",
                                ledger.getInteger("pods"),
                                ledger.getString("durability"),
                                ledger.getLong("ageMillis")));
        table.add("policy", Optional.ofNullable(policy.getString("file")).orElse("none"));
        table.add(
                "limits",
                policy.getInteger("limits") + ", loaded " + time(policy.getString("loadedAt"), ZoneOffset.UTC));
        table.add("settlement backlog", String.valueOf(pod.getInteger("backlog")));
        table.add("unknown prices", unknown(objects(pod, "unknownPrices")));
        table.add(
                "upstream",
                "%s, credentials %s, %d errors"
                        .formatted(
                                upstream.getString("region"),
                                upstream.getString("credentials"),
                                upstream.getLong("errors")));
        table.add("version", status.getString("version"));
        out.append(table.text());
    }

    private static String unknown(List<JsonObject> models) {
        return models.isEmpty()
                ? "none"
                : models.stream()
                        .map(m -> m.getString("model") + " (" + m.getLong("calls") + " calls)")
                        .collect(Collectors.joining(", "));
    }

    private static ZoneId zone(String name) {
        return name.equals("UTC") ? ZoneOffset.UTC : ZoneId.of(name);
    }

    /** Such as {@code 2026-11-27 00:00:00 Europe/Vienna}. */
    private static String time(@Nullable String instant, ZoneId zone) {
        return instant == null
                ? "-"
                : TIME.format(Instant.parse(instant).atZone(zone))
                        + (zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId());
    }

    private static String usd(long micro) {
        return BigDecimal.valueOf(micro, 6).toPlainString();
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static List<JsonObject> objects(JsonObject in, String... path) {
        JsonObject at = in;
        for (int i = 0; i < path.length - 1; i++) {
            at = at.getJsonObject(path[i]);
        }
        JsonArray array = at.getJsonArray(path[path.length - 1]);
        return array.stream().map(JsonObject.class::cast).toList();
    }
}
