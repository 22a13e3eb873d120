package dev.tollgate.pricing;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** Which prices apply, and which estimate is reserved. */
@Unremovable
@ConfigMapping(prefix = "tollgate")
public interface PricingConfig {
    Prices prices();

    @WithDefault("expected")
    Estimator.Mode estimate();

    /** The price book. */
    interface Prices {
        /** Default: the bundled book. */
        Optional<Path> file();
    }
}
