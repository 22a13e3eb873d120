package dev.tollgate.proxy;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Whether calls carry the caller as request metadata. */
@Unremovable
@ConfigMapping(prefix = "tollgate")
public interface MetadataConfig {
    @WithDefault("add")
    Metadata metadata();

    /** What happens to request bodies. */
    enum Metadata {
        /** Tenant, application, cost center, environment and request id go to the model invocation log. */
        ADD,
        /** Every byte goes upstream as it came. */
        OFF
    }
}
