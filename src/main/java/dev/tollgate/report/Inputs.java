package dev.tollgate.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Finds the files behind the paths of a command line. */
public final class Inputs {

    private static final String LOGS = "BedrockModelInvocationLogs";
    private static final String PERMISSION_CHECK = "amazon-bedrock-logs-permission-check";

    /** Lists what lies below an address that is no path, such as {@code s3://}. */
    public interface Store {
        List<Input> list(String address) throws IOException;
    }

    private record FileInput(Path path, String name, String identity, long bytes, String version) implements Input {
        @Override
        public boolean onlyOnce() {
            return !Files.isRegularFile(path);
        }

        @Override
        public InputStream open() throws IOException {
            try {
                return Files.newInputStream(path);
            } catch (NoSuchFileException e) {
                throw new IOException(
                        "expected to read " + name + ", found that it is gone since it was listed; run it again", e);
            } catch (AccessDeniedException e) {
                throw new IOException("expected to read " + name + ", found that it is not permitted", e);
            }
        }
    }

    private record StandardInput(String identity) implements Input {
        @Override
        public String name() {
            return "-";
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public String version() {
            return "";
        }

        @Override
        public boolean onlyOnce() {
            return true;
        }

        @Override
        public InputStream open() {
            return System.in;
        }
    }

    private Inputs() {}

    /**
     * Files below the given paths, each once; {@code -} is standard input.
     *
     * @throws IOException naming a path that is not there
     */
    public static List<Input> find(List<String> paths, Store store) throws IOException {
        List<Input> found = new ArrayList<>();
        Set<Path> seen = new HashSet<>();
        for (String path : paths) {
            if (path.equals("-")) {
                found.add(new StandardInput("- " + UUID.randomUUID()));
            } else if (path.startsWith("s3://")) {
                found.addAll(store.list(path));
            } else if (Files.isDirectory(Path.of(path))) {
                walk(Path.of(path), seen, found);
            } else if (Files.isReadable(Path.of(path))) {
                add(Path.of(path), seen, found);
            } else {
                throw new IOException("expected a file or folder at " + path + ", found none that can be read");
            }
        }
        return found;
    }

    private static void add(Path file, Set<Path> seen, List<Input> found) throws IOException {
        Path real = file.toRealPath();
        if (seen.add(real)) {
            long bytes = Files.isRegularFile(file) ? Files.size(file) : 0;
            String version = bytes + " bytes of " + Files.getLastModifiedTime(file);
            found.add(new FileInput(file, file.toString(), real.toString(), bytes, version));
        }
    }

    private static void walk(Path root, Set<Path> seen, List<Input> found) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(
                root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                        return folder.equals(root) || !skipped(folder)
                                ? FileVisitResult.CONTINUE
                                : FileVisitResult.SKIP_SUBTREE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        String name = file.getFileName().toString();
                        if (attributes.isRegularFile() && !name.startsWith(".") && !name.startsWith(PERMISSION_CHECK)) {
                            files.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                        if (failure instanceof java.nio.file.FileSystemLoopException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw new IOException("expected to read " + file + ": " + failure.getMessage(), failure);
                    }
                });
        files.sort(Comparator.comparing(Path::toString));
        for (Path file : files) {
            add(file, seen, found);
        }
    }

    /** True for hidden folders, and for {@code data} below Bedrock's prefix, which holds bodies and no records. */
    private static boolean skipped(Path folder) {
        String name = folder.getFileName().toString();
        return name.startsWith(".") || name.equals("data") && folder.toString().contains(LOGS);
    }

    /** True for an object of an invocation log prefix that holds records. */
    public static boolean holdsRecords(String key) {
        return !key.endsWith("/") && !key.contains(PERMISSION_CHECK) && !(key.contains(LOGS) && key.contains("/data/"));
    }
}
