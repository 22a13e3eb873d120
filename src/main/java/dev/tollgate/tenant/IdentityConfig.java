package dev.tollgate.tenant;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/**
 * The pod's own facts, and whether its application may name others. A fact that is set and empty (an annotation that the
 * pod does not have) is no fact.
 */
@Unremovable
@ConfigMapping(prefix = "tollgate.identity")
public interface IdentityConfig {
    String DEFAULT_TENANT = "default";
    String NO_APPLICATION = "unknown";
    String NO_COST_CENTER = "unassigned";
    String NO_ENVIRONMENT = "unknown";

    /** Without one: {@value #DEFAULT_TENANT}. */
    Optional<String> tenant();

    /** Without one: {@value #NO_APPLICATION}. */
    Optional<String> application();

    /** Without one: {@value #NO_COST_CENTER}. */
    Optional<String> costCenter();

    /** Without one: {@value #NO_ENVIRONMENT}. */
    Optional<String> environment();

    /** {@code pod}: one pod, one tenant. {@code request}: metadata and headers may name one of {@link #tenants()}. */
    @WithDefault("pod")
    Trust trust();

    /** Tenants that a request may name; {@code *} for any. */
    Optional<List<String>> tenants();

    /** What happens to a call that names a tenant outside the list. */
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
