package dev.tollgate.pricing;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Effective-dated prices of all models. A model that the book does not know costs what the dearest model of its family and
 * kind does, else of its provider, else of its kind.
 */
public final class PriceBook {

    // Spellings of known models that are remembered, such as versions; more are looked up each time.
    private static final int MAX_SPELLINGS = 4096;

    private final String version;
    private final long checksum;
    private final Map<String, ModelPrices> byModel = new LinkedHashMap<>();
    private final Map<String, ModelPrices> bySpelling = new ConcurrentHashMap<>();
    private final @Nullable ModelPrices guardrail;
    private final long largestContext;

    /**
     * The price of a model.
     *
     * @param price of its tokens
     * @param known false if the book lacks the model, so that the price is that of its dearest relative
     */
    public record Quote(Price price, boolean known, Tariff tariff) {

        /** Cost of tokens and of what is bought beside them, in micro-USD, rounded up once. */
        public long cost(Usage usage, ServiceTier tier, List<Purchase> purchases) {
            return Money.microUsd(price.rates().pico(usage), tier.percent(), tariff.pico(purchases));
        }

        /** What a request buys of this model beside tokens: the requested units that the model is sold by. */
        public List<Purchase> purchases(List<Purchase> asked) {
            return tariff.bought(asked);
        }

        private Quote withContext(long tokens) {
            Price wide = new Price(price.rates(), price.above(), tokens, price.maxOutputTokens(), price.burndown());
            return new Quote(wide, known, tariff);
        }
    }

    private PriceBook(PriceFile file) {
        this.version = file.version();
        this.checksum = file.checksum();
        Map<String, List<Line>> lines = new LinkedHashMap<>();
        file.lines().forEach(line -> lines.computeIfAbsent(line.model(), m -> new ArrayList<>())
                .add(line));
        ModelPrices found = null;
        for (Map.Entry<String, List<Line>> model : lines.entrySet()) {
            ModelPrices prices = new ModelPrices(model.getKey(), model.getValue());
            if (prices.kind() == ModelKind.GUARDRAIL) {
                found = prices;
            } else {
                byModel.put(model.getKey(), prices);
            }
        }
        this.guardrail = found;
        this.largestContext = file.largestContext();
        if (byModel.isEmpty()) {
            throw new IllegalArgumentException("expected a price book with at least one model, found none");
        }
    }

    /** The book that ships with Tollgate. */
    public static PriceBook bundled() {
        InputStream in = PriceBook.class.getResourceAsStream("prices.csv");
        if (in == null) {
            throw new IllegalStateException("expected the resource dev/tollgate/pricing/prices.csv");
        }
        try {
            return read(new InputStreamReader(in, StandardCharsets.UTF_8), "the bundled price book");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws IllegalArgumentException naming file, line, what was expected and what was found */
    public static PriceBook read(Path file) {
        try {
            return read(Files.newBufferedReader(file), file.toString());
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "expected a price book at " + file + ", found "
                            + (Files.isDirectory(file)
                                    ? "a directory"
                                    : e instanceof CharacterCodingException
                                            ? "text that is not UTF-8"
                                            : "none that can be read"),
                    e);
        }
    }

    private static PriceBook read(Reader source, String name) throws IOException {
        PriceFile file = new PriceFile(name);
        file.read(source);
        return new PriceBook(file);
    }

    /** Names the book in usage records. */
    public String version() {
        return version;
    }

    /** CRC-32 of the book's lines: what differs although the version does not. */
    public long checksum() {
        return checksum;
    }

    /** Number of models. */
    public int models() {
        return byModel.size();
    }

    /** True if the book has a line for the model, in whatever form Bedrock takes its identifier. */
    public boolean knows(String modelId) {
        return ModelId.parse(modelId).model().map(model -> known(model) != null).orElse(false);
    }

    /** The models that have a price, each as {@code provider.family}. */
    public List<String> modelNames() {
        return byModel.keySet().stream().sorted().toList();
    }

    /**
     * The price of a call at standard latency.
     *
     * @param inputTokens of the whole request, cache included: chooses the long-context line
     */
    public Quote quote(ModelTarget target, LocalDate day, long inputTokens) {
        return quote(target, new Terms(scope(target), day, inputTokens, false));
    }

    Quote quote(ModelTarget target, Terms terms) {
        String model = target.pricedModel().orElse("");
        ModelPrices known = known(model);
        ModelPrices prices = known == null ? relative(model, terms) : known;
        Quote quote = Tariff.of(prices, guardrail, terms).quote(known != null);
        return known == null ? quote.withContext(largestContext) : quote;
    }

    static String scope(ModelTarget target) {
        return target.scope().equals("global") ? "global" : "regional";
    }

    private @Nullable ModelPrices known(String model) {
        ModelPrices remembered = bySpelling.get(model);
        if (remembered != null || model.isEmpty()) {
            return remembered;
        }
        ModelPrices found = find(model);
        if (found != null && bySpelling.size() < MAX_SPELLINGS) {
            bySpelling.put(model, found);
        }
        return found;
    }

    /** Looks up the id, the id before its colon, then the family: some versions have their own price. */
    private @Nullable ModelPrices find(String model) {
        int colon = model.indexOf(':');
        String versioned = colon < 0 ? model : model.substring(0, colon);
        String family = ModelId.provider(model) + '.' + ModelId.family(model);
        for (String key : new String[] {model, versioned, family}) {
            ModelPrices prices = byModel.get(key);
            if (prices != null) {
                return prices;
            }
        }
        return null;
    }

    /** The dearest model of the same kind that shares the longest beginning of the name, part by part. */
    private ModelPrices relative(String model, Terms terms) {
        ModelKind kind = ModelKind.of(model);
        String family = model.isEmpty() ? "" : ModelId.provider(model) + '.' + ModelId.family(model);
        for (int cut = family.length();
                cut > 0;
                cut = Math.max(family.lastIndexOf('-', cut - 1), family.lastIndexOf('.', cut - 1))) {
            ModelPrices dearest = dearest(family.substring(0, cut), kind, terms);
            if (dearest != null) {
                return dearest;
            }
        }
        ModelPrices ofKind = dearest("", kind, terms);
        ModelPrices any = ofKind == null ? dearest("", ModelKind.TEXT, terms) : ofKind;
        return any == null ? byModel.values().iterator().next() : any;
    }

    private @Nullable ModelPrices dearest(String beginning, ModelKind kind, Terms terms) {
        Terms standard = terms.standard();
        ModelPrices dearest = null;
        for (ModelPrices prices : byModel.values()) {
            if (prices.kind() == kind && prices.model().startsWith(beginning)) {
                dearest = dearest == null || prices.weight(standard) > dearest.weight(standard) ? prices : dearest;
            }
        }
        return dearest;
    }
}
