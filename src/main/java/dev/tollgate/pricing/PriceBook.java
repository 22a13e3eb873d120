package dev.tollgate.pricing;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Effective-dated prices of all models. A model that the book does not know costs what the dearest of its family does,
 * else of its provider, else of the book.
 */
public final class PriceBook {

    private static final int COLUMNS = 12;
    private static final String HEADER =
            "model,scope,from,above,input,output,cache-read,cache-write-5m,cache-write-1h,context,max-output,burndown";

    private final String version;
    private final Map<String, List<Price>> byModel = new HashMap<>();

    /** A price and whether the book knew the model. */
    public record Quote(Price price, boolean known) {}

    private PriceBook(String version, List<Price> prices) {
        this.version = version;
        prices.forEach(
                p -> byModel.computeIfAbsent(p.model(), k -> new ArrayList<>()).add(p));
        byModel.values()
                .forEach(rows -> rows.sort(Comparator.comparing(Price::from)
                        .thenComparing(Price::above)
                        .reversed()));
    }

    public static PriceBook bundled() {
        InputStream in = PriceBook.class.getResourceAsStream("prices.csv");
        if (in == null) {
            throw new IllegalStateException("expected the resource dev/tollgate/pricing/prices.csv");
        }
        return read(new InputStreamReader(in, StandardCharsets.UTF_8), "the bundled price book");
    }

    /** @throws IllegalArgumentException naming file, line, what was expected and what was found */
    public static PriceBook read(Path file) {
        try {
            return read(Files.newBufferedReader(file), file.toString());
        } catch (IOException e) {
            throw new IllegalArgumentException("expected a price book at " + file + ", found none that can be read", e);
        }
    }

    private static PriceBook read(Reader source, String name) {
        List<Price> prices = new ArrayList<>();
        String version = "unknown";
        boolean header = false;
        int number = 0;
        try (BufferedReader in = new BufferedReader(source)) {
            for (String line; (line = in.readLine()) != null; ) {
                number++;
                if (line.startsWith("# version ")) {
                    version = line.substring("# version ".length()).strip();
                } else if (!header && !line.startsWith("#") && !line.isBlank()) {
                    expect(line.strip().equals(HEADER), "the header " + HEADER, line);
                    header = true;
                } else if (!line.startsWith("#") && !line.isBlank()) {
                    prices.add(row(line));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalArgumentException | DateTimeParseException | ArithmeticException e) {
            throw new IllegalArgumentException(name + ", line " + number + ": " + e.getMessage(), e);
        }
        if (prices.isEmpty()) {
            throw new IllegalArgumentException(name + ": expected at least one price, found none");
        }
        return new PriceBook(version, prices);
    }

    private static Price row(String line) {
        String[] c = line.split(",", -1);
        expect(c.length == COLUMNS, COLUMNS + " columns", c.length + " in " + line);
        expect(c[1].matches("global|regional|any"), "scope global, regional or any", c[1]);
        return new Price(
                c[0],
                c[1],
                LocalDate.parse(c[2]),
                Long.parseLong(c[3]),
                pico(c[4]),
                pico(c[5]),
                pico(c[6]),
                pico(c[7]),
                pico(c[8]),
                Long.parseLong(c[9]),
                Long.parseLong(c[10]),
                Integer.parseInt(c[11]));
    }

    private static long pico(String dollarsForAMillion) {
        return new BigDecimal(dollarsForAMillion.strip()).movePointRight(6).longValueExact();
    }

    private static void expect(boolean condition, String expected, String found) {
        if (!condition) {
            throw new IllegalArgumentException("expected " + expected + ", found " + found);
        }
    }

    /** Names the book in usage records. */
    public String version() {
        return version;
    }

    /** Number of models. */
    public int models() {
        return byModel.size();
    }

    /** The models that have a price, each as {@code provider.family}. */
    public List<String> modelNames() {
        return byModel.keySet().stream().sorted().toList();
    }

    /**
     * The price of a call.
     *
     * @param inputTokens of the whole request, cache included: chooses the long-context row
     */
    public Quote quote(ModelTarget target, LocalDate day, long inputTokens) {
        String model = target.pricedModel().map(PriceBook::key).orElse("");
        List<Price> rows = byModel.get(model);
        if (rows != null) {
            String scope = target.scope().equals("global") ? "global" : "regional";
            List<Price> exact = effective(rows.stream(), day, inputTokens)
                    .filter(p -> p.scope().equals(scope) || p.scope().equals("any"))
                    .toList();
            if (!exact.isEmpty()) {
                return new Quote(exact.get(0), true);
            }
            return new Quote(dearest(effective(rows.stream(), day, inputTokens)), true);
        }
        return new Quote(dearest(relatives(model, day, inputTokens)), false);
    }

    private static String key(String model) {
        return ModelId.provider(model) + '.' + ModelId.family(model);
    }

    /** Rows in force, the latest and longest-context first. */
    private static Stream<Price> effective(Stream<Price> rows, LocalDate day, long inputTokens) {
        List<Price> all =
                rows.filter(p -> p.above() == 0 || inputTokens > p.above()).toList();
        List<Price> begun = all.stream().filter(p -> !p.from().isAfter(day)).toList();
        return begun.isEmpty() ? all.stream() : begun.stream();
    }

    private Stream<Price> relatives(String model, LocalDate day, long inputTokens) {
        for (int cut = model.length();
                cut > 0;
                cut = Math.max(model.lastIndexOf('-', cut - 1), model.lastIndexOf('.', cut - 1))) {
            String prefix = model.substring(0, cut);
            List<Price> family = effective(all(), day, inputTokens)
                    .filter(p -> p.model().startsWith(prefix))
                    .toList();
            if (!family.isEmpty()) {
                return family.stream();
            }
        }
        return effective(all(), day, inputTokens);
    }

    private Stream<Price> all() {
        return byModel.values().stream().flatMap(List::stream);
    }

    private static Price dearest(Stream<Price> prices) {
        return prices.max(Comparator.comparingLong(Price::weight)).orElseThrow();
    }
}
