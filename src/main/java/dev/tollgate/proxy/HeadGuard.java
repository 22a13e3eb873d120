package dev.tollgate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * Refuses requests whose framing two readers could take differently (RFC 9112, sections 2.2, 5.2, 6.1 and 6.3): Netty's
 * decoder repairs such heads, and what it repaired cannot be seen behind it. Reads the bytes as they pass, changes none. A
 * connection that begins as HTTP/2 does is carried to the server that speaks it: Vert.x offers no hook before that choice.
 */
// A channel that cannot be written to or closed is closed already.
@SuppressWarnings("FutureReturnValueIgnored")
final class HeadGuard extends ChannelInboundHandlerAdapter {

    private final HeadParser parser = new HeadParser();
    private final Peer peer;
    private final Supplier<Future<NetSocket>> http2;
    private final Queue<ByteBuf> early = new ArrayDeque<>();
    private boolean refused;
    private boolean tunnelled;
    private Optional<Http2Tunnel> tunnel = Optional.empty();

    /** @param http2 connects to the server that takes HTTP/2 */
    HeadGuard(Peer peer, Supplier<Future<NetSocket>> http2) {
        this.peer = peer;
        this.http2 = http2;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            context.fireChannelRead(message);
            return;
        }
        if (refused) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (tunnelled) {
            tunnel(bytes);
            return;
        }
        String problem = parser.accept(bytes);
        peer.inHead(parser.insideHead());
        if (problem.isEmpty()) {
            context.fireChannelRead(message);
            return;
        }
        if (problem.equals(HeadParser.HTTP_2)) {
            tunnelled = true;
            tunnel(bytes);
            openTunnel(context);
            return;
        }
        refused = true;
        ReferenceCountUtil.release(message);
        refuse(context, problem);
    }

    private void tunnel(ByteBuf bytes) {
        tunnel.ifPresentOrElse(open -> open.toServer(bytes), () -> early.add(bytes));
    }

    private void openTunnel(ChannelHandlerContext context) {
        peer.callBegan();
        context.channel().config().setAutoRead(false);
        http2.get()
                .onSuccess(socket -> {
                    Http2Tunnel open = new Http2Tunnel(context, socket);
                    tunnel = Optional.of(open);
                    early.forEach(open::toServer);
                    early.clear();
                    context.channel().config().setAutoRead(true);
                })
                .onFailure(e -> context.close());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        tunnel.ifPresent(Http2Tunnel::clientWritable);
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        tunnel.ifPresent(Http2Tunnel::clientClosed);
        early.forEach(ReferenceCountUtil::release);
        early.clear();
        context.fireChannelInactive();
    }

    private void refuse(ChannelHandlerContext context, String problem) {
        peer.refused();
        if (peer.busy()) {
            // An answer is under way on this connection; nothing may be put between its bytes.
            context.close();
            return;
        }
        ByteBuf answer = Unpooled.copiedBuffer(ErrorResponses.raw(problem), StandardCharsets.US_ASCII);
        context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }
}
