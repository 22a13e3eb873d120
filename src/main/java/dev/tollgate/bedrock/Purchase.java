package dev.tollgate.bedrock;

/**
 * Something bought by a unit other than tokens.
 *
 * @param count from 0 to 2^40; 0 if the amount is not known
 * @param pixels of one image or video frame; 0 if the unit has no size
 * @param premium true for the dearer quality
 */
public record Purchase(Unit unit, long count, long pixels, boolean premium) {

    private static final long MAX = 1L << 40;

    public Purchase {
        count = Math.max(0, Math.min(MAX, count));
        pixels = Math.max(0, pixels);
    }

    /** Of a unit without size and quality. */
    public static Purchase of(Unit unit, long count) {
        return new Purchase(unit, count, 0, false);
    }

    /** False if the amount is not known, so that nothing can price it. */
    public boolean measured() {
        return count > 0;
    }
}
