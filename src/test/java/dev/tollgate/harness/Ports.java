package dev.tollgate.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Free loopback ports, and waiting for something to become true. */
public final class Ports {

    // Below the range that systems take clients' ports from: else a connection of anybody takes the port before its
    // server
    // does, and a client that retries while its server is away connects to itself.
    private static final int FIRST = 12_000;
    private static final int COUNT = 20_000;
    private static final int ATTEMPTS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final AtomicInteger NEXT = new AtomicInteger(new SecureRandom().nextInt(COUNT));

    private Ports() {}

    /** A port that no server listens on, and that was not returned before. */
    public static int free() {
        for (int i = 0; i < ATTEMPTS; i++) {
            int port = FIRST + NEXT.getAndIncrement() % COUNT;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port in " + ATTEMPTS + " from " + FIRST);
    }

    /** True if a server can listen on it. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    public static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits patiently: how long it takes is no part of the fact. */
    public static void await(String what, BooleanSupplier condition) {
        await(PATIENCE, what, condition);
    }

    /** @throws AssertionError if it does not become true in time */
    public static void await(Duration max, String what, BooleanSupplier condition) {
        long until = System.nanoTime() + max.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new AssertionError("expected within " + max + ": " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
