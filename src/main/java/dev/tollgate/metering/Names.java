package dev.tollgate.metering;

import java.nio.charset.StandardCharsets;

/** The member names that answers use again and again, so that reading them makes no garbage. */
final class Names {

    private static final int SLOTS = 512;
    private static final String[] KNOWN = {
        "usage",
        "type",
        "delta",
        "text",
        "content",
        "choices",
        "index",
        "id",
        "object",
        "created",
        "model",
        "p",
        "message",
        "role",
        "finish_reason",
        "logprobs",
        "system_fingerprint",
        "contentBlockIndex",
        "output",
        "inputTokens",
        "outputTokens",
        "totalTokens",
        "cacheReadInputTokens",
        "cacheWriteInputTokens",
        "metrics",
        "latencyMs",
        "input_tokens",
        "output_tokens",
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "thinking",
        "partial_json",
        "content_block",
        "stop_reason",
        "stop_sequence",
        "stopReason",
        "outputText",
        "generation",
        "reasoning_content",
        "obfuscation",
        "service_tier",
        "item_id",
        "output_index",
        "content_index",
        "sequence_number",
        "input",
        "toolUse",
        "signature",
        "refusal",
        "bytes"
    };
    private static final String[] TABLE = table();

    private Names() {}

    private static String[] table() {
        String[] table = new String[SLOTS];
        for (String name : KNOWN) {
            byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
            table[slot(bytes, bytes.length)] = name;
        }
        return table;
    }

    private static int slot(byte[] bytes, int length) {
        int hash = length;
        for (int i = 0; i < length; i++) {
            hash = hash * 31 + bytes[i];
        }
        return (hash ^ hash >>> 9) & (SLOTS - 1);
    }

    /** The text of the first {@code length} bytes. */
    static String of(byte[] bytes, int length) {
        String known = TABLE[slot(bytes, length)];
        return known != null && same(known, bytes, length)
                ? known
                : new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static boolean same(String known, byte[] bytes, int length) {
        if (known.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (known.charAt(i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
