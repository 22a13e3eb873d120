package dev.tollgate.injection;

/** A plain scalar that readers disagree about ({@code y}, {@code 0o17}, {@code 12:30}), as it is written in the manifest. */
record Verbatim(String text) {

    @Override
    public String toString() {
        return text;
    }
}
