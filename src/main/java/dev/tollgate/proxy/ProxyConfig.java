package dev.tollgate.proxy;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;

/** Bounds of the data path, and who can call it. */
@Unremovable
@ConfigMapping(prefix = "tollgate.proxy")
public interface ProxyConfig {

    // A body is in memory once; its answer, signature and neighbours need the rest.
    long HEAP_PARTS = 4;
    long MOST_BUFFERED_BYTES = 64_000_000;

    /** Largest request body, in bytes; Bedrock's own limit. */
    @WithDefault("25000000")
    long maxBodyBytes();

    /** Most bytes of request bodies that are held at once; without it a quarter of the heap, at most 64 MB. */
    OptionalLong maxBufferedBytes();

    /** The bound in force, in bytes. */
    default long bufferedBytes(long heapBytes) {
        return maxBufferedBytes().orElse(Math.min(MOST_BUFFERED_BYTES, heapBytes / HEAP_PARTS));
    }

    /** Most calls in progress. */
    @WithDefault("1000")
    int maxInFlight();

    /** Most connections of applications. */
    @WithDefault("4000")
    int maxConnections();

    /** Longest time from a connection's start to the end of its first request's head. */
    @WithDefault("10s")
    Duration headerTimeout();

    /** Longest time from a request's head to the end of its body. */
    @WithDefault("60s")
    Duration bodyTimeout();

    /** How long a connection without a call stays open. */
    @WithDefault("5m")
    Duration keepAlive();

    /** Values of the Host header, without port, that are answered; {@code *} for any. */
    @WithDefault("localhost,127.0.0.1,::1,[::1]")
    Set<String> allowedHosts();

    /** Whether requests that a web page can make are answered. */
    @WithDefault("deny")
    Browsers browsers();

    /**
     * Whether answers tell in headers what they cost and what is left of each limit. They are held back until that is known;
     * streams are not, and tell nothing.
     */
    @WithDefault("false")
    boolean costHeaders();

    /** How long an answer is read on after its client went away. */
    @WithDefault("5m")
    Duration drainTimeout();

    /** Most answers that are read on at once. */
    @WithDefault("100")
    int maxDraining();

    /** How long open calls can go on after SIGTERM. */
    @WithDefault("25s")
    Duration shutdownGrace();

    /** What happens to a web page's requests. */
    enum Browsers {
        DENY,
        ALLOW
    }
}
