package dev.tollgate.telemetry;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Export to an OpenTelemetry collector by OTLP/HTTP in JSON; off without an endpoint. */
@Unremovable
@ConfigMapping(prefix = "tollgate.otlp")
public interface OtlpConfig {

    /** What is exported. */
    enum Signals {
        ALL,
        TRACES,
        METRICS
    }

    /** Where a receiver listens, such as {@code http://collector:4318}; {@code /v1/traces}, {@code /v1/metrics} follow. */
    Optional<URI> endpoint();

    /** Headers of every request, {@code name=value} with a comma between two; can hold a credential. */
    Optional<String> headers();

    @WithDefault("all")
    Signals signals();

    /** Between two exports of the metrics. */
    @WithDefault("60s")
    Duration metricsEvery();

    /** Of the traces that start here; a caller's own decision is kept. */
    @WithDefault("100")
    int samplePercent();
}
