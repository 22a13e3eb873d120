package dev.tollgate.upstream;

import java.util.Locale;

/** What became of a tenant's session, or of a call that has none. */
public enum TenantRoleOutcome {
    /** STS gave credentials. */
    ASSUMED,
    /** STS did not. */
    FAILED,
    /** A call was denied for want of a session. */
    DENIED,
    /** A call was signed with the pod's own credentials for want of a session. */
    FALLBACK;

    /** Metric label. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
