package dev.tollgate.report;

import dev.tollgate.tenant.Caller;
import java.util.Set;

/** Who made a recorded call, with the sidecar's own words for what the record does not say. */
final class RecordedCaller {

    static final Set<String> KEYS = Set.of("tenant", "application", "costCenter", "environment", "user");

    private RecordedCaller() {}

    static Caller of(CallRecord call, Dimensions dimensions) {
        return new Caller(
                value(call, dimensions, "tenant", "default"),
                value(call, dimensions, "application", "unknown"),
                value(call, dimensions, "costCenter", "unassigned"),
                value(call, dimensions, "environment", "unknown"),
                value(call, dimensions, "user", Caller.NO_USER));
    }

    private static String value(CallRecord call, Dimensions dimensions, String key, String missing) {
        String value = call.values[dimensions.index(key)];
        return value.isEmpty() ? missing : value;
    }
}
