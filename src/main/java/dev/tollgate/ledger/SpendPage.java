package dev.tollgate.ledger;

import java.util.List;

/**
 * Spend of some tenants.
 *
 * @param rows by tenant, model and cost center
 * @param next cursor of the page that follows, empty if this is the last one
 * @param nowMillis the ledger's time, epoch ms: it says which day and month are meant
 */
public record SpendPage(List<Spend> rows, String next, long nowMillis) {

    public SpendPage {
        rows = List.copyOf(rows);
    }
}
