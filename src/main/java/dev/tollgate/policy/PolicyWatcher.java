package dev.tollgate.policy;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The policy in force. The file is read regularly by a worker, so that a ConfigMap's swapped link is noticed as well as an
 * edit. A bad file changes nothing: the last good policy stays in force, and the log says where and why.
 */
public final class PolicyWatcher implements Supplier<Policy> {

    private static final Logger LOG = Logger.getLogger(PolicyWatcher.class);
    // Not a content that a file can have.
    private static final String UNREADABLE = "\0unreadable";
    // Longer than an editor or cp takes from the first byte that it writes to the last.
    private static final Duration SETTLED = Duration.ofMillis(50);

    /** Receives the outcome of each reload. */
    public interface Listener {
        void reloaded(Policy policy);

        void refused();
    }

    private final Vertx vertx;
    private final Path file;
    private final InstantSource clock;
    private final Listener listener;
    private final Duration settled;
    private volatile PolicyState state;
    private String seen;
    private String found;
    private long foundNanos;
    private Instant looked;

    private PolicyWatcher(
            Vertx vertx,
            Path file,
            Policy first,
            String seen,
            InstantSource clock,
            Listener listener,
            Duration settled) {
        this.vertx = vertx;
        this.file = file;
        this.state = PolicyState.loaded(file, first, clock.instant());
        this.seen = seen;
        this.found = seen;
        this.clock = clock;
        this.looked = clock.instant();
        this.listener = listener;
        this.settled = settled;
    }

    /**
     * Reads the file and starts to watch it; a change is loaded once the file stayed the same for 50 ms.
     *
     * @param every at least a millisecond
     * @param clock by which overrides end
     * @throws PolicyException if the file has mistakes
     * @throws IOException if it cannot be read
     */
    public static PolicyWatcher start(Vertx vertx, Path file, Duration every, InstantSource clock, Listener listener)
            throws IOException {
        return start(vertx, file, every, clock, listener, SETTLED);
    }

    /** @param settled how long a changed file must stay as it is before it is loaded */
    static PolicyWatcher start(
            Vertx vertx, Path file, Duration every, InstantSource clock, Listener listener, Duration settled)
            throws IOException {
        String text = Files.readString(file);
        Policy first = PolicyReader.read(text, version(file));
        PolicyWatcher watcher = new PolicyWatcher(vertx, file, first, text, clock, listener, settled);
        watcher.overrides(o -> o.inForce(watcher.looked), "override %s is in force");
        listener.reloaded(first);
        vertx.setPeriodic(Math.max(1, every.toMillis()), t -> watcher.lookSoon());
        return watcher;
    }

    @Override
    public Policy get() {
        return state.policy();
    }

    /** What is in force, and what is wrong with a later file. */
    public PolicyState state() {
        return state;
    }

    private void lookSoon() {
        vertx.executeBlocking(this::look, true);
    }

    private synchronized boolean look() {
        Instant now = clock.instant();
        Instant before = looked;
        looked = now;
        overrides(o -> o.inForce(before) && !o.inForce(now), "override %s is over");
        String text;
        long version;
        try {
            version = version(file);
            text = Files.readString(file);
        } catch (IOException e) {
            refuse(List.of(PolicyState.Mistake.ofFile("it cannot be read")), UNREADABLE);
            return false;
        }
        if (text.equals(seen)) {
            return false;
        }
        if (!text.equals(found)) {
            // Half of a policy can be a policy, with fewer limits: what is still being written waits.
            found = text;
            foundNanos = System.nanoTime();
            vertx.setTimer(settled.toMillis() + 1, t -> lookSoon());
            return false;
        }
        if (System.nanoTime() - foundNanos < settled.toNanos()) {
            return false;
        }
        return load(text, version);
    }

    private boolean load(String text, long version) {
        Policy current = state.policy();
        try {
            Policy read = PolicyReader.read(text, Math.max(version, current.version() + 1));
            if (!current.limits().isEmpty() && PolicyReader.isEmpty(text)) {
                // An editor empties a file before it writes it: no reason to lift every limit.
                refuse(
                        List.of(PolicyState.Mistake.ofFile(
                                "expected a policy, found a file without content; \"limits: []\" lifts all limits")),
                        text);
                return false;
            }
            if (read.revised() && read.version() <= current.version()) {
                LOG.warnf(
                        "Policy %s changed but its revision did not grow: rates keep what the later revision said",
                        file);
            }
            List<String> changes = PolicyDiff.of(current, read, looked);
            state = PolicyState.loaded(file, read, clock.instant());
            seen = text;
            LOG.infof("Policy %s reloaded: %d limits", file, read.limits().size());
            changes.forEach(change -> LOG.infof("Policy: %s", change));
            listener.reloaded(read);
            return true;
        } catch (PolicyException e) {
            refuse(e.problems().stream().map(PolicyState.Mistake::of).toList(), text);
            return false;
        }
    }

    /** Logs the overrides that a test picks. */
    private void overrides(Predicate<BudgetOverride> picked, String what) {
        for (Limit limit : state.policy().limits()) {
            if (limit.quantity() instanceof Limit.Budget budget
                    && budget.override().filter(picked).isPresent()) {
                LOG.infof(
                        "Policy: limit %s: " + what + ", its own amount is %s",
                        limit.name(),
                        PolicyTable.override(budget),
                        PolicyTable.amount(budget.weight(), budget.amount()));
            }
        }
    }

    private void refuse(List<PolicyState.Mistake> mistakes, String text) {
        if (!text.equals(seen)) {
            seen = text;
            state = state.with(mistakes);
            String why = mistakes.stream().map(PolicyState.Mistake::toString).collect(Collectors.joining("\n"));
            LOG.errorf("Policy %s is not loaded, the last good one stays in force:%n%s", file, why);
            listener.refused();
        }
    }

    private static long version(Path file) throws IOException {
        FileTime changed = Files.getLastModifiedTime(file);
        return Math.max(0, changed.toMillis());
    }
}
