package dev.tollgate.bedrock;

import java.util.ArrayList;
import java.util.List;

/**
 * Something bought by a unit other than tokens.
 *
 * @param count from 0 to 2^40; 0 if the amount is not known
 * @param pixels of one image or video frame; 0 if the unit has no size
 * @param premium true for the dearer quality
 */
public record Purchase(Unit unit, long count, long pixels, boolean premium) {

    private static final long MAX = 1L << 40;
    private static final long UNIT_CHARACTERS = 1000;
    private static final List<Unit> TEXT_POLICIES =
            List.of(Unit.TOPIC_TEXT, Unit.CONTENT_TEXT, Unit.SENSITIVE_TEXT, Unit.GROUNDING_TEXT, Unit.REASONING_TEXT);

    public Purchase {
        count = Math.max(0, Math.min(MAX, count));
        pixels = Math.max(0, pixels);
    }

    /** Of a unit without size and quality. */
    public static Purchase of(Unit unit, long count) {
        return new Purchase(unit, count, 0, false);
    }

    /** Guardrail text units of so many characters. */
    public static long textUnits(long characters) {
        return (characters + UNIT_CHARACTERS - 1) / UNIT_CHARACTERS;
    }

    /**
     * The most that a guardrail examines. Its policies are configured on the server, so each of them is assumed to examine
     * all.
     */
    public static List<Purchase> guardrail(long textUnits, long images) {
        List<Purchase> most = new ArrayList<>();
        TEXT_POLICIES.forEach(policy -> most.add(of(policy, textUnits)));
        if (images > 0) {
            most.add(of(Unit.CONTENT_IMAGE, images));
        }
        return most;
    }

    /** False if the amount is not known, so that nothing can price it. */
    public boolean measured() {
        return count > 0;
    }
}
