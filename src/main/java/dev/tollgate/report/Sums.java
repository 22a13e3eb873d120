package dev.tollgate.report;

import dev.tollgate.bedrock.ModelId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters, prices and adds up calls by group. One for each thread; {@link #add(Sums)} joins them. */
final class Sums {

    private final ReportQuery query;
    private final int[] sources;
    private final int tenant;
    private final int costCenter;
    private final Filter tenants;
    private final Filter models;
    private final Filter costCenters;
    private final Timestamps times;
    private final Models known;
    private final CallCost cost;
    private final String[] scratch;
    private final Map<String, Long> unpriced = new HashMap<>();
    private final Groups groups;
    private final @Nullable Recent[] lately = new Recent[LATELY];

    private static final int LATELY = 1024;
    private static final int DAY = -1;
    private static final int MONTH = -2;
    private static final int HOUR = -3;
    private static final int MODEL = -4;

    /** @param rolls as {@link Groups#rolls} was: groups that were rolled up since are others */
    private record Recent(String[] values, Totals totals, int rolls) {}

    Sums(ReportQuery query, Dimensions dimensions) {
        this.query = query;
        this.sources = query.groupBy().stream()
                .mapToInt(key -> switch (key) {
                    case "day" -> DAY;
                    case "month" -> MONTH;
                    case "hour" -> HOUR;
                    case "model" -> MODEL;
                    default -> dimensions.index(key);
                })
                .toArray();
        this.scratch = new String[sources.length];
        this.tenant = dimensions.index("tenant");
        this.costCenter = dimensions.index("costCenter");
        this.tenants = new Filter(query.tenants());
        this.models = new Filter(query.models());
        this.costCenters = new Filter(query.costCenters());
        this.times = new Timestamps(query.zone());
        this.known = new Models(query.policy());
        this.cost = new CallCost(query.prices());
        this.groups = new Groups(query.groupBy(), query.maxGroups());
    }

    /** True if the call's time counts. */
    boolean inTime(CallRecord call, long slackMillis) {
        return call.millis >= query.sinceMillis() - slackMillis && call.millis < query.untilMillis() + slackMillis;
    }

    void add(CallRecord call) {
        if (!inTime(call, 0)
                || !tenants.passesAll() && !tenants.passes(call.values[tenant])
                || !costCenters.passesAll() && !costCenters.passes(call.values[costCenter])) {
            return;
        }
        PricedModel model = known.of(call.modelId);
        if (!models.passesAll() && !passes(model, call.modelId)) {
            return;
        }
        group(call, model).add(call, parts(call, model), model.name);
    }

    private boolean passes(PricedModel model, String modelId) {
        return models.passes(model.name) || models.passes(modelId) || models.passes(ModelId.family(model.name));
    }

    private long[] parts(CallRecord call, PricedModel model) {
        boolean known = cost.known(model, call.millis);
        if (call.usage && call.statedMicroUsd > 0 && stands(call)) {
            return cost.stated(model, call);
        }
        long[] parts = cost.parts(model, call);
        boolean free = parts[0] == 0 && call.noTokens();
        if (!call.denied && !call.failed && (!known || free && !cost.soldByTokens(model, call))) {
            unpriced.merge(model.name, 1L, Long::sum);
        }
        return parts;
    }

    /**
     * True if the cost that a usage record states counts: there are no tokens to price; or no log counts them, and the
     * cost comes from this very book and knew tier and units that the record lacks.
     */
    private boolean stands(CallRecord call) {
        if (call.noTokens()) {
            return !call.failed && !call.denied;
        }
        return !call.log && call.priceVersion.equals(cost.priceVersion());
    }

    /** The call's group; that of the last call with the same strings is found without hashing them. */
    @SuppressWarnings("ReferenceEquality") // Values are mostly the same objects, see Texts; others only take longer.
    private Totals group(CallRecord call, PricedModel model) {
        int slot = 0;
        for (int i = 0; i < sources.length; i++) {
            scratch[i] = switch (sources[i]) {
                case DAY -> times.day(call.millis);
                case MONTH -> times.month(call.millis);
                case HOUR -> times.hour(call.millis);
                case MODEL -> model.name;
                default -> call.values[sources[i]];
            };
            slot = slot * 31 + scratch[i].hashCode();
        }
        Recent recent = lately[(slot ^ slot >>> 16) & LATELY - 1];
        for (int i = 0; recent != null && i < sources.length; i++) {
            recent = recent.values[i] == scratch[i] ? recent : null;
        }
        return recent != null && recent.rolls == groups.rolls() ? recent.totals : group(slot);
    }

    private Totals group(int slot) {
        String[] values = Arrays.copyOf(scratch, scratch.length);
        Totals totals = groups.at(new GroupKey(values));
        lately[(slot ^ slot >>> 16) & LATELY - 1] = new Recent(values, totals, groups.rolls());
        return totals;
    }

    void add(Sums other) {
        groups.add(other.groups);
        other.unpriced.forEach((model, calls) -> unpriced.merge(model, calls, Long::sum));
    }

    Groups groups() {
        return groups;
    }

    Map<String, Long> unpriced() {
        return unpriced;
    }
}
