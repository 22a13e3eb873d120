package dev.tollgate.sidecar;

import dev.tollgate.admission.LimitsNow;
import dev.tollgate.control.EventStreams;
import dev.tollgate.control.LimitsPage;
import dev.tollgate.control.ManagementPages;
import dev.tollgate.control.PodFacts;
import dev.tollgate.control.StatusFeed;
import dev.tollgate.control.StatusPage;
import dev.tollgate.control.Visibility;

/** What people read of the pod. */
record ControlRoom(ManagementPages pages, EventStreams events) {

    static ControlRoom of(
            Platform platform, Slices slices, PodFacts facts, LimitsNow limits, LedgerWiring ledger, Visibility shown) {
        StatusFeed feed = new StatusFeed(
                platform.vertx(),
                platform.clock(),
                facts,
                limits,
                ledger.books().ledger(),
                shown);
        StatusPage status = new StatusPage(platform.vertx(), feed);
        EventStreams events = new EventStreams(platform.vertx(), feed, status);
        return new ControlRoom(
                new ManagementPages(slices.control(), new LimitsPage(limits, shown), status, events), events);
    }
}
