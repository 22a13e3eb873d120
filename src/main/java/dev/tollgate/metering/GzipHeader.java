package dev.tollgate.metering;

/** Skips the header of a gzip member (RFC 1952), split anywhere. */
final class GzipHeader {

    private static final int FIXED = 10;
    private static final int FLAGS_AT = 3;

    private enum Part {
        FIXED,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        CHECKSUM,
        BODY
    }

    private Part part = Part.FIXED;
    private int flags;
    private int read;
    private int extra;

    /** Position of the first byte of the chunk that is no header. */
    int skip(byte[] chunk) {
        int at = 0;
        while (at < chunk.length && part != Part.BODY) {
            header(chunk[at++] & 0xff);
        }
        return at;
    }

    private void header(int b) {
        read++;
        boolean over =
                switch (part) {
                    case FIXED -> {
                        flags = read - 1 == FLAGS_AT ? b : flags;
                        yield read == FIXED;
                    }
                    case EXTRA_LENGTH -> {
                        extra = read == 1 ? b : extra | b << 8;
                        yield read == 2;
                    }
                    case EXTRA -> read >= extra;
                    case NAME, COMMENT -> b == 0;
                    case CHECKSUM -> read == 2;
                    case BODY -> true;
                };
        if (over) {
            read = 0;
            part = next(part);
        }
    }

    private Part next(Part ended) {
        return switch (ended) {
            case FIXED -> has(4) ? Part.EXTRA_LENGTH : next(Part.EXTRA);
            case EXTRA_LENGTH -> extra > 0 ? Part.EXTRA : next(Part.EXTRA);
            case EXTRA -> has(8) ? Part.NAME : next(Part.NAME);
            case NAME -> has(16) ? Part.COMMENT : next(Part.COMMENT);
            case COMMENT -> has(2) ? Part.CHECKSUM : Part.BODY;
            default -> Part.BODY;
        };
    }

    private boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
