package dev.tollgate.tenant;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/** The pod's own facts, and whether its application may name others. */
@ConfigMapping(prefix = "tollgate.identity")
public interface IdentityConfig {
    String NO_COST_CENTER = "unassigned";
    String NO_ENVIRONMENT = "unknown";

    @WithDefault("default")
    String tenant();

    @WithDefault("unknown")
    String application();

    @WithDefault(NO_COST_CENTER)
    String costCenter();

    @WithDefault(NO_ENVIRONMENT)
    String environment();

    /** {@code pod}: one pod, one tenant. {@code request}: metadata and headers may name one of {@link #tenants()}. */
    @WithDefault("pod")
    Trust trust();

    /** Tenants that a request may name; {@code *} for any. */
    Optional<List<String>> tenants();

    /** What becomes of a call that names a tenant outside the list. */
    @WithDefault("deny")
    Unknown unknownTenant();

    enum Trust {
        POD,
        REQUEST
    }

    enum Unknown {
        DENY,
        DEFAULT
    }
}
