package dev.tollgate.telemetry;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** Where usage records go. */
@Unremovable
@ConfigMapping(prefix = "tollgate.usage")
public interface UsageConfig {

    /** A file too, rotated at 100 MB, five of them kept. */
    Optional<Path> file();

    /** Whether they go to standard output. */
    @WithDefault("true")
    boolean stdout();
}
