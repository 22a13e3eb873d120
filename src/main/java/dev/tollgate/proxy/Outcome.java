package dev.tollgate.proxy;

import dev.tollgate.bedrock.Usage;
import dev.tollgate.metering.StreamEnd;
import java.util.Optional;

/**
 * How a forwarded call ended.
 *
 * @param status of the upstream, 0 where it never answered
 * @param usage as reported
 * @param produced true where the model may have worked: without usage the estimate is charged, else nothing
 * @param errorType {@code none} where all went well
 * @param upstreamId the upstream's request id, empty where it gave none
 * @param firstByteNanos after the request began, 0 where no byte came
 */
record Outcome(
        StreamEnd end,
        int status,
        Optional<Usage> usage,
        boolean produced,
        String errorType,
        String upstreamId,
        long firstByteNanos) {}
