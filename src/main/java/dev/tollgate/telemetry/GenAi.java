package dev.tollgate.telemetry;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import java.time.Duration;
import java.util.List;

/**
 * Names and bounds of the OpenTelemetry conventions for generative AI:
 * <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/">metrics</a>,
 * <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/">spans</a>.
 */
final class GenAi {

    static final String OPERATION = "gen_ai.operation.name";
    static final String PROVIDER = "gen_ai.provider.name";
    static final String BEDROCK = "aws.bedrock";
    static final String REQUEST_MODEL = "gen_ai.request.model";
    static final String TOKEN_USAGE = "gen_ai.client.token.usage";
    static final String TOKEN_TYPE = "gen_ai.token.type";
    static final String ERROR = "error.type";
    /** Error of a call that has none: no label is empty. */
    static final String NO_ERROR = "none";
    /** What the conventions call an error beyond a bounded set. */
    static final String OTHER_ERROR = "_OTHER";

    /** Seconds from 0.01 to 81.92, each twice the one before. */
    static final Duration[] DURATIONS = durations();

    /** Tokens from 1 to 67,108,864, each four times the one before. */
    static final double[] TOKENS = tokens();

    private static final List<String> MAKES_MEDIA =
            List.of("canvas", "image", "stable-", "stability", "reel", "ray-v", "sonic", "rerank");

    private GenAi() {}

    private static Duration[] durations() {
        long[] nanos = new long[14];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = 10_000_000L << i;
        }
        return Meters.buckets(nanos);
    }

    private static double[] tokens() {
        double[] bounds = new double[14];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = 1L << 2 * i;
        }
        return bounds;
    }

    /** The well-known name of an operation; Bedrock's own for those that have none. */
    static String operation(Operation operation, ModelTarget target) {
        return operation(operation, target.pricedModel().orElse(target.sendId()));
    }

    /** @param model its id, which says what {@code InvokeModel} does */
    static String operation(Operation operation, String model) {
        return switch (operation) {
            case CONVERSE, CONVERSE_STREAM, CHAT_COMPLETIONS, RESPONSES -> "chat";
            case INVOKE, INVOKE_STREAM ->
                model.contains("embed")
                        ? "embeddings"
                        : MAKES_MEDIA.stream().anyMatch(model::contains) ? "generate_content" : "chat";
            default -> operation.label();
        };
    }

    /** Input tokens as the conventions count them: those read from and written to caches too. */
    static long input(Usage usage) {
        return usage.allInput();
    }
}
