package dev.tollgate.ledger;

/**
 * What one call used, for the spend of its tenant. Names are cut to {@value #MAX_NAME} characters.
 *
 * @param model as in the usage record; empty if nothing is metered
 * @param microUsd cost, 0 to {@link Bucket#MAX_AMOUNT}
 * @param tokens of all kinds, 0 to {@link Bucket#MAX_AMOUNT}
 */
public record Meter(String model, String costCenter, long microUsd, long tokens) {

    public static final int MAX_NAME = 128;

    /** Stands for the models and cost centers of a tenant that are more than {@link #MAX_NAMES} new ones on one day. */
    public static final String OTHER = "_other";

    /** Pairs of model and cost center that one tenant can begin on one day. */
    public static final int MAX_NAMES = 64;

    public static final Meter NONE = new Meter("", "", 0, 0);

    public Meter {
        model = cut(model);
        costCenter = cut(costCenter);
        microUsd = Math.max(0, Math.min(microUsd, Bucket.MAX_AMOUNT));
        tokens = Math.max(0, Math.min(tokens, Bucket.MAX_AMOUNT));
    }

    private static String cut(String name) {
        return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME);
    }

    public boolean isNone() {
        return model.isEmpty();
    }
}
