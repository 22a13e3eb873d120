package dev.tollgate.proxy;

/** Foreign text in messages: one line, bounded, without control characters. */
final class Printable {

    private static final int MAX = 100;

    private Printable() {}

    static String of(String text) {
        StringBuilder out = new StringBuilder(Math.min(MAX, text.length()) + 3);
        for (int i = 0; i < text.length() && i < MAX; i++) {
            char c = text.charAt(i);
            out.append(c < ' ' || c > '~' ? '?' : c);
        }
        return text.length() > MAX ? out.append("...").toString() : out.toString();
    }
}
