package dev.tollgate.telemetry;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.Usage;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The three histograms of the OpenTelemetry conventions, without tenants. Each is resolved once for an operation, a model and
 * an error; the number of models and of errors is bounded.
 */
final class GenAiMeters {

    private static final int MAX_ERRORS = 50;

    private final Meters meters;
    private final ModelNames models = new ModelNames();
    private final Set<String> errors = ConcurrentHashMap.newKeySet();
    private final Map<String, Map<Operation, OfOperation>> known = new ConcurrentHashMap<>();

    GenAiMeters(Meters meters) {
        this.meters = meters;
        errors.add(GenAi.NO_ERROR);
    }

    /**
     * Counts one call that went to the upstream.
     *
     * @param real true if the price book knows the model
     */
    void ended(Operation operation, ModelTarget target, boolean real, Metrics.Answered answer) {
        OfOperation its = of(operation, target, models.bounded(target.name(), real));
        String bounded = boundedError(answer.error());
        its.durations.of(bounded).record(answer.nanos(), TimeUnit.NANOSECONDS);
        if (answer.firstChunkNanos() > 0) {
            its.firstChunks.of(bounded).record(answer.firstChunkNanos(), TimeUnit.NANOSECONDS);
        }
        Usage usage = answer.usage();
        long input = GenAi.input(usage);
        if (input > 0) {
            its.tokens.of("input").record((double) input);
        }
        if (usage.output() > 0) {
            its.tokens.of("output").record((double) usage.output());
        }
    }

    private OfOperation of(Operation operation, ModelTarget target, String model) {
        Map<Operation, OfOperation> ofModel = known.get(model);
        if (ofModel == null) {
            ofModel = known.computeIfAbsent(model, m -> new ConcurrentHashMap<>());
        }
        OfOperation its = ofModel.get(operation);
        return its != null
                ? its
                : ofModel.computeIfAbsent(operation, o -> new OfOperation(tags(GenAi.operation(o, target), model)));
    }

    private static Tags tags(String operation, String model) {
        return Tags.of(GenAi.OPERATION, operation, GenAi.PROVIDER, GenAi.BEDROCK, GenAi.REQUEST_MODEL, model);
    }

    private String boundedError(String error) {
        if (errors.contains(error)) {
            return error;
        }
        if (errors.size() >= MAX_ERRORS) {
            return GenAi.OTHER_ERROR;
        }
        errors.add(error);
        return error;
    }

    private final class OfOperation {
        final ByLabel<Timer> durations;
        final ByLabel<Timer> firstChunks;
        final ByLabel<DistributionSummary> tokens;

        OfOperation(Tags tags) {
            this.durations = new ByLabel<>(error -> meters.timer(
                    "gen_ai.client.operation.duration",
                    "Time from the request to the answer's end",
                    tags.and(GenAi.ERROR, error),
                    GenAi.DURATIONS));
            this.firstChunks = new ByLabel<>(error -> meters.timer(
                    "gen_ai.client.operation.time_to_first_chunk",
                    "Time from the request to the first bytes of a streamed answer",
                    tags.and(GenAi.ERROR, error),
                    GenAi.DURATIONS));
            this.tokens = new ByLabel<>(type -> meters.summary(
                    GenAi.TOKEN_USAGE,
                    "Tokens of one call as they are billed; input includes those read from and written to caches",
                    tags.and(GenAi.TOKEN_TYPE, type),
                    GenAi.TOKENS));
        }
    }
}
