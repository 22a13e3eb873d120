package dev.tollgate.report;

import dev.tollgate.policy.Policy;
import dev.tollgate.pricing.PriceBook;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A query over the records.
 *
 * @param groupBy keys: those of time (day, month, hour), tenant, model, application, costCenter, environment, operation,
 *     region, account, or any metadata key by its own name
 * @param sinceMillis first instant that counts, epoch ms
 * @param untilMillis first instant that does not, epoch ms
 * @param tenants globs; so are {@code models} and {@code costCenters}
 * @param renamed metadata names of a key in older logs
 * @param maxGroups groups kept; what is beyond is rolled up. 0: no bound
 */
public record ReportQuery(
        List<String> groupBy,
        long sinceMillis,
        long untilMillis,
        List<String> tenants,
        List<String> models,
        List<String> costCenters,
        Map<String, List<String>> renamed,
        ZoneId zone,
        PriceBook prices,
        Policy policy,
        int maxGroups) {

    public ReportQuery {
        groupBy = List.copyOf(groupBy);
        tenants = List.copyOf(tenants);
        models = List.copyOf(models);
        costCenters = List.copyOf(costCenters);
        renamed = Map.copyOf(renamed);
    }

    Dimensions dimensions() {
        Set<String> keys = new LinkedHashSet<>(groupBy);
        if (!tenants.isEmpty()) {
            keys.add("tenant");
        }
        if (!costCenters.isEmpty()) {
            keys.add("costCenter");
        }
        return new Dimensions(keys, renamed);
    }
}
