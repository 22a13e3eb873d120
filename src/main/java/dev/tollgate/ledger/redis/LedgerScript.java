package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.Bucket;
import dev.tollgate.ledger.Claim;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Writes the script's keys and arguments; {@code ledger.lua} says what they mean. */
final class LedgerScript {

    private static final int KEY_COUNT = 9;

    private final String text;
    private final String sha1;
    private final String prefix;

    LedgerScript(String org, String text) {
        this.prefix = "tg:{" + encode(org) + "}:";
        this.text = text;
        this.sha1 = sha1(text);
    }

    static String bundled() {
        try (InputStream in = LedgerScript.class.getResourceAsStream("ledger.lua")) {
            if (in == null) {
                throw new IllegalStateException("expected the resource dev/tollgate/ledger/redis/ledger.lua");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One operation's arguments: by the script's hash, or by its text where Redis does not have it yet. */
    record Call(String operation, String epoch, String id, long leaseMillis, String tenant, List<Claim> claims) {}

    Request bySha(Call call) {
        return arguments(Request.cmd(Command.EVALSHA).arg(sha1), call);
    }

    Request byText(Call call) {
        return arguments(Request.cmd(Command.EVAL).arg(text), call);
    }

    private Request arguments(Request request, Call call) {
        String tenant = encode(call.tenant());
        request.arg(KEY_COUNT)
                .arg(prefix + "epoch")
                .arg(prefix + "hold:" + call.id())
                .arg(prefix + "holds:" + tenant)
                .arg(prefix + "leases")
                .arg(prefix + "rate:" + tenant)
                .arg(prefix + "rate")
                .arg(prefix + "budget:" + tenant)
                .arg(prefix + "budget")
                .arg(prefix + "pods");
        request.arg(call.operation())
                .arg(call.epoch())
                .arg(call.id())
                .arg(call.leaseMillis())
                .arg(tenant)
                .arg(call.claims().size());
        for (Claim claim : call.claims()) {
            Bucket bucket = claim.bucket();
            String scope = (bucket.shared() ? "s" : "t") + (bucket.enforced() ? "e" : "o");
            if (bucket instanceof Bucket.Rate rate) {
                limit(request, "r" + scope, claim, rate.burst(), rate.rate(), rate.periodMillis(), rate.version());
            } else if (bucket instanceof Bucket.Budget budget) {
                limit(
                        request,
                        "b" + scope,
                        claim,
                        budget.limit(),
                        budget.startMillis(),
                        budget.endMillis(),
                        budget.keepMillis());
            } else {
                limit(request, "c" + scope, claim, ((Bucket.Concurrency) bucket).limit(), 0, 0, 0);
            }
        }
        return request;
    }

    private static void limit(Request request, String code, Claim claim, long a, long b, long c, long d) {
        request.arg(code)
                .arg(claim.bucket().field())
                .arg(claim.estimate())
                .arg(claim.actual())
                .arg(a)
                .arg(b)
                .arg(c)
                .arg(d);
    }

    /** Percent-encodes all but {@code [A-Za-z0-9._-]}, so that no name can leave its place in a key. */
    static String encode(String name) {
        StringBuilder out = new StringBuilder(name.length());
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '.'
                    || c == '_'
                    || c == '-') {
                out.append(c);
            } else {
                out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return out.toString();
    }

    static String decode(String encoded) {
        return java.net.URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    }

    private static String sha1(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
