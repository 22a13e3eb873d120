package dev.tollgate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/**
 * Refuses requests whose framing two readers could take differently (RFC 9112, sections 2.2, 5.2, 6.1 and 6.3): Netty's
 * decoder repairs such heads, and what it repaired cannot be seen behind it. Reads the bytes as they pass, changes none.
 */
final class HeadGuard extends ChannelInboundHandlerAdapter {

    // SETTINGS without entries, then GOAWAY of stream 0 with HTTP_1_1_REQUIRED (RFC 9113, section 7).
    private static final byte[] HTTP_2_START = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    private static final byte[] GOAWAY_START = {7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xd};
    private static final String HTTP_1_ONLY = "Tollgate speaks HTTP/1.1; InvokeModelWithBidirectionalStream cannot be"
            + " metered yet, so it is not allowed";

    private final HeadParser parser = new HeadParser();
    private final Peer peer;
    private boolean refused;

    HeadGuard(Peer peer) {
        this.peer = peer;
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
        String problem = parser.accept(bytes);
        peer.inHead(parser.insideHead());
        if (problem.isEmpty()) {
            context.fireChannelRead(message);
            return;
        }
        refused = true;
        ReferenceCountUtil.release(message);
        refuse(context, problem);
    }

    private void refuse(ChannelHandlerContext context, String problem) {
        peer.refused();
        if (peer.busy()) {
            // An answer is under way on this connection; nothing may be put between its bytes.
            context.close();
            return;
        }
        ByteBuf answer = problem.equals(HeadParser.HTTP_2) ? goAway() : badRequest(problem);
        context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    private static ByteBuf goAway() {
        byte[] text = HTTP_1_ONLY.getBytes(StandardCharsets.US_ASCII);
        int length = 8 + text.length;
        return Unpooled.buffer()
                .writeBytes(HTTP_2_START)
                .writeMedium(length)
                .writeBytes(GOAWAY_START)
                .writeBytes(text);
    }

    private static ByteBuf badRequest(String problem) {
        return Unpooled.copiedBuffer(ErrorResponses.raw(problem), StandardCharsets.US_ASCII);
    }
}
