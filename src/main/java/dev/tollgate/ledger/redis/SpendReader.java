package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.BucketKey;
import dev.tollgate.ledger.Spend;
import dev.tollgate.ledger.SpendPage;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads pages of spend by plain commands of bounded work; a count that changes meanwhile is read before or after. */
final class SpendReader {

    private static final int TENANTS_AT_ONCE = 32;
    private static final String FIELDS_AT_ONCE = "256";
    private static final Comparator<Spend> ORDER =
            Comparator.comparing(Spend::model).thenComparing(Spend::costCenter);

    private final String org;
    private final LedgerConnection.Sender sender;

    SpendReader(String org, LedgerConnection.Sender sender) {
        this.org = LedgerScript.prefix(org);
        this.sender = sender;
    }

    /** One page on its way. */
    private static final class Page {
        final int limit;
        final long nowMillis;
        final List<Spend> rows = new ArrayList<>();
        int tenants;

        Page(int limit, long nowMillis) {
            this.limit = limit;
            this.nowMillis = nowMillis;
        }

        /** Adds what was read of tenants, up to the limit; the cursor if that is reached before the last. */
        Optional<String> add(List<String> names, List<List<Spend>> read) {
            for (int i = 0; i < names.size(); i++) {
                rows.addAll(read.get(i));
                tenants++;
                if (rows.size() >= limit || tenants >= limit) {
                    return Optional.of(names.get(i));
                }
            }
            return Optional.empty();
        }

        SpendPage end(String next) {
            return new SpendPage(rows, next, nowMillis);
        }
    }

    Future<SpendPage> one(String tenant, long nowMillis) {
        return tenant(BucketKey.encode(tenant), nowMillis).map(rows -> new SpendPage(rows, "", nowMillis));
    }

    Future<SpendPage> all(String cursor, int limit, long nowMillis) {
        return more(cursor, new Page(limit, nowMillis));
    }

    private Future<SpendPage> more(String cursor, Page page) {
        int count = Math.min(TENANTS_AT_ONCE, page.limit - page.tenants);
        Request names = Request.cmd(Command.ZRANGE)
                .arg(org + ":spenders")
                .arg(cursor.isEmpty() ? "-" : "(" + cursor)
                .arg("+")
                .arg("BYLEX")
                .arg("LIMIT")
                .arg("0")
                .arg(String.valueOf(count));
        return sender.send(names).compose(found -> {
            List<String> tenants = found.stream().map(Response::toString).toList();
            return Future.all(
                            tenants.stream().map(t -> tenant(t, page.nowMillis)).toList())
                    .compose(all -> {
                        Optional<String> reached = page.add(tenants, all.list());
                        if (reached.isPresent()) {
                            return Future.succeededFuture(page.end(reached.get()));
                        }
                        return tenants.size() < count
                                ? Future.succeededFuture(page.end(""))
                                : more(tenants.get(tenants.size() - 1), page);
                    });
        });
    }

    private Future<List<Spend>> tenant(String encoded, long nowMillis) {
        Map<String, Spend> rows = new TreeMap<>();
        return fields(encoded, "0", nowMillis, rows)
                .map(v -> rows.values().stream().sorted(ORDER).toList());
    }

    /** A scan can give a field twice; the later one counts. */
    private Future<Void> fields(String encoded, String cursor, long nowMillis, Map<String, Spend> rows) {
        Request scan = Request.cmd(Command.HSCAN)
                .arg(org + ":m:" + encoded)
                .arg(cursor)
                .arg("MATCH")
                .arg(SpendCells.MARK + "*")
                .arg("COUNT")
                .arg(FIELDS_AT_ONCE);
        String tenant = BucketKey.decode(encoded);
        return sender.send(scan).compose(reply -> {
            Response page = reply.get(1);
            for (int i = 0; i + 1 < page.size(); i += 2) {
                String field = page.get(i).toString();
                SpendCells.read(tenant, field, page.get(i + 1).toBuffer(), nowMillis)
                        .ifPresent(row -> rows.put(field, row));
            }
            String next = reply.get(0).toString();
            return next.equals("0") ? Future.succeededFuture() : fields(encoded, next, nowMillis, rows);
        });
    }
}
