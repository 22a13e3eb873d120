package dev.tollgate.sidecar;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the process itself: its ports. Every other room has a slice of its own. */
@Unremovable
@ConfigMapping(prefix = "tollgate")
public interface TollgateConfig {
    /** The data port, on 127.0.0.1 and ::1. */
    @WithDefault("8787")
    int port();

    /** Metrics, health, pages. */
    @WithDefault("9000")
    int managementPort();

    /** {@code quarkus.redis.*} has TLS, cluster and sentinel. */
    @WithDefault("redis://127.0.0.1:6379")
    String redisUrl();
}
