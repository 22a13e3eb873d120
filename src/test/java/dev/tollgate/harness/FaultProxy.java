package dev.tollgate.harness;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** TCP between a client and a server, with faults switched on and off while it runs. */
public final class FaultProxy implements AutoCloseable {

    /** What happens to bytes on their way back. */
    public enum Fault {
        NONE,
        /** Nothing comes back while it lasts, connections stay; TCP delivers it all when it is over. */
        BLACK_HOLE,
        /** Every connection is closed at once, new ones too. */
        RESET,
        /** Half of the next reply, then the connection is closed. */
        CUT_REPLY,
        /** Silence, and only after {@link #SLOW_CLOSE_MILLIS} a closed connection. */
        SLOW_CLOSE
    }

    private static final long SLOW_CLOSE_MILLIS = 700;

    private final Vertx vertx = Vertx.vertx();
    private final NetServer server;
    private final NetClient client = vertx.createNetClient();
    private final Set<NetSocket> sockets = ConcurrentHashMap.newKeySet();
    private volatile int to;
    private volatile Fault fault = Fault.NONE;
    private final Map<NetSocket, Buffer> kept = new ConcurrentHashMap<>();
    private final Map<NetSocket, Deque<Delayed>> delayed = new ConcurrentHashMap<>();
    private volatile long delayMillis;

    private record Delayed(long due, Buffer reply) {}

    public FaultProxy(int to) {
        this.to = to;
        this.server = Upstreams.await(
                vertx.createNetServer().connectHandler(this::connect).listen(0, "127.0.0.1"));
    }

    public String redisUrl() {
        return "redis://127.0.0.1:" + server.actualPort();
    }

    public void fault(Fault next) {
        fault = next;
        if (next == Fault.NONE) {
            kept.forEach(NetSocket::write);
            kept.clear();
        }
        if (next == Fault.RESET) {
            sockets.forEach(NetSocket::close);
        }
    }

    /** Sends everybody to another server, as a failover does. */
    public void target(int port) {
        to = port;
        sockets.forEach(NetSocket::close);
    }

    /** Sends new connections to another server; the old ones stay where they are. */
    public void nextTarget(int port) {
        to = port;
    }

    public void delay(long millis) {
        delayMillis = millis;
    }

    private void connect(NetSocket near) {
        if (fault == Fault.RESET) {
            near.close();
            return;
        }
        sockets.add(near);
        near.pause();
        client.connect(to, "127.0.0.1").onFailure(e -> near.close()).onSuccess(far -> {
            near.handler(far::write);
            far.handler(reply -> back(near, reply));
            near.closeHandler(v -> {
                sockets.remove(near);
                far.close();
            });
            far.closeHandler(v -> near.close());
            near.resume();
        });
    }

    private void back(NetSocket near, Buffer reply) {
        switch (fault) {
            case BLACK_HOLE -> kept.merge(near, reply.copy(), Buffer::appendBuffer);
            case RESET -> {}
            case SLOW_CLOSE -> vertx.setTimer(SLOW_CLOSE_MILLIS, t -> near.close());
            case CUT_REPLY ->
                near.write(reply.slice(0, Math.max(1, reply.length() / 2))).onComplete(v -> near.close());
            case NONE -> {
                Deque<Delayed> queue = delayed.computeIfAbsent(near, k -> new ArrayDeque<>());
                if (delayMillis == 0 && queue.isEmpty()) {
                    near.write(reply);
                } else {
                    queue.add(new Delayed(System.nanoTime() + delayMillis * 1_000_000, reply));
                    if (queue.size() == 1) {
                        next(near, queue);
                    }
                }
            }
        }
    }

    /** In order, as TCP delivers: a reply never overtakes an earlier one. */
    private void next(NetSocket near, Deque<Delayed> queue) {
        long millis = (queue.element().due - System.nanoTime()) / 1_000_000;
        vertx.setTimer(Math.max(1, millis), t -> {
            near.write(queue.remove().reply);
            if (!queue.isEmpty()) {
                next(near, queue);
            }
        });
    }

    @Override
    public void close() {
        Upstreams.await(vertx.close());
    }
}
