package dev.tollgate.upstream;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who the credentials are, by {@code sts:GetCallerIdentity}, which needs no permission. Blocking. */
public final class CallerIdentity {

    private static final int TIMEOUT_MILLIS = 5000;
    private static final String BODY = "Action=GetCallerIdentity&Version=2011-06-15";
    private static final Pattern ELEMENT = Pattern.compile("<(Arn|Code)>([^<]{1,300})</");

    private final SignedCall call;

    /**
     * @param endpoint of STS; default: the region's own
     * @param authorities PEM file of those to trust; the JDK's without one
     */
    public CallerIdentity(Optional<String> endpoint, String region, Optional<Path> authorities) {
        Endpoint sts = Endpoint.sts(endpoint, region);
        URI address = URI.create((sts.tls() ? "https://" : "http://") + sts.authority());
        this.call = new SignedCall(address, "sts", region, CredentialsChain.of(region), authorities, TIMEOUT_MILLIS);
    }

    /** Where STS is. */
    public String host() {
        return String.valueOf(call.endpoint().getHost());
    }

    /**
     * The ARN of the role or user.
     *
     * @throws CredentialsMissingException if no source has credentials
     * @throws CredentialsRejectedException if STS does not accept them
     * @throws IOException if STS cannot be reached
     */
    public String arn() throws IOException {
        SignedCall.Answer answer = call.send("POST", "/", Map.of(), Map.of("Content-Type", StsAnswer.FORM), BODY);
        if (answer.status() != 200) {
            throw new CredentialsRejectedException(
                    element(answer.body(), "Code").orElse("status " + answer.status()));
        }
        return element(answer.body(), "Arn").orElseThrow(() -> new IOException("an answer without an ARN"));
    }

    private static Optional<String> element(String xml, String name) {
        Matcher elements = ELEMENT.matcher(xml);
        return elements.results()
                .filter(e -> e.group(1).equals(name))
                .map(e -> e.group(2))
                .findFirst();
    }

    /** No source has credentials. */
    public static final class CredentialsMissingException extends IOException {
        private static final long serialVersionUID = 1;

        CredentialsMissingException(Throwable cause) {
            super("no credentials", cause);
        }
    }

    /** STS does not accept the credentials; the message is its code. */
    public static final class CredentialsRejectedException extends IOException {
        private static final long serialVersionUID = 1;

        CredentialsRejectedException(String code) {
            super(code);
        }
    }
}
