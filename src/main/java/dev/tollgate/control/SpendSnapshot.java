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
            Ledger ledger, Question question, String from, TreeMap<SpendRow.Key, SpendRow> rows) {
        String cursor = from;
        while (true) {
            Future<SpendPage> asked = ledger.spend(question.tenant, cursor, PAGE_ROWS);
            if (!asked.succeeded()) {
                return asked.compose(page -> add(page, question, rows)
                        ? Future.succeededFuture(snapshot(page, rows))
                        : ask(ledger, question, page.next(), rows));
            }
            // An answer that is there at once, from memory, takes no stack.
            if (add(asked.result(), question, rows)) {
                return Future.succeededFuture(snapshot(asked.result(), rows));
            }
            cursor = asked.result().next();
        }
    }

    private static SpendSnapshot snapshot(SpendPage last, TreeMap<SpendRow.Key, SpendRow> rows) {
        return new SpendSnapshot(
                List.copyOf(rows.values()), last.next().isEmpty(), Instant.ofEpochMilli(last.nowMillis()));
    }

    /** One tenant's rows. */
    SpendSnapshot of(String tenant) {
        return new SpendSnapshot(
                rows.stream().filter(row -> row.tenant().equals(tenant)).toList(), whole, at);
    }

    /** The status has no cost centers: theirs are added up. True if no further page is to be asked. */
    private static boolean add(SpendPage page, Question question, TreeMap<SpendRow.Key, SpendRow> rows) {
        for (Spend spend : page.rows()) {
            if (question.shown.test(spend.tenant())) {
                SpendRow row = SpendRow.of(spend);
                rows.merge(row.key(), row, SpendRow::plus);
            }
        }
        return page.next().isEmpty() || rows.size() >= MAX_ROWS;
    }
}
