package dev.tollgate.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.harness.Upstreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** IRSA: a web identity becomes credentials by way of STS, here one of our own. */
class WebIdentityIT {

    @Test
    void credentialsComeFromAWebIdentity(@TempDir Path folder) throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "web-token");
        Set<String> asked = ConcurrentHashMap.newKeySet();
        try (Upstreams upstream = Upstreams.start()) {
            int port = Upstreams.await(upstream.vertx()
                            .createHttpServer()
                            .requestHandler(
                                    request -> request.setExpectMultipart(true).end(read -> {
                                        asked.add(request.formAttributes().get("WebIdentityToken") + " for "
                                                + request.formAttributes().get("RoleArn"));
                                        request.response()
                                                .putHeader("Content-Type", "text/xml")
                                                .end("<AssumeRoleWithWebIdentityResponse"
                                                        + " xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                                                        + "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AKIDEXAMPLE"
                                                        + "</AccessKeyId><SecretAccessKey>" + Upstreams.SECRET
                                                        + "</SecretAccessKey><SessionToken>session</SessionToken><Expiration>"
                                                        + Instant.now().plusSeconds(3600)
                                                        + "</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
                                                        + "</AssumeRoleWithWebIdentityResponse>");
                                    }))
                            .listen(0, "127.0.0.1"))
                    .actualPort();
            UpstreamIT.servedWith(
                    upstream,
                    Map.of(
                            "AWS_ENDPOINT_URL_STS",
                            "http://127.0.0.1:" + port,
                            "AWS_ROLE_ARN",
                            "arn:aws:iam::111122223333:role/bedrock",
                            "AWS_ROLE_SESSION_NAME",
                            "pod",
                            "AWS_WEB_IDENTITY_TOKEN_FILE",
                            token.toString()));
        }
        assertEquals(Set.of("web-token for arn:aws:iam::111122223333:role/bedrock"), asked);
    }
}
