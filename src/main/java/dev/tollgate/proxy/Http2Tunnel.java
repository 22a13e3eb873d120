package dev.tollgate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;

/** Carries the bytes of one HTTP/2 connection to the server that speaks it, and back, with back-pressure. */
// A channel that cannot be written to or closed is closed already.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2Tunnel {

    private final ChannelHandlerContext client;
    private final NetSocket server;

    Http2Tunnel(ChannelHandlerContext client, NetSocket server) {
        this.client = client;
        this.server = server;
        server.handler(this::toClient);
        server.drainHandler(v -> client.channel().config().setAutoRead(true));
        server.closeHandler(v -> client.close());
        server.exceptionHandler(e -> client.close());
    }

    // The only factories that do not copy.
    @SuppressWarnings("deprecation")
    void toServer(ByteBuf bytes) {
        server.write(Buffer.buffer(bytes));
        if (server.writeQueueFull()) {
            client.channel().config().setAutoRead(false);
        }
    }

    @SuppressWarnings("deprecation")
    private void toClient(Buffer bytes) {
        client.writeAndFlush(bytes.getByteBuf());
        if (!client.channel().isWritable()) {
            server.pause();
        }
    }

    void clientWritable() {
        server.resume();
    }

    void clientClosed() {
        server.close();
    }
}
