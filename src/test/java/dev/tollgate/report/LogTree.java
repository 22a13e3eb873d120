package dev.tollgate.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;

/**
 * Makes trees of invocation logs and usage records, of any size and in every shape, the same for the same seed: operations
 * and families, streams as objects and as arrays of chunks, bodies in S3, images, videos, errors, ids and ARNs of all kinds,
 * cache writes of both kinds, tiers, several accounts and regions, late files, records twice, lines that are no records.
 */
final class LogTree {

    /** How files are compressed. */
    enum Packing {
        PLAIN,
        GZIP,
        ZSTD
    }

    /**
     * What to make.
     *
     * @param calls number of calls
     * @param perFile log records in a file
     * @param textLength characters of prompt and answer in each record
     * @param usagePercent calls of which a usage record is written
     * @param logPercent calls of which a log record is written
     * @param flaws write records twice, broken lines and files that do not belong there
     */
    record Shape(
            long seed,
            int calls,
            int perFile,
            int textLength,
            int usagePercent,
            int logPercent,
            Packing packing,
            boolean flaws) {

        static Shape small(long seed) {
            return new Shape(seed, 3000, 100, 60, 60, 90, Packing.GZIP, true);
        }
    }

    /** What a reader must find beside the sums. */
    record Made(int brokenLines, int duplicates) {}

    private static final Instant START = Instant.parse("2026-09-28T00:00:00Z");
    private static final int SECONDS = 45 * 86_400;
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("yyyy/MM/dd/HH").withZone(ZoneOffset.UTC);
    private static final JsonFactory JSON = new JsonFactory();
    private static final List<String> ACCOUNTS = List.of("111122223333", "444455556666");
    private static final List<String> REGIONS = List.of("us-east-1", "eu-central-1", "ap-northeast-1");
    private static final List<String> MODELS = List.of(
            "anthropic.claude-3-haiku-20240307-v1:0",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "eu.anthropic.claude-sonnet-4-20250514-v1:0",
            "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0",
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
            "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123def456",
            "amazon.nova-lite-v1:0",
            "amazon.titan-embed-text-v2:0",
            "meta.llama3-3-70b-instruct-v1:0",
            "openai.gpt-oss-120b-1:0",
            "amazon.nova-canvas-v1:0",
            "vendor.never-heard-of-v1:0");
    private static final List<String> DEPARTMENTS = List.of("sales", "R&D, \"core\"", "=cmd()", "支店");

    private final Shape shape;
    private final Random random;
    private final String words;
    private int broken;
    private int duplicates;

    private LogTree(Shape shape) {
        this.shape = shape;
        this.random = new Random(shape.seed());
        this.words = words(new Random(shape.seed()), shape.textLength() + (1 << 19));
    }

    /** Words of all lengths with what JSON has to escape; compresses about as text does. */
    private static String words(Random random, int length) {
        StringBuilder words = new StringBuilder(length);
        while (words.length() < length) {
            for (int i = 1 + random.nextInt(10); i > 0; i--) {
                words.append((char) ('a' + (int) (random.nextDouble() * random.nextDouble() * 26)));
            }
            words.append(random.nextInt(40) == 0 ? " \"quoted\" \\ } { " : random.nextInt(60) == 0 ? "\n" : " ");
        }
        return words.toString();
    }

    private String text() {
        int from = random.nextInt(words.length() - shape.textLength());
        return words.substring(from, from + shape.textLength());
    }

    /** One call, before it is written as either record. */
    private record Facts(
            String id,
            Instant time,
            String model,
            String account,
            String region,
            String tenant,
            String department,
            String operation,
            String tier,
            long input,
            long output,
            long cacheRead,
            long write5m,
            long write1h,
            boolean failed,
            boolean denied) {}

    static Made write(Path root, Shape shape) throws IOException {
        return new LogTree(shape).write(root);
    }

    /** {@code DIR CALLS [PER_FILE [TEXT_LENGTH [PACKING [USAGE_PERCENT]]]]}: a tree for a measurement. */
    public static void main(String[] args) throws IOException {
        int perFile = args.length > 2 ? Integer.parseInt(args[2]) : 5000;
        int textLength = args.length > 3 ? Integer.parseInt(args[3]) : 400;
        Packing packing = args.length > 4 ? Packing.valueOf(args[4]) : Packing.GZIP;
        int usage = args.length > 5 ? Integer.parseInt(args[5]) : 0;
        write(
                Path.of(args[0]),
                new Shape(1, Integer.parseInt(args[1]), perFile, textLength, usage, 100, packing, false));
    }

    private Made write(Path root) throws IOException {
        List<String> logs = new ArrayList<>();
        int files = 0;
        Facts first = null;
        Path usageFile = root.resolve("usage/tollgate-usage.jsonl");
        Files.createDirectories(usageFile.getParent());
        try (Writer usage = Files.newBufferedWriter(usageFile)) {
            for (int i = 0; i < shape.calls(); i++) {
                Facts call = call();
                first = first == null ? call : first;
                boolean logged = !call.denied() && random.nextInt(100) < shape.logPercent();
                if (logged) {
                    logs.add(log(call));
                }
                if (call.denied() || !logged || random.nextInt(100) < shape.usagePercent()) {
                    twice(usage, usage(call));
                }
                if (logs.size() == shape.perFile()) {
                    logFile(root, files++, first, logs);
                    first = null;
                }
            }
            flaw(usage, "2026-11-01 12:00:00,000 INFO  a line of another log");
        }
        if (!logs.isEmpty() && first != null) {
            logFile(root, files, first, logs);
        }
        if (shape.flaws()) {
            foreign(root);
        }
        return new Made(broken, duplicates);
    }

    private void twice(Writer out, String line) throws IOException {
        out.write(line + '\n');
        if (shape.flaws() && random.nextInt(100) < 3) {
            out.write(line + '\n');
            duplicates++;
        }
    }

    private void flaw(Writer out, String line) throws IOException {
        if (shape.flaws()) {
            out.write(line + "\n\n");
            broken++;
        }
    }

    /** A file below the hour of its first record; its other records may be of any time, as those of late files are. */
    private void logFile(Path root, int number, Facts first, List<String> records) throws IOException {
        String ending = shape.packing() == Packing.PLAIN ? "" : shape.packing() == Packing.GZIP ? ".gz" : ".zst";
        Path file = root.resolve("logs/AWSLogs/" + first.account() + "/BedrockModelInvocationLogs/" + first.region()
                + "/" + HOUR.format(first.time()) + "/" + String.format("%06d", number) + ".json" + ending);
        Files.createDirectories(file.getParent());
        try (Writer out = new BufferedWriter(new OutputStreamWriter(packed(file), StandardCharsets.UTF_8), 1 << 16)) {
            for (String record : records) {
                twice(out, record);
            }
            flaw(out, records.get(0).substring(0, records.get(0).length() / 2));
        }
        records.clear();
    }

    private OutputStream packed(Path file) throws IOException {
        OutputStream out = Files.newOutputStream(file);
        return switch (shape.packing()) {
            case PLAIN -> out;
            case GZIP -> new GZIPOutputStream(out, 1 << 16);
            case ZSTD -> new ZstdOutputStream(out);
        };
    }

    /** What lies in a log bucket and holds no records. */
    private static void foreign(Path root) throws IOException {
        Path hour = root.resolve("logs/AWSLogs/111122223333/BedrockModelInvocationLogs/us-east-1/2026/10/01/00");
        Files.createDirectories(hour.resolve("data"));
        Files.writeString(hour.resolve("data/body.json"), "{\"a\": \"body, not a record\"}\n");
        Files.writeString(hour.resolve("amazon-bedrock-logs-permission-check"), "permission check\n");
        Files.writeString(hour.resolve(".hidden"), "no record\n");
    }

    private Facts call() {
        String model = MODELS.get(random.nextInt(MODELS.size()));
        boolean converse = random.nextBoolean() && !model.contains("titan") && !model.contains("canvas");
        boolean stream = random.nextBoolean() && !model.contains("titan") && !model.contains("canvas");
        String operation = converse ? "Converse" : "InvokeModel";
        if (stream) {
            operation += converse ? "Stream" : "WithResponseStream";
        }
        boolean caches = model.contains("claude") && random.nextInt(4) == 0;
        boolean image = model.contains("canvas");
        boolean denied = random.nextInt(50) == 0;
        boolean failed = !denied && random.nextInt(30) == 0;
        boolean large = random.nextInt(40) == 0;
        String tier = random.nextInt(10) == 0 && !image ? (random.nextBoolean() ? "flex" : "priority") : "default";
        return new Facts(
                new UUID(random.nextLong(), random.nextLong()).toString(),
                START.plusSeconds(random.nextInt(SECONDS)),
                model,
                ACCOUNTS.get(random.nextInt(ACCOUNTS.size())),
                REGIONS.get(random.nextInt(REGIONS.size())),
                "tenant-" + random.nextInt(20),
                DEPARTMENTS.get(random.nextInt(DEPARTMENTS.size())),
                operation,
                tier,
                denied || image ? 0 : large ? 150_000 + random.nextInt(200_000) : random.nextInt(5000),
                denied || failed || image || model.contains("titan") ? 0 : random.nextInt(3000),
                caches ? random.nextInt(60_000) : 0,
                caches ? random.nextInt(5000) : 0,
                caches && random.nextBoolean() ? random.nextInt(5000) : 0,
                failed,
                denied);
    }

    private String log(Facts call) throws IOException {
        StringWriter out = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("schemaType", "ModelInvocationLog");
            json.writeStringField("schemaVersion", "1.0");
            json.writeStringField("timestamp", call.time().toString());
            json.writeStringField("accountId", call.account());
            json.writeObjectFieldStart("identity");
            json.writeStringField("arn", "arn:aws:sts::" + call.account() + ":assumed-role/app/pod");
            json.writeEndObject();
            json.writeStringField("region", call.region());
            json.writeStringField("requestId", call.id());
            json.writeStringField("operation", call.operation());
            json.writeStringField("modelId", call.model());
            if (call.failed()) {
                json.writeStringField("errorCode", "ThrottlingException");
            }
            boolean inS3 = random.nextInt(15) == 0
                    && call.write1h() == 0
                    && call.tier().equals("default");
            input(json, call, inS3);
            if (!call.failed()) {
                LogBodies.output(
                        json,
                        new LogBodies.Body(
                                call.operation(),
                                call.model(),
                                new long[] {
                                    call.input(), call.output(), call.cacheRead(), call.write5m(), call.write1h()
                                },
                                inS3,
                                random.nextBoolean(),
                                random.nextInt(9000),
                                text()));
            }
            metadata(json, call);
            json.writeEndObject();
        }
        return out.toString();
    }

    private void input(JsonGenerator json, Facts call, boolean inS3) throws IOException {
        json.writeObjectFieldStart("input");
        json.writeStringField("inputContentType", "application/json");
        if (inS3) {
            json.writeStringField("inputBodyS3Path", "s3://logs/data/" + call.id() + "_input.json.gz");
        } else {
            json.writeObjectFieldStart("inputBodyJson");
            json.writeArrayFieldStart("messages");
            json.writeStartObject();
            json.writeStringField("role", "user");
            // A body may say anything, also what looks like counts.
            json.writeStringField("content", text() + "{\"inputTokenCount\": 999999999}");
            json.writeEndObject();
            json.writeEndArray();
            if (!call.tier().equals("default") && call.operation().startsWith("Converse")) {
                json.writeObjectFieldStart("serviceTier");
                json.writeStringField("type", call.tier());
                json.writeEndObject();
            } else if (!call.tier().equals("default")) {
                json.writeStringField("service_tier", call.tier());
            }
            json.writeNumberField("inputTokenCount", 888_888_888);
            json.writeEndObject();
        }
        if (!call.model().contains("canvas")) {
            json.writeNumberField("inputTokenCount", call.input());
        }
        if (call.model().contains("claude")) {
            json.writeNumberField("cacheReadInputTokenCount", call.cacheRead());
            json.writeNumberField("cacheWriteInputTokenCount", call.write5m() + call.write1h());
        }
        json.writeEndObject();
    }

    /** A third of the calls has the tenant in the usage record only, a third under an older name. */
    private static void metadata(JsonGenerator json, Facts call) throws IOException {
        int kind = Math.floorMod(call.id().hashCode(), 3);
        json.writeObjectFieldStart("requestMetadata");
        if (kind > 0) {
            json.writeStringField(kind == 1 ? "tenantId" : "TenantID", call.tenant());
        }
        json.writeStringField("department", call.department());
        json.writeEndObject();
    }

    private static String usage(Facts call) throws IOException {
        StringWriter out = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("requestId", call.id());
            json.writeStringField("tollgateId", "t-" + call.id());
            json.writeStringField("timestamp", call.time().plusSeconds(2).toString());
            json.writeStringField("tenant", call.tenant());
            json.writeStringField("applicationId", "app");
            json.writeStringField("costCenter", "cc-" + call.tenant().length());
            json.writeStringField("environment", "prod");
            json.writeStringField("userId", "none");
            json.writeStringField("modelId", call.model());
            json.writeStringField("operation", Operations.label(call.operation()));
            json.writeStringField("decision", call.denied() ? "denied" : "approved");
            json.writeStringField("limit", call.denied() ? "day" : "none");
            json.writeStringField("tier", call.tier());
            json.writeNumberField("inputTokens", call.input());
            json.writeNumberField("outputTokens", call.output());
            json.writeNumberField("cacheReadTokens", call.cacheRead());
            json.writeNumberField("cacheWrite5mTokens", call.write5m());
            json.writeNumberField("cacheWrite1hTokens", call.write1h());
            json.writeNumberField(
                    "microUsd", call.model().contains("canvas") && !call.failed() && !call.denied() ? 40_000 : 1);
            json.writeStringField("end", call.denied() ? "denied" : call.failed() ? "upstream-error" : "completed");
            json.writeNumberField("status", call.denied() ? 400 : call.failed() ? 429 : 200);
            json.writeNumberField("latencyMs", 700);
            json.writeEndObject();
        }
        return out.toString();
    }
}
