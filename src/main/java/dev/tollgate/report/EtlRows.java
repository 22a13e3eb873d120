package dev.tollgate.report;

import dev.tollgate.policy.Policy;
import dev.tollgate.pricing.PriceBook;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Rows of one input, as two CSV files that the database reads. */
final class EtlRows implements Closeable {

    /** Keys that have columns of their own. */
    static final Set<String> KEYS =
            Set.of("tenant", "application", "costCenter", "environment", "user", "operation", "region", "account");

    /** Columns of {@code main}, with the types of the database. */
    static final String COLUMNS = """
            request_id VARCHAR, source VARCHAR, time TIMESTAMP, account VARCHAR, region VARCHAR, operation VARCHAR,
            model_id VARCHAR, model VARCHAR, application VARCHAR, cost_center VARCHAR, environment VARCHAR, user_id VARCHAR,
            tier_percent BIGINT, input_tokens BIGINT, output_tokens BIGINT, cache_read_tokens BIGINT,
            cache_write_tokens BIGINT, cache_write_1h_tokens BIGINT, input_price BIGINT, output_price BIGINT,
            cache_read_price BIGINT, cache_write_5m_price BIGINT, cache_write_1h_price BIGINT, units_micro_usd BIGINT,
            stated_micro_usd BIGINT, price_version VARCHAR, failed BOOLEAN, denied BOOLEAN, latency_ms BIGINT,
            input_file VARCHAR, year VARCHAR, month VARCHAR, day VARCHAR, tenant VARCHAR""";

    static final String METADATA_COLUMNS = """
            request_id VARCHAR, source VARCHAR, key VARCHAR, value VARCHAR,
            year VARCHAR, month VARCHAR, day VARCHAR, tenant VARCHAR""";

    private final String input;
    private final Dimensions dimensions;
    private final Models models;
    private final CallCost cost;
    private final Path main;
    private final Path metadata;
    private final Writer mainOut;
    private final Writer metadataOut;
    private final StringBuilder line = new StringBuilder();
    private long rows;

    EtlRows(String input, Dimensions dimensions, PriceBook prices, Policy policy) throws IOException {
        this.input = input;
        this.dimensions = dimensions;
        this.models = new Models(policy);
        this.cost = new CallCost(prices);
        this.main = Files.createTempFile("tollgate-etl-main", ".csv");
        this.metadata = Files.createTempFile("tollgate-etl-metadata", ".csv");
        this.mainOut = new BufferedWriter(Files.newBufferedWriter(main));
        this.metadataOut = new BufferedWriter(Files.newBufferedWriter(metadata));
    }

    Path main() {
        return main;
    }

    Path metadata() {
        return metadata;
    }

    void add(CallRecord call) throws IOException {
        rows++;
        String source = call.log ? "log" : "usage";
        PricedModel model = models.of(call.modelId);
        line.setLength(0);
        text(call.requestId).text(source).text(Instant.ofEpochMilli(call.millis).toString());
        key(call, "account")
                .key(call, "region")
                .key(call, "operation")
                .text(call.modelId)
                .text(model.name);
        key(call, "application")
                .key(call, "costCenter")
                .key(call, "environment")
                .key(call, "user");
        numbers(call, model);
        text(cost.priceVersion())
                .plain(call.failed)
                .plain(call.denied)
                .plain(call.latencyMillis)
                .text(input);
        place(call);
        mainOut.append(line).append('\n');
        for (Map.Entry<String, String> entry : call.metadata.entrySet()) {
            line.setLength(0);
            text(call.requestId).text(source).text(entry.getKey()).text(entry.getValue());
            place(call);
            metadataOut.append(line).append('\n');
        }
    }

    private void numbers(CallRecord call, PricedModel model) {
        plain(call.tier.percent());
        plain(call.input)
                .plain(call.output)
                .plain(call.cacheRead)
                .plain(call.cacheWrite)
                .plain(call.cacheWrite1h);
        for (long price : cost.unitPrices(model, call)) {
            plain(price);
        }
        boolean tokens = call.tokens().allInput() + call.output > 0;
        plain(tokens ? 0 : cost.parts(model, call)[0]);
        boolean stands = call.usage && !call.failed && !call.denied;
        boolean sameBook = !tokens || call.priceVersion.equals(cost.priceVersion());
        plain(stands && sameBook ? call.statedMicroUsd : 0);
    }

    /** The partition: the day in UTC and the tenant. */
    private void place(CallRecord call) {
        var day = Instant.ofEpochMilli(call.millis).atZone(ZoneOffset.UTC);
        String tenant = call.values[dimensions.index("tenant")];
        text(String.valueOf(day.getYear()));
        text(String.format(Locale.ROOT, "%02d", day.getMonthValue()));
        text(String.format(Locale.ROOT, "%02d", day.getDayOfMonth()));
        text(tenant.isEmpty() ? "none" : tenant);
    }

    private EtlRows key(CallRecord call, String name) {
        return text(call.values[dimensions.index(name)]);
    }

    /** Always quoted; NUL, which the database cannot read, is replaced. */
    private EtlRows text(String text) {
        plain('"' + text.replace("\"", "\"\"").replace('\0', '\ufffd') + '"');
        return this;
    }

    private EtlRows plain(Object value) {
        line.append(line.length() == 0 ? "" : ",").append(value);
        return this;
    }

    /** Ends the files; returns the number of records. */
    long finish() throws IOException {
        mainOut.close();
        metadataOut.close();
        return rows;
    }

    @Override
    public void close() throws IOException {
        finish();
        Files.deleteIfExists(main);
        Files.deleteIfExists(metadata);
    }
}
