package dev.tollgate.telemetry;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Bounds of the number of series. */
@Unremovable
@ConfigMapping(prefix = "tollgate.metrics")
public interface MetricsConfig {
    /** Tenants with series of their own; the rest count as {@code _other}. */
    @WithDefault("200")
    int maxTenants();
}
