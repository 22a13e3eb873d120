package dev.tollgate.telemetry;

import org.jboss.logging.Logger;

/** Writes usage records to the logger {@code tollgate.usage}, whose handlers are asynchronous. */
public final class UsageLog {

    private static final Logger LOG = Logger.getLogger("tollgate.usage");

    public void write(UsageRecord record) {
        if (LOG.isInfoEnabled()) {
            LOG.info(record.json());
        }
    }
}
