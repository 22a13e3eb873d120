package dev.tollgate.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Unit;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A price book's lines, and the one message for each mistake in them. */
class PriceFileTest {

    private static final String HEADER =
            "model,scope,from,above,input,output,cache-read,cache-write-5m,cache-write-1h,context,max-output,burndown";
    private static final String LONG = HEADER + ",kind,unit,variant,price";
    private static final String LINE = "amazon.nova,any,2025-01-01,0,0.06,0.24,0.015,0.06,0,300000,5000,1";

    private static PriceFile read(String... lines) {
        PriceFile file = new PriceFile("prices.csv");
        try {
            file.read(new StringReader(String.join("\n", lines)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return file;
    }

    private static Line line(String... lines) {
        return read(lines).lines().get(0);
    }

    private static String mistake(String... lines) {
        return assertThrows(IllegalArgumentException.class, () -> read(lines)).getMessage();
    }

    @Test
    void aLineIsPricesLimitsAndWhenTheyHold() {
        Line line = line(HEADER, LINE);
        assertEquals("amazon.nova", line.model());
        assertEquals(new Line.Validity("any", LocalDate.of(2025, 1, 1), 0, ""), line.validity());
        assertEquals(
                new TokenRates(60_000, 240_000, 15_000, 60_000, 0), line.price().rates());
        assertEquals(300_000, line.price().contextTokens());
        assertEquals(5_000, line.price().maxOutputTokens());
        assertEquals(Optional.empty(), line.unit());
    }

    @Test
    void commentsAndBlankLinesMeanNothing() {
        assertEquals(
                1,
                read("# a comment", "", HEADER, "   ", "# another", LINE, "")
                        .lines()
                        .size());
    }

    @Test
    void theVersionIsNamedByAComment() {
        assertEquals("2026-11", read("# version 2026-11 ", HEADER, LINE).version());
        assertEquals("unknown", read(HEADER, LINE).version());
    }

    @Test
    void columnsAreFoundByTheirNames() {
        String shuffled =
                "burndown,model,scope,from,above,output,input,cache-read,cache-write-5m,cache-write-1h,context,max-output";
        Line line = line(shuffled, "5,m.x,any,2025-01-01,0,2,1,0,0,0,10,20");
        assertEquals(1_000_000, line.price().rates().input());
        assertEquals(2_000_000, line.price().rates().output());
        assertEquals(5, line.price().burndown());
    }

    @Test
    void emptyPricesAreNothingAndAnEmptyBurndownIsOne() {
        Line line = line(HEADER, "m.x,any,2025-01-01,0,,,,,,10,20,");
        assertEquals(TokenRates.NONE, line.price().rates());
        assertEquals(1, line.price().burndown());
    }

    @Test
    void limitsThatAreNotKnownAreTheBooksLargest() {
        List<Line> lines = read(
                        HEADER,
                        "m.a,any,2025-01-01,0,1,1,0,0,0,,,1",
                        "m.b,any,2025-01-01,0,1,1,0,0,0,1000,50,1",
                        "m.c,any,2025-01-01,0,1,1,0,0,0,200,900,1")
                .lines();
        assertEquals(1000, lines.get(0).price().contextTokens());
        assertEquals(900, lines.get(0).price().maxOutputTokens());
        assertEquals(200, lines.get(2).price().contextTokens());
    }

    @Test
    void aUnitHasItsPriceInPicoDollars() {
        Line line = line(LONG, "amazon.canvas,any,2025-01-01,1048576,,,,,,,,,image,image,premium,0.08");
        assertEquals(Optional.of(new Line.UnitPrice(Unit.IMAGE, 80_000_000_000L)), line.unit());
        assertEquals(ModelKind.IMAGE, line.kind());
        assertEquals("premium", line.validity().variant());
        assertEquals(0, line.price().contextTokens());
    }

    @Test
    void aKindThatIsNotNamedIsTheModelNames() {
        assertEquals(
                ModelKind.EMBEDDING,
                line(HEADER, LINE.replace("amazon.nova", "amazon.titan-embed")).kind());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "any|global|",
                "any|regional|",
                "any|worldwide|expected scope global, regional or any, found worldwide",
                "any||expected scope global, regional or any, found ",
                "2025-01-01|2025-13-01|could not be parsed",
                "2025-01-01|today|could not be parsed",
                "0.06|1000|",
                "0.06|1000.01|expected a price from 0 to 1000 USD",
                "0.06|-1|expected a price from 0 to 1000 USD",
                "0.06|0.0000001|Rounding necessary",
                "0.06|cheap|",
                "300000|many|For input string",
                "amazon.nova,any,2025-01-01,0|m,any,2025-01-01,-1|expected above from 0, found -1",
                ",1|,one|For input string",
                ",5000,1|,5000|expected 12 columns, found 11 in",
                ",5000,1|,5000,1,2|expected 12 columns, found 13 in"
            })
    void aWrongCellIsNamedByItsLine(String of, String wrong, String message) {
        int at = LINE.indexOf(of);
        String line = LINE.substring(0, at) + (wrong == null ? "" : wrong) + LINE.substring(at + of.length());
        if (message == null && !"cheap".equals(wrong)) {
            read(HEADER, line);
            return;
        }
        String found = mistake("# version 1", HEADER, line);
        assertTrue(found.startsWith("prices.csv, line 3: "), found);
        assertTrue(message == null || found.contains(message), found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model,price", "model", HEADER + ",model", HEADER + ",currency", ""})
    void aHeaderIsTheColumnsAndNoOthers(String header) {
        String found = mistake(header.isEmpty() ? "x" : header, LINE);
        assertTrue(found.startsWith("prices.csv, line 1: expected a header of the columns model,scope,from"), found);
    }

    @Test
    void aBookWithoutPricesIsNone() {
        assertEquals("prices.csv: expected at least one price, found none", mistake(HEADER));
        assertEquals("prices.csv: expected at least one price, found none", mistake(""));
    }

    @Test
    void anUnknownUnitListsTheUnits() {
        String found = mistake(LONG, "m.x,any,2025-01-01,0,,,,,,,,,image,picture,,0.08");
        assertTrue(found.contains("expected a unit of [query, image, second"), found);
        assertTrue(found.endsWith("found picture"), found);
    }

    @Test
    void anUnknownKindListsTheKinds() {
        String found = mistake(LONG, "m.x,any,2025-01-01,0,,,,,,,,,music,,,");
        assertTrue(
                found.contains("expected a kind of [text, embedding, rerank, image, video, guardrail], found music"),
                found);
    }

    @Test
    void anUnknownVariantIsAMistake() {
        String found = mistake(LONG, "m.x,any,2025-01-01,0,,,,,,,,,image,image,gold,0.08");
        assertTrue(found.contains("expected variant premium, optimized or none, found gold"), found);
    }

    @Test
    void aBookOfGuardrailsAloneIsNone(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("p.csv"), LONG + "\ng.r,any,2025-01-01,0,,,,,,,,,guardrail,topic-text,,0.15\n");
        assertThrows(IllegalArgumentException.class, () -> PriceBook.read(file));
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> PriceBook.read(Path.of("/none/prices.csv")));
        assertTrue(e.getMessage().contains("/none/prices.csv"), e.getMessage());
    }
}
