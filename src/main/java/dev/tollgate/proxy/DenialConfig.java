package dev.tollgate.proxy;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How denials are reported. */
@Unremovable
@ConfigMapping(prefix = "tollgate.denial")
public interface DenialConfig {
    /** The error of a used-up budget. */
    @WithDefault("service-quota")
    BudgetError budget();

    /** Errors that SDKs know. */
    enum BudgetError {
        /** 400, not retried. */
        SERVICE_QUOTA,
        /** 403, not retried. */
        ACCESS_DENIED,
        /** 429, retried. */
        THROTTLING
    }
}
