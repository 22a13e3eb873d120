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
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/** Writes the script's keys and arguments; {@code ledger.lua} says what they mean. */
final class LedgerScript {

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
        return request(Command.EVALSHA, sha1, call);
    }

    Request byText(Call call) {
        return request(Command.EVAL, text, call);
    }

    private Request request(Command command, String script, Call call) {
        Request request = Request.cmd(command).arg(script);
        arguments(call).forEach(request::arg);
        return request;
    }

    /** The number of keys, the keys, the arguments. */
    List<String> arguments(Call call) {
        String tenant = encode(call.tenant());
        List<String> out = new ArrayList<>(16 + 8 * call.claims().size());
        Collections.addAll(
                out,
                "9",
                prefix + "epoch",
                prefix + "hold:" + call.id(),
                prefix + "holds:" + tenant,
                prefix + "leases",
                prefix + "rate:" + tenant,
                prefix + "rate",
                prefix + "budget:" + tenant,
                prefix + "budget",
                prefix + "pods",
                call.operation(),
                call.epoch(),
                call.id(),
                Long.toString(call.leaseMillis()),
                tenant,
                Integer.toString(call.claims().size()));
        for (Claim claim : call.claims()) {
            Bucket bucket = claim.bucket();
            String scope = (bucket.shared() ? "s" : "t") + (bucket.enforced() ? "e" : "o");
            if (bucket instanceof Bucket.Rate r) {
                limit(out, "r" + scope, claim, r.burst(), r.rate(), r.periodMillis(), r.version());
            } else if (bucket instanceof Bucket.Budget b) {
                limit(out, "b" + scope, claim, b.limit(), b.startMillis(), b.endMillis(), b.keepMillis());
            } else {
                limit(out, "c" + scope, claim, ((Bucket.Concurrency) bucket).limit(), 0, 0, 0);
            }
        }
        return out;
    }

    private static void limit(List<String> out, String code, Claim claim, long... terms) {
        out.add(code);
        out.add(claim.bucket().field());
        out.add(Long.toString(claim.estimate()));
        out.add(Long.toString(claim.actual()));
        for (long term : terms) {
            out.add(Long.toString(term));
        }
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
