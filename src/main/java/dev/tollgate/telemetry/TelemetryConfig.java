package dev.tollgate.telemetry;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** Usage records and metrics. */
@Unremovable
@ConfigMapping(prefix = "tollgate")
public interface TelemetryConfig {
    Usage usage();

    MetricsBounds metrics();

    /** Usage records. */
    interface Usage {
        /** Usage records also go to this file, which is rotated. */
        Optional<Path> file();
    }

    /** Bounds of the number of series. */
    interface MetricsBounds {
        /** Tenants with series of their own; the rest count as {@code _other}. */
        @WithDefault("200")
        int maxTenants();
    }
}
