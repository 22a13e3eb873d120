package dev.tollgate.ledger.redis;

import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Everything that is stored, read by the contract in {@code ledger.lua}, beside what the oracle says should be. */
final class LedgerState {

    private static final List<String> TENANTS = List.of("", "a", "b");
    private final RedisFixture redis;

    LedgerState(RedisFixture redis) {
        this.redis = redis;
    }

    /** Field (bytes as Latin-1 text) to value. */
    private Map<String, byte[]> fields(String key) {
        Map<String, byte[]> out = new TreeMap<>();
        Response names = redis.send(Command.HKEYS, key);
        for (Response name : names) {
            byte[] bytes = name.toBytes();
            out.put(latin(bytes), redis.send(Command.HGET, key, bytes).toBytes());
        }
        return out;
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private Map<String, Long> scores(String key) {
        Map<String, Long> out = new TreeMap<>();
        List<Response> flat = new ArrayList<>();
        for (Response one : redis.send(Command.ZRANGE, key, 0, -1, "WITHSCORES")) {
            if (one.type() == ResponseType.MULTI) {
                flat.add(one.get(0));
                flat.add(one.get(1));
            } else {
                flat.add(one);
            }
        }
        for (int i = 0; i < flat.size(); i += 2) {
            out.put(hex(flat.get(i).toBytes()), (long)
                    Double.parseDouble(flat.get(i + 1).toString()));
        }
        return out;
    }

    /** The first difference, empty if there is none. */
    String difference(LedgerOracle oracle) {
        for (Response key : redis.send(Command.KEYS, "tg2:*")) {
            if (redis.send(Command.PTTL, key.toString()).toLong() != -1) {
                return key + " has a time to live";
            }
        }
        Map<String, String> cells = new TreeMap<>();
        Map<String, String> entries = new TreeMap<>();
        Map<String, Long> numbers = new TreeMap<>();
        String org = org(oracle, cells, numbers);
        if (!org.isEmpty()) {
            return org;
        }
        Map<String, Long> due = scores("tg2:{org}:due");
        for (String tenant : TENANTS) {
            String wrong =
                    tenant(oracle, tenant, cells, entries, due.get(hex(tenant.getBytes(StandardCharsets.UTF_8))));
            if (!wrong.isEmpty()) {
                return "tenant \"" + tenant + "\": " + wrong;
            }
        }
        if (!due.isEmpty() && !due.containsKey("")) {
            return "what is shared is not due for a sweep: " + due;
        }
        for (String tenant : TENANTS) {
            String wrong = spend(oracle, tenant);
            if (!wrong.isEmpty()) {
                return "spend of tenant \"" + tenant + "\": " + wrong;
            }
        }
        return compare("cells", expectedCells(oracle), cells)
                + compare("entries", expectedEntries(oracle), entries)
                + compare("numbers", oracle.numbers, numbers)
                + compare("beats", oracle.beats, scores("tg2:{org}:beats"))
                + compare("ranks", oracle.ranks, scores("tg2:{org}:ranks").keySet());
    }

    private String spend(LedgerOracle oracle, String tenant) {
        Map<String, String> found = new TreeMap<>();
        Map<String, byte[]> fields = fields("tg2:{org}:m:" + tenant);
        fields.forEach((name, value) -> {
            if (name.startsWith("m")) {
                byte[] days = fields.get("d" + name.substring(1));
                found.put(name.substring(1), spendCell(Buffer.buffer(value), days == null ? new byte[0] : days));
            }
        });
        SpendOracle expected = oracle.spends.getOrDefault(tenant, new SpendOracle());
        boolean listed = scores("tg2:{org}:spenders").containsKey(hex(tenant.getBytes(StandardCharsets.UTF_8)));
        if (listed == fields.isEmpty()) {
            return "listed " + listed + " with " + fields.keySet();
        }
        byte[] header = fields.get("");
        if (!fields.isEmpty() && (header == null || header.length != 12)) {
            return "no header";
        }
        if (!fields.isEmpty()
                && !expected.header()
                        .equals(LocalDate.ofEpochDay(Buffer.buffer(header).getUnsignedShortLE(0)) + " "
                                + Buffer.buffer(header).getUnsignedShortLE(2))) {
            return "header " + hex(header) + ", expected " + expected.header();
        }
        long alone = fields.keySet().stream()
                .filter(f -> f.startsWith("d") && !found.containsKey(f.substring(1)))
                .count();
        return alone > 0 ? "days without a cell" : compare("spend", expected.stored(), found);
    }

    private static String spendCell(Buffer cell, byte[] before) {
        int month = cell.getUnsignedShortLE(2);
        String text = LocalDate.ofEpochDay(cell.getUnsignedShortLE(0)) + " " + YearMonth.of(month / 12, month % 12 + 1)
                + " " + amounts(cell, 4) + " " + amounts(cell, 28);
        Buffer days = Buffer.buffer(before);
        StringBuilder out = new StringBuilder(text);
        for (int at = 0; at < days.length(); at += 26) {
            out.append(' ')
                    .append(LocalDate.ofEpochDay(days.getUnsignedShortLE(at)))
                    .append('=');
            out.append(amounts(days, at + 2));
        }
        return out.toString();
    }

    private static String amounts(Buffer bytes, int at) {
        return SpendOracle.text(bytes.getLongLE(at), bytes.getLongLE(at + 8), bytes.getLongLE(at + 16));
    }

    private static String compare(String what, Object expected, Object found) {
        return expected.equals(found) ? "" : what + "\n  expected " + expected + "\n  found    " + found + "\n";
    }

    private String org(LedgerOracle oracle, Map<String, String> cells, Map<String, Long> numbers) {
        for (Map.Entry<String, byte[]> field : fields("tg2:{org}").entrySet()) {
            String name = field.getKey();
            Buffer value = Buffer.buffer(field.getValue());
            if (name.isEmpty()) {
                boolean same = value.getByte(0) == 2
                        && value.getBuffer(1, 25).equals(oracle.life)
                        && value.getLongLE(25) == oracle.previous
                        && value.getLongLE(33) == oracle.opens
                        && value.getByte(41) == (oracle.fresh ? 1 : 0)
                        && value.getString(42, value.length()).equals(oracle.lifeServer);
                if (!same) {
                    return "the life is " + hex(field.getValue()) + ", opens should be " + oracle.opens;
                }
            } else if (name.charAt(0) == 'p') {
                numbers.put(hex(name.substring(1).getBytes(StandardCharsets.ISO_8859_1)), value.getLongLE(0));
            } else {
                cells.put(" " + name, cell(oracle, name, value));
            }
        }
        return "";
    }

    private String tenant(
            LedgerOracle oracle, String tenant, Map<String, String> cells, Map<String, String> entries, Long due) {
        Map<String, Long> ends = scores("tg2:{org}:h:" + tenant);
        Map<String, byte[]> fields = fields("tg2:{org}:t:" + tenant);
        long soonest = ends.values().stream().mapToLong(Long::longValue).min().orElse(0);
        for (Map.Entry<String, byte[]> field : fields.entrySet()) {
            String name = field.getKey();
            Buffer value = Buffer.buffer(field.getValue());
            if (name.isEmpty()) {
                long earliest = value.getLongLE(0);
                long look = value.getLongLE(8);
                if (soonest > 0 && (earliest == 0 || earliest > soonest)) {
                    return "the header's earliest is " + earliest + ", an entry ends at " + soonest;
                }
                // A heartbeat hands a tenant out for 5 s; the clock may have gone back by 20 s since, a few times.
                boolean handedOut = due != null && due <= oracle.now + 65_000;
                if (look > oracle.now + 3_600_000 + 200_000) {
                    return "the next look is at " + look + ", now is " + oracle.now;
                }
                if (due == null || !handedOut && (due > look || earliest > 0 && due > earliest)) {
                    return "due at " + due + ", earliest " + earliest + ", look " + look;
                }
            } else if (name.charAt(0) == '#') {
                String id = hex(name.substring(1).getBytes(StandardCharsets.ISO_8859_1));
                Long end = ends.remove("23" + id);
                entries.put(tenant + " " + id, (char) value.getByte(0) + " " + end + " " + body(value));
            } else {
                cells.put(tenant + " " + name, cell(oracle, name, value));
            }
        }
        if (!ends.isEmpty()) {
            return "ends without entries: " + ends;
        }
        if (!fields.isEmpty() && !fields.containsKey("")) {
            return "no header";
        }
        if (!tenant.isEmpty() && fields.isEmpty() != (due == null)) {
            return "due at " + due + " with " + fields.size() + " fields";
        }
        return oracle.tenants.contains(tenant) == !fields.isEmpty() ? "" : "it has " + fields.keySet();
    }

    private static List<String> body(Buffer value) {
        List<String> out = new ArrayList<>();
        int at = 1;
        while (at < value.length()) {
            int code = value.getByte(at);
            long estimate = value.getLongLE(at + 1);
            int length = value.getUnsignedShortLE(at + 9);
            String field = value.getString(at + 11, at + 11 + length);
            boolean shared = (code & 4) != 0;
            out.add(" " + "rbc".charAt(code & 3) + field + (shared ? " shared " : " own ") + estimate);
            at += 11 + length;
        }
        return out;
    }

    private static String cell(LedgerOracle oracle, String name, Buffer v) {
        return switch (name.charAt(0)) {
            case 'r' ->
                v.getLongLE(0) + "," + v.getLongLE(8) + "," + v.getLongLE(16) + "," + v.getLongLE(24) + ","
                        + v.getLongLE(32) + "," + v.getLongLE(40) + "," + v.getLongLE(48);
            case 'b' -> {
                long used = v.getLongLE(0);
                long base = v.getLongLE(24);
                long prior = v.getLongLE(32);
                long era = v.getLongLE(40);
                if (era != oracle.era) {
                    prior = era == oracle.previous ? base : used;
                    base = used;
                }
                yield used + "," + v.getLongLE(8) + "," + v.getLongLE(16) + "," + base + "," + prior + ","
                        + v.getUnsignedByte(48) + "," + v.getUnsignedByte(49);
            }
            default -> String.valueOf(v.getLongLE(0));
        };
    }

    private static Map<String, String> expectedCells(LedgerOracle oracle) {
        Map<String, String> out = new TreeMap<>();
        oracle.cells.forEach((name, cell) -> out.put(name, oracle.stored(name, cell)));
        return out;
    }

    private static Map<String, String> expectedEntries(LedgerOracle oracle) {
        Map<String, String> out = new TreeMap<>();
        oracle.entries.forEach((key, e) -> out.put(key, e.state + " " + e.due + " " + LedgerOracle.held(e.claims)));
        return out;
    }

    private String sweptSpend(LedgerOracle oracle, String tenant) {
        Map<String, byte[]> left = fields("tg2:{org}:m:" + tenant);
        SpendOracle known = oracle.spends.get(tenant);
        if (known == null) {
            return "";
        }
        // A small hash is looked through at once.
        boolean whole = known.names().size() < 20;
        for (String name : known.names()) {
            boolean there = left.containsKey("m" + name);
            if (!there && !known.over(name, oracle.now)) {
                return "it removed the spend of " + name;
            }
            if (there && whole && known.over(name, oracle.now)) {
                return "it left the spend of " + name;
            }
            if (!there) {
                known.remove(name);
            }
        }
        if (known.names().isEmpty()) {
            oracle.spends.remove(tenant);
        }
        return "";
    }

    /** Takes over what a sweep removed; the first cell that it should not have, or that it should have. */
    String swept(LedgerOracle oracle, String tenant) {
        Map<String, byte[]> left = fields(tenant.isEmpty() ? "tg2:{org}" : "tg2:{org}:t:" + tenant);
        byte[] header = fields("tg2:{org}:t:" + tenant).get("");
        boolean whole = header == null || Buffer.buffer(header).getLongLE(16) == 0;
        for (String name : List.copyOf(oracle.cells.keySet())) {
            if (!name.startsWith(tenant + " ")) {
                continue;
            }
            boolean idle = oracle.idle(name, oracle.cells.get(name));
            boolean there = left.containsKey(name.substring(tenant.length() + 1));
            if (!there && !idle) {
                return "it removed " + name;
            }
            if (!there) {
                oracle.cells.remove(name);
            }
        }
        String kept = sweptSpend(oracle, tenant);
        if (!kept.isEmpty()) {
            return kept;
        }
        if (!whole && left.size() < 20) {
            return "";
        }
        if (header == null) {
            oracle.tenants.remove(tenant);
        }
        return "";
    }
}
