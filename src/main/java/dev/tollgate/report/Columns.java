package dev.tollgate.report;

import java.util.List;
import java.util.function.ToLongFunction;

/** The numbers of a row, with the names that JSON and CSV share: a contract, other programs read it. */
record Columns(String name, ToLongFunction<Totals> value) {

    static final List<Columns> ALL = List.of(
            new Columns("calls", t -> t.calls),
            new Columns("failedCalls", t -> t.failed),
            new Columns("deniedCalls", t -> t.denied),
            new Columns("inputTokens", t -> t.input),
            new Columns("outputTokens", t -> t.output),
            new Columns("cacheReadTokens", t -> t.cacheRead),
            new Columns("cacheWriteTokens", t -> t.cacheWrite),
            new Columns("cacheWrite1hTokens", t -> t.cacheWrite1h),
            new Columns("costMicroUsd", Totals::microUsd));
}
