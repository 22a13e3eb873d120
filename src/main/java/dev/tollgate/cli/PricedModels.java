package dev.tollgate.cli;

import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelNames;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.ProfilePrefix;
import dev.tollgate.bedrock.ServiceTier;
import dev.tollgate.bedrock.Usage;
import dev.tollgate.policy.PolicyLint;
import dev.tollgate.pricing.Price;
import dev.tollgate.pricing.PriceBook;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** The price book as the policy's lint sees it, on one day. */
record PricedModels(PriceBook book, LocalDate day) implements PolicyLint.Models {

    @Override
    public List<ModelTarget> priced() {
        return book.modelNames().stream()
                .map(name -> ModelTarget.of(ModelId.parse(name), Optional.empty()))
                .toList();
    }

    @Override
    public Optional<PolicyLint.Largest> largest(ModelTarget target) {
        PriceBook.Quote quote = book.quote(meant(target), day, 0);
        if (!quote.known()) {
            return Optional.empty();
        }
        Price price = quote.price();
        long tokens = price.maxOutputTokens();
        long microUsd = price.cost(new Usage(0, tokens, 0, 0, 0), ServiceTier.DEFAULT);
        return Optional.of(new PolicyLint.Largest(tokens, microUsd, price.burndown()));
    }

    /** An alias can refer to a built-in name. */
    private ModelTarget meant(ModelTarget target) {
        ProfilePrefix any = new ProfilePrefix(ProfilePrefix.NONE, Optional.empty());
        return ModelNames.of(book.modelNames(), any)
                .id(target.sendId())
                .map(id -> ModelTarget.of(ModelId.parse(id), Optional.empty()))
                .orElse(target);
    }
}
