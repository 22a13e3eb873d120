package dev.tollgate.tenant;

/** Who makes a call; every part is 1 to 128 printable characters. */
public record Caller(String tenant, String application, String costCenter, String environment, String user) {

    static final int MAX_LENGTH = 128;

    /** Value of {@link #user} where nobody is named. */
    public static final String NO_USER = "none";

    /** True for what may name a tenant, application, cost center, environment or user. */
    public static boolean legal(String name) {
        return !name.isEmpty()
                && name.length() <= MAX_LENGTH
                && name.chars().allMatch(c -> c >= ' ' && c != 127 && !Character.isISOControl(c));
    }

    // Written out because callers are looked up on every call, and native-image interprets a record's own.
    @Override
    public boolean equals(Object other) {
        return other instanceof Caller that
                && tenant.equals(that.tenant)
                && application.equals(that.application)
                && costCenter.equals(that.costCenter)
                && environment.equals(that.environment)
                && user.equals(that.user);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * tenant.hashCode() + application.hashCode()) + user.hashCode();
    }
}
