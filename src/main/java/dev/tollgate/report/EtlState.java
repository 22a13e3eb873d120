package dev.tollgate.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
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

    /** An empty folder for what the input makes, until it is whole. */
    Path begin() throws IOException {
        abandon();
        return Files.createDirectories(unfinished());
    }

    /** Removes what is not finished. */
    void abandon() throws IOException {
        for (Path path : below(unfinished(), file -> true)) {
            Files.delete(path);
        }
    }

    /** Puts what was made in the place of what the input made before; a run that is killed meanwhile is done again. */
    void finish() throws IOException {
        Path begun = mark.resolveSibling(name + ".begun");
        boolean before = Files.exists(mark) || Files.exists(begun);
        Files.writeString(begun, now);
        Files.deleteIfExists(mark);
        Set<Path> made = new HashSet<>();
        for (Path file : below(unfinished(), Files::isRegularFile)) {
            Path place = out.resolve(unfinished().relativize(file));
            Files.createDirectories(place.getParent());
            Files.move(file, place, StandardCopyOption.REPLACE_EXISTING);
            made.add(place);
        }
        for (String table : before ? List.of("main", "metadata") : List.<String>of()) {
            for (Path old :
                    below(out.resolve(table), f -> f.getFileName().toString().startsWith(name))) {
                if (!made.contains(old)) {
                    Files.delete(old);
                }
            }
        }
        abandon();
        Files.writeString(mark, now);
        Files.delete(begun);
    }

    private Path unfinished() {
        return mark.resolveSibling(name + ".unfinished");
    }

    /** The deepest first. */
    private static List<Path> below(Path folder, Predicate<Path> which) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(which).sorted(Comparator.reverseOrder()).toList();
        }
    }
}
