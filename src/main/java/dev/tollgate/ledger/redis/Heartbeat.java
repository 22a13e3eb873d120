package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.LedgerException;
import dev.tollgate.ledger.LedgerFault;
import dev.tollgate.ledger.LedgerHealth.Durability;
import dev.tollgate.ledger.PodShare;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Once a second while this pod has calls or had some in the last minute, else every five: this pod lives, how many others do,
 * is it still the same ledger, whose leases have ended. Belongs to the ledger's event loop.
 */
final class Heartbeat {

    private static final Logger LOG = Logger.getLogger(Heartbeat.class);
    private static final long BUSY_MILLIS = 1000;
    private static final long IDLE_MILLIS = 5000;
    private static final long BUSY_FOR_NANOS = 60_000_000_000L;
    private static final long LIVE_MILLIS = 15_000;
    private static final int MAX_GREETINGS = 5;
    private static final int MAX_SWEEPS = 16;
    private static final long FACTS_EVERY_NANOS = 15_000_000_000L;
    private static final Pattern FACTS = Pattern.compile("aof (\\S+) replicas (\\S+) maxmemory (\\S+) policy (\\S+)");

    /** Sends a run and reads its reply; enters another life if that is the reply. */
    interface Runner {
        Future<RunReply> run(LedgerScript.Kind kind, String tenant, long leaseMillis);
    }

    private final Vertx vertx;
    private final Runner runner;
    private long timer = -1;
    private boolean stopped;
    private boolean idle;
    private long busyAt = System.nanoTime() - BUSY_FOR_NANOS;
    private volatile Optional<PodShare> share = Optional.empty();
    private volatile Durability durability = Durability.UNKNOWN;
    private volatile boolean evicting;
    private String reported = "";
    private long factsAt = System.nanoTime();

    Heartbeat(Vertx vertx, Runner runner) {
        this.vertx = vertx;
        this.runner = runner;
    }

    /** This pod among the others as last heard; empty if never. */
    Optional<PodShare> share() {
        return share;
    }

    Durability durability() {
        return durability;
    }

    boolean evicting() {
        return evicting;
    }

    /** A call uses the ledger. */
    void busy() {
        busyAt = System.nanoTime();
        if (idle && !stopped && timer >= 0 && vertx.cancelTimer(timer)) {
            start();
        }
    }

    void start() {
        idle = System.nanoTime() - busyAt >= BUSY_FOR_NANOS;
        timer = vertx.setTimer(idle ? IDLE_MILLIS : BUSY_MILLIS, t -> beat().onComplete(done -> {
            if (!stopped) {
                start();
            }
        }));
    }

    /** Tells the others that this pod ends. */
    Future<Void> stop() {
        stopped = true;
        vertx.cancelTimer(timer);
        return runner.run(LedgerScript.Kind.BEAT, "", 0).mapEmpty();
    }

    /** Greets until the ledger is in the life that this pod knows; more than a few lives at once are a fault. */
    static Future<RunReply> greet(Runner runner) {
        return greet(runner, MAX_GREETINGS);
    }

    private static Future<RunReply> greet(Runner runner, int left) {
        return runner.run(LedgerScript.Kind.GREET, "", LIVE_MILLIS).compose(reply -> {
            if (!reply.otherLife()) {
                return Future.succeededFuture(reply);
            }
            return left > 0
                    ? greet(runner, left - 1)
                    : Future.failedFuture(
                            new LedgerException(LedgerFault.SERVER, "the ledger changes its life again and again"));
        });
    }

    /** @return the highest number of this pod's runs that the ledger had stored before */
    long greeted(RunReply reply) {
        long found = heard(reply);
        facts(reply.rest());
        return found;
    }

    private long heard(RunReply reply) {
        long found = reply.longAt();
        int pods = (int) Math.max(1, reply.intAt());
        int rank = (int) Math.min(pods - 1, reply.intAt());
        share = Optional.of(new PodShare(pods, rank));
        List<String> due = new ArrayList<>();
        for (int n = reply.byteAt(); n > 0; n--) {
            due.add(reply.textAt());
        }
        due.forEach(tenant -> sweep(tenant, MAX_SWEEPS));
        return found;
    }

    /** Now and then a greeting, because a server loses a replica or its settings while pods are connected. */
    Future<Void> beat() {
        boolean greets = System.nanoTime() - factsAt >= FACTS_EVERY_NANOS;
        return runner.run(greets ? LedgerScript.Kind.GREET : LedgerScript.Kind.BEAT, "", LIVE_MILLIS)
                .map(reply -> {
                    if (!reply.otherLife()) {
                        heard(reply);
                        if (greets) {
                            facts(reply.rest());
                        }
                    }
                    return (Void) null;
                })
                .onFailure(e -> LOG.debugf("no heartbeat: %s", e.getMessage()));
    }

    private void sweep(String tenant, int left) {
        runner.run(LedgerScript.Kind.SWEEP, tenant, 1).onSuccess(reply -> {
            if (!reply.otherLife()) {
                reply.longAt();
                reply.longAt();
                if (reply.byteAt() != 0 && left > 1) {
                    sweep(tenant, left - 1);
                }
            }
        });
    }

    /** Reports once what would lose spent budgets: a server that keeps nothing, or that drops keys. */
    private void facts(String text) {
        factsAt = System.nanoTime();
        Matcher facts = FACTS.matcher(text);
        if (!facts.matches() || text.equals(reported)) {
            return;
        }
        reported = text;
        durability = facts.group(1).equals("?")
                ? Durability.UNKNOWN
                : facts.group(1).equals("1")
                        ? Durability.AOF
                        : facts.group(2).matches("[1-9]\\d*") ? Durability.REPLICA : Durability.NONE;
        evicting = facts.group(4).startsWith("allkeys") && !facts.group(3).equals("0");
        if (durability == Durability.NONE) {
            LOG.warn(
                    "Redis has neither an append-only file nor a replica: if it loses its data, what pods that have ended"
                            + " spent is forgotten; set appendonly yes, or add a replica and min-replicas-to-write 1");
        }
        if (evicting) {
            LOG.warnf(
                    "Redis drops keys when its memory is full (maxmemory-policy %s), spent budgets among them;"
                            + " set noeviction or a volatile policy",
                    facts.group(4));
        }
    }

    static Buffer nothing() {
        return Buffer.buffer();
    }
}
