package dev.tollgate.bedrock;

import java.util.Locale;

/** What Bedrock sells beside tokens, one price each. */
public enum Unit {
    /** One rerank query over up to 100 chunks of documents. */
    QUERY,
    /** One generated or edited image. */
    IMAGE,
    /** One second of generated video. */
    SECOND,
    /** One image that is embedded. */
    INPUT_IMAGE,
    /** One second of video that is embedded or described. */
    INPUT_SECOND,
    /** Guardrail text units of up to 1,000 characters, by policy. */
    TOPIC_TEXT,
    CONTENT_TEXT,
    SENSITIVE_TEXT,
    GROUNDING_TEXT,
    REASONING_TEXT,
    /** One image that a guardrail's content policy examines. */
    CONTENT_IMAGE;

    /** Name in the price book, such as {@code input-image}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
