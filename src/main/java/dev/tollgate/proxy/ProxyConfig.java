package dev.tollgate.proxy;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Bounds of the data path. */
@Unremovable
@ConfigMapping(prefix = "tollgate.proxy")
public interface ProxyConfig {
    /** Largest request body, in bytes; Bedrock's own limit. */
    @WithDefault("25000000")
    long maxBodyBytes();

    /** Most bytes of request bodies that are held at once. */
    @WithDefault("64000000")
    long maxBufferedBytes();

    /** Most calls in progress. */
    @WithDefault("1000")
    int maxInFlight();

    /** How long an answer is read on after its client went away. */
    @WithDefault("5m")
    Duration drainTimeout();

    /** Most answers that are read on at once. */
    @WithDefault("100")
    int maxDraining();

    /** How long open calls may go on after SIGTERM. */
    @WithDefault("25s")
    Duration shutdownGrace();
}
