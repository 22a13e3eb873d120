package dev.tollgate.cli;

import dev.tollgate.report.Input;
import dev.tollgate.report.Inputs;
import dev.tollgate.upstream.S3Bucket;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;

/** Where records may lie beside files. */
final class Stores {

    private Stores() {}

    /** {@code s3://bucket/prefix}, with the region and credentials that AWS's tools would use. */
    static Inputs.Store s3() {
        return address -> {
            String path = address.substring("s3://".length());
            int slash = path.indexOf('/');
            String bucket = slash < 0 ? path : path.substring(0, slash);
            if (bucket.isEmpty()) {
                throw new IOException("expected s3://bucket/prefix, found " + address);
            }
            String region =
                    env("AWS_REGION").or(() -> env("AWS_DEFAULT_REGION")).orElse("us-east-1");
            S3Bucket store =
                    new S3Bucket(bucket, region, env("AWS_ENDPOINT_URL_S3").map(URI::create));
            return store.list(slash < 0 ? "" : path.substring(slash + 1)).stream()
                    .filter(object -> Inputs.holdsRecords(object.key()))
                    .<Input>map(object -> new ObjectInput(store, "s3://" + bucket + "/" + object.key(), object))
                    .toList();
        };
    }

    private static Optional<String> env(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(v -> !v.isBlank());
    }

    private record ObjectInput(S3Bucket store, String name, S3Bucket.Stored object) implements Input {
        @Override
        public long bytes() {
            return object.bytes();
        }

        @Override
        public String version() {
            return object.eTag();
        }

        @Override
        public boolean onlyOnce() {
            return false;
        }

        @Override
        public InputStream open() throws IOException {
            return store.open(object.key());
        }
    }
}
