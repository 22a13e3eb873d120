package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.BucketKey;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes the script's keys and arguments; {@code ledger.lua} says what they mean. */
final class LedgerScript {

    /** What a run of the script is for. */
    enum Kind {
        CALLS,
        PEEK,
        SWEEP,
        BEAT,
        GREET
    }

    /**
     * One run's arguments.
     *
     * @param tenant encoded; empty for what all tenants share
     */
    record Run(Kind kind, byte[] head, byte[] life, String tenant, byte[] limits, byte[] operations, byte[] names) {

        /** A run without operations. */
        Run(Kind kind, byte[] head, byte[] life, String tenant, byte[] limits) {
            this(kind, head, life, tenant, limits, NOTHING, NOTHING);
        }
    }

    static final byte[] NOTHING = {};

    /** Lines of {@code ledger.lua} that give names to numbers. */
    private static final Pattern NUMBERS =
            Pattern.compile("(?m)^local ([A-Z][A-Z_]*(?:, [A-Z][A-Z_]*)*) = (\\d+(?:, \\d+)*)\n");

    private static final Pattern WORDS = Pattern.compile("--.*|'(?:\\\\.|[^'\\\\])*'|\\w+");

    private static final byte[] KEYS = bytes("8");
    private static final Map<Kind, byte[]> KINDS = kinds();

    private final byte[] text;
    private final byte[] sha1;
    private final String org;
    private final byte[] prefix;
    private final byte[] due;
    private final byte[] beats;
    private final byte[] ranks;
    private final byte[] spenders;
    private Keys last = new Keys("", NOTHING, NOTHING, NOTHING, NOTHING);

    /** Keys of one tenant; most runs are of the same as the one before. */
    private record Keys(String tenant, byte[] name, byte[] totals, byte[] holds, byte[] meters) {}

    /** Of an organisation's keys. */
    static String prefix(String org) {
        return "tg2:{" + BucketKey.encode(org) + "}";
    }

    LedgerScript(String org, String text) {
        this(prefix(org), bytes(withNumbers(text)));
    }

    private LedgerScript(String org, byte[] text) {
        this.org = org;
        this.text = text;
        this.sha1 = bytes(sha1(text));
        this.prefix = bytes(org);
        this.due = bytes(org + ":due");
        this.beats = bytes(org + ":beats");
        this.ranks = bytes(org + ":ranks");
        this.spenders = bytes(org + ":spenders");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<Kind, byte[]> kinds() {
        Map<Kind, byte[]> kinds = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            kinds.put(kind, bytes(kind.name()));
        }
        return kinds;
    }

    /**
     * The script with numbers in the place of their names. A name is a variable to Lua, which costs a run a load each and every
     * function that uses it an upvalue: a fifteenth of the script's time.
     */
    static String withNumbers(String script) {
        Map<String, String> numbers = new HashMap<>();
        String rest = NUMBERS.matcher(script).replaceAll(line -> {
            String[] names = line.group(1).split(", ");
            String[] values = line.group(2).split(", ");
            for (int i = 0; i < names.length; i++) {
                numbers.put(names[i], values[i]);
            }
            return "";
        });
        return WORDS.matcher(rest)
                .replaceAll(word -> Matcher.quoteReplacement(numbers.getOrDefault(word.group(), word.group())));
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

    /** By the script's hash; Redis answers NOSCRIPT if it does not have it. */
    Request bySha(Run run) {
        return request(Command.EVALSHA, sha1, run);
    }

    Request byText(Run run) {
        return request(Command.EVAL, text, run);
    }

    private Keys keys(String tenant) {
        Keys keys = last;
        if (keys.name.length == 0 || !keys.tenant.equals(tenant)) {
            keys = new Keys(
                    tenant,
                    bytes(tenant),
                    bytes(org + ":t:" + tenant),
                    bytes(org + ":h:" + tenant),
                    bytes(org + ":m:" + tenant));
            last = keys;
        }
        return keys;
    }

    private Request request(Command command, byte[] script, Run run) {
        Keys keys = keys(run.tenant());
        return Request.cmd(command)
                .arg(script)
                .arg(KEYS)
                .arg(prefix)
                .arg(due)
                .arg(keys.totals())
                .arg(keys.holds())
                .arg(beats)
                .arg(ranks)
                .arg(keys.meters())
                .arg(spenders)
                .arg(KINDS.get(run.kind()))
                .arg(run.head())
                .arg(run.life())
                .arg(keys.name())
                .arg(run.limits())
                .arg(run.operations())
                .arg(run.names());
    }

    private static String sha1(byte[] text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
