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
}
