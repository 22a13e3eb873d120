package dev.tollgate.upstream;

import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** Credentials that are fetched anew when they are some minutes old, not for each of a command's many requests. */
final class RecentCredentials implements AwsCredentialsProvider {

    private static final long MAX_AGE_NANOS = Duration.ofMinutes(2).toNanos();

    private final AwsCredentialsProvider source;
    private Optional<AwsCredentials> known = Optional.empty();
    private long fetchedNanos;

    RecentCredentials(AwsCredentialsProvider source) {
        this.source = source;
    }

    @Override
    public synchronized AwsCredentials resolveCredentials() {
        if (known.isEmpty() || System.nanoTime() - fetchedNanos > MAX_AGE_NANOS) {
            known = Optional.of(source.resolveCredentials());
            fetchedNanos = System.nanoTime();
        }
        return known.get();
    }
}
