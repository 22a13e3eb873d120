package dev.tollgate.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers with every combination of RFC 1952's optional parts. */
class GzipHeaderTest {

    private final Random random = new Random(12);

    private byte[] header(int flags) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, (byte) flags, 1, 2, 3, 4, 0, 3});
        if ((flags & 4) != 0) {
            int length = random.nextInt(300);
            out.write(length & 0xff);
            out.write(length >> 8);
            byte[] extra = new byte[length];
            random.nextBytes(extra);
            out.writeBytes(extra);
        }
        for (int part : new int[] {8, 16}) {
            if ((flags & part) != 0) {
                for (int n = random.nextInt(20); n > 0; n--) {
                    out.write(1 + random.nextInt(255));
                }
                out.write(0);
            }
        }
        if ((flags & 2) != 0) {
            out.write(0);
            out.write(0);
        }
        return out.toByteArray();
    }

    @Test
    void theBodyBeginsBehindEveryCombinationOfParts() {
        for (int flags = 0; flags < 32; flags++) {
            for (int round = 0; round < 20; round++) {
                byte[] header = header(flags);
                byte[] all = Arrays.copyOf(header, header.length + 5);
                assertEquals(header.length, new GzipHeader().skip(all), "flags " + flags);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100})
    void itIsTheSameHoweverItIsSplit(int size) {
        for (int flags = 0; flags < 32; flags++) {
            byte[] header = header(flags);
            byte[] all = Arrays.copyOf(header, header.length + 200);
            GzipHeader parser = new GzipHeader();
            int skipped = 0;
            for (int at = 0; at < all.length; at += size) {
                skipped += parser.skip(Arrays.copyOfRange(all, at, Math.min(all.length, at + size)));
            }
            assertEquals(header.length, skipped, "flags " + flags);
        }
    }

    @Test
    void anEmptyChunkSkipsNothing() {
        assertEquals(0, new GzipHeader().skip(new byte[0]));
    }

    @Test
    void behindTheHeaderNothingIsSkipped() {
        GzipHeader parser = new GzipHeader();
        parser.skip(header(0));
        assertEquals(0, parser.skip(new byte[50]));
    }
}
