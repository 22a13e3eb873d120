package dev.tollgate.metering;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * Adds what the headers of a plain InvokeModel say: the tier and latency that served it, and the counts, which are the
 * only source for families whose bodies have none.
 */
final class AnswerHeaders implements Meter {

    private static final String PREFIX = "X-Amzn-Bedrock-";
    private static final int MAX_DIGITS = 15;
    private static final long ABSENT = -1;
    private static final long UNREADABLE = -2;

    private final Meter body;
    private final Usage counted;
    private final boolean whole;
    private final Optional<ServiceTier> tier;
    private final Optional<Boolean> optimized;

    AnswerHeaders(Meter body, MultiMap headers) {
        this.body = body;
        long input = count(headers, PREFIX + "Input-Token-Count");
        long output = count(headers, PREFIX + "Output-Token-Count");
        long read = count(headers, PREFIX + "Cache-Read-Input-Token-Count");
        long written = count(headers, PREFIX + "Cache-Write-Input-Token-Count");
        boolean readable = Math.min(Math.min(input, output), Math.min(read, written)) != UNREADABLE;
        this.counted = readable ? new Usage(input, output, read, written, 0) : Usage.NONE;
        this.whole = readable && input >= 0 && output >= 0;
        this.tier = Optional.ofNullable(headers.get(PREFIX + "Service-Tier")).map(ServiceTier::of);
        this.optimized = Optional.ofNullable(headers.get(PREFIX + "PerformanceConfig-Latency"))
                .map("optimized"::equals);
    }

    @Override
    public void accept(Buffer bytes) {
        body.accept(bytes);
    }

    @Override
    public boolean refused() {
        return body.refused();
    }

    @Override
    public Metered metered() {
        Metered so = body.metered();
        return new Metered(
                so.usage().or(() -> whole ? Optional.of(counted) : Optional.empty()),
                larger(so.passed()),
                tier.or(so::tier),
                optimized.or(so::optimized),
                so.purchases());
    }

    /** What passed, with what the headers count and the body does not. */
    private Usage larger(Usage passed) {
        long output = Math.max(passed.output(), counted.output());
        Usage input = passed.allInput() > 0 ? passed : counted;
        return new Usage(input.input(), output, input.cacheRead(), input.cacheWrite5m(), input.cacheWrite1h());
    }

    @Override
    public boolean atFrameBoundary() {
        return body.atFrameBoundary();
    }

    /** The answer's declared size in bytes; 0 if it declares none. */
    static long contentLength(MultiMap headers) {
        return Math.max(0, count(headers, "Content-Length"));
    }

    private static long count(MultiMap headers, String name) {
        String value = headers.get(name);
        if (value == null) {
            return ABSENT;
        }
        if (value.isEmpty() || value.length() > MAX_DIGITS) {
            return UNREADABLE;
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return UNREADABLE;
            }
        }
        return Long.parseLong(value);
    }
}
