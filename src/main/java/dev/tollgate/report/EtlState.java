package dev.tollgate.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** What {@code DIR/_inputs} remembers of one input: how it was when its Parquet files were finished. */
final class EtlState {

    private final Path out;
    private final Path mark;
    private final String name;
    private final String now;

    private EtlState(Path out, Path mark, String name, String now) {
        this.out = out;
        this.mark = mark;
        this.name = name;
        this.now = now;
    }

    /** @param making what the rows depend on beside the input */
    static EtlState of(Path out, Input input, String making) {
        String name = UUID.nameUUIDFromBytes(input.identity().getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
        String now = input.identity() + "\n" + input.version() + "\n" + making + "\n";
        return new EtlState(out, out.resolve("_inputs").resolve(name), name, now);
    }

    /** Beginning of the names of this input's Parquet files. */
    String name() {
        return name;
    }

    boolean unchanged() throws IOException {
        return Files.exists(mark) && Files.readString(mark).equals(now);
    }

    /** Removes what the input made before; until {@link #finish} it counts as not done. */
    void begin() throws IOException {
        Files.createDirectories(mark.getParent());
        boolean finished = Files.deleteIfExists(mark);
        boolean before = Files.deleteIfExists(begun()) || finished;
        Files.writeString(begun(), now);
        for (String table : before ? List.of("main", "metadata") : List.<String>of()) {
            remove(out.resolve(table));
        }
    }

    private Path begun() {
        return mark.resolveSibling(name + ".begun");
    }

    private void remove(Path table) throws IOException {
        if (!Files.isDirectory(table)) {
            return;
        }
        List<Path> old;
        try (Stream<Path> files = Files.walk(table)) {
            old = files.filter(f -> f.getFileName().toString().startsWith(name)).toList();
        }
        for (Path file : old) {
            Files.delete(file);
        }
    }

    void finish() throws IOException {
        Files.writeString(mark, now);
        Files.deleteIfExists(begun());
    }
}
