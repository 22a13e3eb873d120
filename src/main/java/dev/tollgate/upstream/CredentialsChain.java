package dev.tollgate.upstream;

import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;

/** Where credentials come from: environment, profile, web identity (IRSA), EKS Pod Identity, instance. */
public final class CredentialsChain {

    private CredentialsChain() {}

    /** @param region of STS, which is asked for web identities only */
    public static AwsCredentialsProvider of(String region) {
        AwsCredentialsProvider chain = DefaultCredentialsProvider.builder().build();
        if (System.getenv("AWS_WEB_IDENTITY_TOKEN_FILE") == null) {
            return chain;
        }
        // The SDK's own chain finds STS' HTTP client by the service loader, which the executable does not have.
        StsClient sts = StsClient.builder()
                .httpClient(UrlConnectionHttpClient.create())
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .region(Region.of(region))
                .build();
        return AwsCredentialsProviderChain.of(
                EnvironmentVariableCredentialsProvider.create(),
                StsWebIdentityTokenFileCredentialsProvider.builder()
                        .stsClient(sts)
                        .build(),
                chain);
    }
}
