package dev.tollgate.sidecar;

import java.util.Locale;

/**
 * One setting.
 *
 * @param secret true if its value must not be shown
 */
record Setting(String name, Expectation expectation, boolean secret) {

    static Setting of(String name, Expectation expectation) {
        return new Setting(name, expectation, false);
    }

    static Setting secret(String name, Expectation expectation) {
        return new Setting(name, expectation, true);
    }

    /** Its environment variable. */
    String variable() {
        return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    /** URLs of servers without what can be a password: before an @, or behind a question mark. */
    static String servers(String urls) {
        return urls.replaceAll("//[^/,]*@", "//").replaceAll("\\?[^,]*", "");
    }

    /** A value as it may be shown: without control characters, cut, nothing of a secret, no user of a URL. */
    String shown(String value) {
        if (secret) {
            return "a value that is not shown";
        }
        String printable = value.replaceAll("//[^/@]*@", "//***@")
                .replaceAll("\\?[^,]*", "?***")
                .replaceAll("\\p{Cntrl}", "?");
        return '"' + (printable.length() > MAX_SHOWN ? printable.substring(0, MAX_SHOWN) + "..." : printable) + '"';
    }

    private static final int MAX_SHOWN = 100;
}
