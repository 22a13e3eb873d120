package dev.tollgate.metering;

import dev.tollgate.bedrock.Usage;

/**
 * Sum of Anthropic's {@code usage.iterations}. With context compaction the model runs several times in one call, and the
 * counts beside them leave out all but the last run.
 */
final class Iterations {

    private Usage sum = Usage.NONE;
    private final Counts current = new Counts();

    void restart() {
        sum = Usage.NONE;
        current.restart();
    }

    /** The iteration that is being read. */
    Counts current() {
        return current;
    }

    void next() {
        Usage one = current.toUsage();
        sum = new Usage(
                sum.input() + one.input(),
                sum.output() + one.output(),
                sum.cacheRead() + one.cacheRead(),
                sum.cacheWrite5m() + one.cacheWrite5m(),
                sum.cacheWrite1h() + one.cacheWrite1h());
        current.restart();
    }

    /** Sum of all iterations; nothing if there were none. */
    Usage sum() {
        return sum;
    }
}
