package dev.tollgate.bedrock;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How built-in model names become identifiers. */
@Unremovable
@ConfigMapping(prefix = "tollgate.models")
public interface ModelsConfig {

    /**
     * {@code auto}: if a model needs an inference profile, the region's geography, else {@code global}. {@code none}: bare
     * ids. A prefix such as {@code us}: that one if the model has it, and never another.
     */
    @WithDefault("auto")
    String profilePrefix();
}
