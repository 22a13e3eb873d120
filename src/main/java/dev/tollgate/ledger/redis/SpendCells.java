package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.BucketKey;
import dev.tollgate.ledger.Meter;
import dev.tollgate.ledger.Spend;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/** Names and bytes of what one model and cost center used, as {@code ledger.lua} stores them. */
final class SpendCells {

    static final char MARK = 'm';
    private static final int LENGTH = 52;

    private SpendCells() {}

    static String name(Meter used) {
        return BucketKey.encode(used.model()) + '/' + BucketKey.encode(used.costCenter());
    }

    /** What of a cell is of this day and this month; empty if nothing is, or it cannot be read. */
    static Optional<Spend> read(String tenant, String field, Buffer value, long nowMillis) {
        int slash = field.indexOf('/');
        if (value.length() != LENGTH || field.charAt(0) != MARK || slash < 0) {
            return Optional.empty();
        }
        LocalDate today = LocalDate.ofInstant(Instant.ofEpochMilli(nowMillis), ZoneOffset.UTC);
        // A clock that went back stays on its day.
        boolean ofDay = value.getUnsignedShortLE(0) >= today.toEpochDay();
        boolean ofMonth = value.getUnsignedShortLE(2) >= today.getYear() * 12 + today.getMonthValue() - 1;
        if (!ofMonth) {
            return Optional.empty();
        }
        return Optional.of(new Spend(
                tenant,
                BucketKey.decode(field.substring(1, slash)),
                BucketKey.decode(field.substring(slash + 1)),
                ofDay ? value.getLongLE(4) : 0,
                value.getLongLE(28),
                ofDay ? value.getLongLE(12) : 0,
                value.getLongLE(36),
                ofDay ? value.getLongLE(20) : 0,
                value.getLongLE(44)));
    }
}
