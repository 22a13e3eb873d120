package dev.tollgate.report;

import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What one record says of its call. Mutable and reused, because millions pass. */
final class CallRecord {

    /** Values of the keys that a {@link Dimensions} reads, in its order; empty if the record does not say. */
    final String[] values;

    boolean log;
    boolean usage;
    boolean failed;
    boolean denied;
    /** 64 bits of the request id; 0 if there is none. */
    long id;
    /** The request id itself and all request metadata, only if a reader is set to keep them. */
    String requestId = "";

    final Map<String, String> metadata = new LinkedHashMap<>();

    /** Epoch ms. */
    long millis;

    String modelId = "";
    String limit = "";
    ServiceTier tier = ServiceTier.DEFAULT;
    long input;
    long output;
    long cacheRead;
    /** All cache writes. */
    long cacheWrite;
    /** Those of one hour, not more than all. */
    long cacheWrite1h;
    /** Micro-USD that the record itself states; 0 if it states none. */
    long statedMicroUsd;
    /** Version of the price book that the stated cost comes from. */
    String priceVersion = "";

    long images;
    /** Seconds of video. */
    long seconds;
    /** Of one image or frame. */
    long pixels;

    boolean premium;
    /** Milliseconds; -1 if unknown. */
    long latencyMillis;

    CallRecord(int dimensions) {
        values = new String[dimensions];
        clear();
    }

    void clear() {
        Arrays.fill(values, "");
        requestId = "";
        metadata.clear();
        log = false;
        usage = false;
        failed = false;
        denied = false;
        id = 0;
        millis = 0;
        modelId = "";
        limit = "";
        tier = ServiceTier.DEFAULT;
        input = 0;
        output = 0;
        cacheRead = 0;
        cacheWrite = 0;
        cacheWrite1h = 0;
        statedMicroUsd = 0;
        latencyMillis = -1;
        priceVersion = "";
        images = 0;
        seconds = 0;
        pixels = 0;
        premium = false;
    }

    /** Copies everything but the values. */
    void copyNumbers(CallRecord other) {
        failed = other.failed;
        millis = other.millis;
        input = other.input;
        output = other.output;
        cacheRead = other.cacheRead;
        cacheWrite = other.cacheWrite;
        images = other.images;
        seconds = other.seconds;
        pixels = other.pixels;
        premium = other.premium;
    }

    /** True for a call that failed before a model did anything: the sidecar gave back what it had reserved. */
    boolean free() {
        return failed && noTokens() && statedMicroUsd == 0;
    }

    boolean noTokens() {
        return input == 0 && output == 0 && cacheRead == 0 && cacheWrite == 0;
    }

    Usage tokens() {
        long oneHour = Math.min(cacheWrite, cacheWrite1h);
        return new Usage(input, output, cacheRead, cacheWrite - oneHour, oneHour);
    }

    /**
     * Takes in the other record of the same call. Counts, time and outcome are the log's; dimensions are the log's, and
     * the usage record's if the log lacks them.
     */
    void merge(CallRecord other) {
        if (other.log) {
            copyNumbers(other);
            modelId = other.modelId;
        }
        for (int i = 0; i < values.length; i++) {
            boolean otherFirst = other.log && !other.values[i].isEmpty();
            if (otherFirst || values[i].isEmpty()) {
                values[i] = other.values[i];
            }
        }
        if (tier == ServiceTier.DEFAULT) {
            tier = other.tier;
        }
        cacheWrite1h = Math.max(cacheWrite1h, other.cacheWrite1h);
        statedMicroUsd = Math.max(statedMicroUsd, other.statedMicroUsd);
        latencyMillis = Math.max(latencyMillis, other.latencyMillis);
        log |= other.log;
        usage |= other.usage;
    }
}
