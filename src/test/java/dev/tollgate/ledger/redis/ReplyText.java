package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Bucket;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** A reply of the script as the oracle writes it, read by the contract in {@code ledger.lua} and not by the product's code. */
final class ReplyText {

    private static final String UNREADABLE = "0,0 damaged";

    private final Buffer bytes;
    private int at;

    private ReplyText(Buffer bytes) {
        this.bytes = bytes;
    }

    static List<String> of(ModelRun run, Response response) {
        return new ReplyText(response.toBuffer()).read(run);
    }

    private List<String> read(ModelRun run) {
        int kind = u1();
        if (kind == 2) {
            return List.of("refused " + bytes.getString(at, bytes.length()));
        }
        if (kind == 3) {
            return List.of("format " + u1());
        }
        List<String> out = new ArrayList<>();
        String now = String.valueOf(i8());
        String stored = String.valueOf(i8());
        if (kind == 1) {
            out.addAll(List.of("other-life", now, stored, String.valueOf(i8())));
            out.add(LedgerOperations.hex(bytes.getBuffer(at, bytes.length())));
            return out;
        }
        String underflows = String.valueOf(u1());
        switch (run.kind()) {
            case SWEEP -> out.addAll(List.of("swept", now, String.valueOf(i8())));
            case BEAT, GREET -> {
                String found = String.valueOf(i8());
                out.addAll(List.of("beat", now, stored, found, String.valueOf(u4()), String.valueOf(u4())));
            }
            case CALLS, PEEK -> {
                out.addAll(List.of("done", now, stored, underflows));
                int answers = run.kind() == LedgerScript.Kind.PEEK
                        ? 0
                        : run.operations().size();
                for (int i = 0; i < answers; i++) {
                    Operation.Status status = Operation.Status.of(u1());
                    out.add(status + " " + u1() + " " + i8() + " " + u4() + " " + i8() + "," + i8());
                }
                for (Bucket bucket : run.limits()) {
                    out.add(cell(bucket));
                }
                if (at != bytes.length()) {
                    out.add("and " + (bytes.length() - at) + " bytes more");
                }
            }
        }
        return out;
    }

    /** As people are told it: level and ms until full, or used and held. */
    private String cell(Bucket bucket) {
        if (bucket instanceof Bucket.Rate) {
            long[] n = {i8(), i8(), i8(), i8(), i8(), i8(), i8()};
            BigDecimal missing = BigDecimal.valueOf(n[4] - n[0])
                    .multiply(BigDecimal.valueOf(n[6]))
                    .subtract(BigDecimal.valueOf(n[1]));
            return n[6] < 0
                    ? UNREADABLE
                    : n[0] + ","
                            + missing.divide(BigDecimal.valueOf(n[5]), 0, RoundingMode.CEILING)
                                    .max(BigDecimal.ZERO);
        }
        long first = i8();
        if (bucket instanceof Bucket.Concurrency) {
            return first < 0 ? UNREADABLE : "0," + first;
        }
        long held = i8();
        at += 34;
        return first < 0 ? UNREADABLE : first + "," + held;
    }

    private int u1() {
        return bytes.getUnsignedByte(at++);
    }

    private long u4() {
        at += 4;
        return bytes.getUnsignedIntLE(at - 4);
    }

    private long i8() {
        at += 8;
        return bytes.getLongLE(at - 8);
    }
}
