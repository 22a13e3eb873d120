package dev.tollgate.report;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** One pass over the inputs. */
public final class ReportRun {

    // Records of one call that lie on either side of a period's border still meet.
    private static final long JOIN_SLACK_MILLIS = 86_400_000;

    private final ReportQuery query;
    private final Dimensions dimensions;
    private final FailedLines failed;
    private final Progress progress;
    private final InstantSource clock;
    private final AtomicLong duplicates = new AtomicLong();

    /** Both kinds of records are there, so that they have to be joined. */
    private static final class BothKindsException extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** @param failed folder for lines that cannot be read; without one they are counted only */
    public ReportRun(ReportQuery query, Optional<Path> failed, Progress progress, InstantSource clock) {
        this.query = query;
        this.dimensions = query.dimensions();
        this.failed = new FailedLines(failed);
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Reads all inputs once; a second time if records of the other kind turn up where one kind was expected.
     *
     * @throws IOException if an input cannot be opened or {@code failed} cannot be written
     */
    public Report run(List<Input> inputs) throws IOException {
        boolean once = inputs.stream().anyMatch(Input::onlyOnce);
        try {
            return run(inputs, once || Kinds.bothIn(inputs));
        } catch (BothKindsException e) {
            failed.clear();
            duplicates.set(0);
            return run(inputs, true);
        } finally {
            progress.end();
            failed.close();
        }
    }

    private Report run(List<Input> inputs, boolean joins) throws IOException {
        CallBook book = new CallBook(joins);
        List<Sums> all = new ArrayList<>();
        AtomicInteger kinds = new AtomicInteger();
        progress.start(inputs);
        new Reading(inputs, dimensions, failed, progress).run(() -> {
            Sums sums = new Sums(query, dimensions);
            synchronized (all) {
                all.add(sums);
            }
            return consumer(book, sums, kinds);
        });
        Sums sums = new Sums(query, dimensions);
        all.forEach(sums::add);
        addKept(book, sums);
        return report(sums);
    }

    private Reading.Consumer consumer(CallBook book, Sums sums, AtomicInteger kinds) {
        CallRecord other = new CallRecord(dimensions.size());
        return call -> {
            if (!book.joins()) {
                int kind = call.log ? 1 : 2;
                if ((kinds.get() | kind) == 3) {
                    throw new BothKindsException();
                }
                if (kinds.get() == 0 && kinds.accumulateAndGet(kind, (a, b) -> a | b) == 3) {
                    throw new BothKindsException();
                }
            }
            if (!sums.inTime(call, book.joins() ? JOIN_SLACK_MILLIS : 0)) {
                return;
            }
            switch (book.enter(call, other)) {
                case FIRST -> sums.add(call);
                case DUPLICATE -> duplicates.incrementAndGet();
                case KEPT -> {}
            }
        };
    }

    private void addKept(CallBook book, Sums into) throws IOException {
        if (!book.joins()) {
            return;
        }
        AtomicInteger next = new AtomicInteger();
        Callable<Void> task = () -> {
            Sums sums = new Sums(query, dimensions);
            CallRecord scratch = new CallRecord(dimensions.size());
            for (int i; (i = next.getAndIncrement()) < IdTable.PARTS; ) {
                book.forEach(i, scratch, sums::add);
            }
            synchronized (into) {
                into.add(sums);
            }
            return null;
        };
        Reading.inParallel(Runtime.getRuntime().availableProcessors(), task);
    }

    private Report report(Sums sums) {
        List<Report.Row> rows = new ArrayList<>();
        sums.groups().sums().entrySet().forEach(e -> rows.add(Report.Row.of(e)));
        rows.sort(Comparator.comparing(Report.Row::key));
        return new Report(
                query,
                clock.instant(),
                List.copyOf(rows),
                sums.groups().total(),
                failed.count(),
                duplicates.get(),
                new TreeMap<>(sums.unpriced()),
                sums.groups().rolledUp());
    }
}
