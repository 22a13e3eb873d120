package dev.tollgate.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollgate.policy.Policy;
import dev.tollgate.pricing.PriceBook;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A report as tests ask for it. */
final class Reports {

    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-20T10:00:00Z"));
    private static final ObjectMapper JSON = new ObjectMapper();

    private List<String> groupBy = List.of("day");
    private Instant since = Instant.EPOCH;
    private Instant until = Instant.parse("2100-01-01T00:00:00Z");
    private List<String> tenants = List.of();
    private List<String> models = List.of();
    private List<String> costCenters = List.of();
    private Map<String, List<String>> renamed = Map.of();
    private ZoneId zone = ZoneOffset.UTC;
    private PriceBook prices = PriceBook.bundled();
    private Policy policy = Policy.NONE;
    private int maxGroups;
    private Optional<Path> failed = Optional.empty();

    static Reports by(String... keys) {
        Reports reports = new Reports();
        reports.groupBy = List.of(keys);
        return reports;
    }

    Reports since(String time) {
        since = Instant.parse(time);
        return this;
    }

    Reports until(String time) {
        until = Instant.parse(time);
        return this;
    }

    Reports tenants(String... globs) {
        tenants = List.of(globs);
        return this;
    }

    Reports models(String... globs) {
        models = List.of(globs);
        return this;
    }

    Reports costCenters(String... globs) {
        costCenters = List.of(globs);
        return this;
    }

    Reports key(String name, String... metadata) {
        renamed = Map.of(name, List.of(metadata));
        return this;
    }

    Reports zone(String id) {
        zone = ZoneId.of(id);
        return this;
    }

    Reports prices(Path file) {
        prices = PriceBook.read(file);
        return this;
    }

    Reports policy(Policy policy) {
        this.policy = policy;
        return this;
    }

    Reports maxGroups(int max) {
        maxGroups = max;
        return this;
    }

    Reports failed(Path folder) {
        failed = Optional.of(folder);
        return this;
    }

    Report of(Path... paths) throws IOException {
        List<String> names = Arrays.stream(paths).map(Path::toString).toList();
        return of(Inputs.find(names, address -> List.of()));
    }

    Report of(List<Input> inputs) throws IOException {
        return new ReportRun(query(), failed, new Progress(new PrintStream(System.err), false), CLOCK).run(inputs);
    }

    ReportQuery query() {
        return new ReportQuery(
                groupBy,
                since.toEpochMilli(),
                until.toEpochMilli(),
                tenants,
                models,
                costCenters,
                renamed,
                zone,
                prices,
                policy,
                maxGroups);
    }

    /** A file of these lines. */
    static Path file(Path folder, String name, String... lines) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, String.join("\n", lines) + "\n");
    }

    /** A log record of one Converse call of Claude 3 Haiku: 250 and 1250 micro-USD for a thousand tokens. */
    static String log(String id, String time, String tenant, long input, long output) {
        return """
                {"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"%s","accountId":"111122223333",\
                "region":"us-east-1","requestId":"%s","operation":"Converse",\
                "modelId":"anthropic.claude-3-haiku-20240307-v1:0","input":{"inputBodyJson":{"messages":[]},\
                "inputTokenCount":%d},"output":{"outputBodyJson":{"metrics":{"latencyMs":800}},"outputTokenCount":%d},\
                "requestMetadata":{%s}}""".formatted(time, id, input, output, tenant.isEmpty() ? "" : "\"tenantId\":\"" + tenant + "\"");
    }

    /** The usage record of such a call. */
    static String usage(String id, String time, String tenant, long input, long output) {
        return """
                {"requestId":"%s","tollgateId":"t-%s","timestamp":"%s","tenant":"%s","applicationId":"shop",\
                "costCenter":"sales","environment":"prod","modelId":"anthropic.claude-3-haiku-20240307-v1:0",\
                "operation":"converse","decision":"approved","limit":"none","inputTokens":%d,"outputTokens":%d,\
                "cacheReadTokens":0,"cacheWrite5mTokens":0,"cacheWrite1hTokens":0,"microUsd":1,"end":"completed",\
                "status":200,"latencyMs":900}""".formatted(id, id, time, tenant, input, output);
    }

    /** As JSON, read back. */
    static JsonNode json(Report report) throws IOException {
        return JSON.readTree(text(new JsonReport("test"), report));
    }

    static String text(ReportWriter format, Report report) throws IOException {
        StringWriter out = new StringWriter();
        format.write(report, out);
        return out.toString();
    }

    /** The rows, each as its key's values and its numbers. */
    static List<String> rows(Report report) {
        List<String> rows = new ArrayList<>();
        for (Report.Row row : report.rows()) {
            rows.add(String.join("|", row.key().values()) + " " + numbers(row.sums()));
        }
        return rows;
    }

    static List<Long> numbers(Totals totals) {
        return Columns.ALL.stream().map(c -> c.value().applyAsLong(totals)).toList();
    }
}
