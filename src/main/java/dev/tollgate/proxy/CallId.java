package dev.tollgate.proxy;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** UUID version 7 (RFC 9562): ordered by time, made once for each call. */
final class CallId {

    private CallId() {}

    /** @param millis now, epoch ms */
    static String at(long millis) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = millis << 16 | 0x7000 | random.nextLong() & 0x0fff;
        long low = random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }
}
