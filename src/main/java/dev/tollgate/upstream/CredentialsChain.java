package dev.tollgate.upstream;

import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;

/** Where credentials come from: environment, web identity (IRSA), profile, EKS Pod Identity, instance. */
public final class CredentialsChain {

    private CredentialsChain() {}

    /** @param region of STS, which is called for web identities only */
    public static AwsCredentialsProvider of(String region) {
        AwsCredentialsProvider others = DefaultCredentialsProvider.builder().build();
        return WebIdentityCredentials.of(name -> Optional.ofNullable(System.getenv(name)), region)
                .<AwsCredentialsProvider>map(identity -> AwsCredentialsProviderChain.of(
                        EnvironmentVariableCredentialsProvider.create(), identity, others))
                .orElse(others);
    }
}
