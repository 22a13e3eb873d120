package dev.tollgate.control;

import dev.tollgate.ledger.Ledger;
import dev.tollgate.ledger.Spend;
import dev.tollgate.ledger.SpendPage;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Spend as the ledger last reported it, sorted.
 *
 * @param whole false if there is more of it than one pod keeps in memory
 * @param at when
 */
record SpendSnapshot(List<SpendRow> rows, boolean whole, Instant at) {

    private static final int MAX_ROWS = 20_000;
    // Short runs of the ledger's script, so that calls do not wait behind long ones.
    private static final int PAGE_ROWS = 250;

    /** What is asked: one tenant's spend if there is one, of all tenants those that are shown. */
    record Question(Optional<String> tenant, Predicate<String> shown) {}

    /** Asks the ledger, page after page. */
    static Future<SpendSnapshot> ask(Ledger ledger, Question question) {
        return ask(ledger, question, "", new TreeMap<>());
    }

    private static Future<SpendSnapshot> ask(
            Ledger ledger, Question question, String cursor, TreeMap<SpendRow.Key, SpendRow> rows) {
        return ledger.spend(question.tenant, cursor, PAGE_ROWS).compose(page -> {
            add(page, question, rows);
            boolean last = page.next().isEmpty();
            return last || rows.size() >= MAX_ROWS
                    ? Future.succeededFuture(
                            new SpendSnapshot(List.copyOf(rows.values()), last, Instant.ofEpochMilli(page.nowMillis())))
                    : ask(ledger, question, page.next(), rows);
        });
    }

    /** One tenant's rows. */
    SpendSnapshot of(String tenant) {
        return new SpendSnapshot(
                rows.stream().filter(row -> row.tenant().equals(tenant)).toList(), whole, at);
    }

    /** The status has no cost centers: theirs are added up. */
    private static void add(SpendPage page, Question question, TreeMap<SpendRow.Key, SpendRow> rows) {
        for (Spend spend : page.rows()) {
            if (question.shown.test(spend.tenant())) {
                SpendRow row = SpendRow.of(spend);
                rows.merge(row.key(), row, SpendRow::plus);
            }
        }
    }
}
