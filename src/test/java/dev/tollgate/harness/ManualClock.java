package dev.tollgate.harness;

import java.time.Instant;
import java.time.InstantSource;

/** Time that tests move. */
public final class ManualClock implements InstantSource {

    private volatile long millis;

    public ManualClock(long millis) {
        this.millis = millis;
    }

    public void advance(long by) {
        millis += by;
    }

    public void set(long to) {
        millis = to;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis);
    }

    @Override
    public long millis() {
        return millis;
    }
}
