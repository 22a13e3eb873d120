package dev.tollgate.pricing;

import java.util.Locale;

/** What a model makes; an unknown model costs what the dearest of its kind does. */
enum ModelKind {
    TEXT,
    EMBEDDING,
    RERANK,
    IMAGE,
    VIDEO,
    GUARDRAIL;

    /** The kind by a model's name; text if the name shows none. */
    static ModelKind of(String model) {
        String name = model.toLowerCase(Locale.ROOT);
        if (name.contains("embed")) {
            return EMBEDDING;
        }
        if (name.contains("rerank")) {
            return RERANK;
        }
        if (name.contains("reel") || name.contains("video") || name.startsWith("luma.")) {
            return VIDEO;
        }
        boolean image = name.contains("image") || name.contains("canvas") || name.contains("diffusion");
        return image || name.startsWith("stability.") ? IMAGE : TEXT;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
