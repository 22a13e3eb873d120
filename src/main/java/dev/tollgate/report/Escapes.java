package dev.tollgate.report;

/** JSON's escapes in strings. */
final class Escapes {

    private Escapes() {}

    static String decode(String text) throws UnreadableException {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char kind = text.charAt(++i);
            switch (kind) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'u' -> {
                    out.append(unicode(text, i + 1));
                    i += 4;
                }
                default -> out.append(kind);
            }
        }
        return out.toString();
    }

    private static char unicode(String text, int from) throws UnreadableException {
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = i < text.length() ? Character.digit(text.charAt(i), 16) : -1;
            if (digit < 0) {
                throw new UnreadableException("expected four digits behind \\u, found others");
            }
            value = value * 16 + digit;
        }
        return (char) value;
    }
}
