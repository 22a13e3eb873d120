package dev.tollgate.bedrock;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/**
 * Reads what a request to image and video models generates: {@code imageGenerationConfig} of Titan and Nova Canvas,
 * {@code steps} of Stable Diffusion XL, of which more than 50 are the dearer quality, {@code videoGenerationConfig} and
 * shots of Nova Reel, {@code duration} and {@code resolution} of Luma Ray. Video models are called by StartAsyncInvoke
 * only.
 */
final class GeneratedMedia {

    private static final long DEFAULT_SIDE = 1024;
    private static final long USUAL_STEPS = 50;
    private static final long SHOT_SECONDS = 6;
    private static final long PIXELS_540P = 960L * 540;
    private static final long PIXELS_720P = 1280L * 720;
    private static final long MAX_SIDE = 100_000;

    private final JsonParser in;
    private final FactsBuilder facts;
    private boolean config;
    private long count = 1;
    private long width = DEFAULT_SIDE;
    private long height = DEFAULT_SIDE;
    private boolean premium;
    private long seconds = -1;
    private long shots;
    private long pixels = PIXELS_720P;

    GeneratedMedia(JsonParser in, FactsBuilder facts) {
        this.in = in;
        this.facts = facts;
    }

    void image(String name) throws IOException {
        if (name.equals("imageGenerationConfig")) {
            facts.once(name);
            config = true;
            Walk.members(in, this::imageConfig);
        } else if (name.equals("steps")) {
            facts.once(name);
            config = true;
            premium |= facts.longValue() > USUAL_STEPS;
        }
    }

    private void imageConfig(String name) throws IOException {
        switch (name) {
            case "numberOfImages" -> {
                facts.once(name);
                count = given(count);
            }
            case "width" -> {
                facts.once(name);
                width = given(width);
            }
            case "height" -> {
                facts.once(name);
                height = given(height);
            }
            case "quality" -> {
                facts.once(name);
                premium |= facts.word().equals("premium");
            }
            default -> {}
        }
    }

    private long given(long otherwise) throws IOException {
        long value = facts.longValue();
        return value < 0 ? otherwise : Math.min(value, MAX_SIDE);
    }

    void video(String name) throws IOException {
        switch (name) {
            case "videoGenerationConfig" -> {
                facts.once(name);
                Walk.members(in, this::videoConfig);
            }
            case "multiShotManualParams" -> {
                facts.once(name);
                Walk.members(in, this::manualShots);
            }
            case "duration" -> {
                facts.once(name);
                seconds = duration(facts.word());
            }
            case "resolution" -> {
                facts.once(name);
                pixels = facts.word().equals("540p") ? PIXELS_540P : PIXELS_720P;
            }
            default -> {}
        }
    }

    private void videoConfig(String name) throws IOException {
        if (name.equals("durationSeconds")) {
            facts.once(name);
            seconds = facts.longValue();
        }
    }

    private void manualShots(String name) throws IOException {
        if (name.equals("shots")) {
            facts.once(name);
            shots = Walk.count(in);
        }
    }

    /** Seconds of a duration such as {@code 9s}; -1 if it is none. */
    private static long duration(String text) {
        int digits = 0;
        long value = 0;
        while (digits < Math.min(6, text.length()) && Character.isDigit(text.charAt(digits))) {
            value = value * 10 + Character.digit(text.charAt(digits++), 10);
        }
        return digits > 0 && text.substring(digits).equals("s") ? value : -1;
    }

    /** Called after the last member of an InvokeModel body. */
    void endImage() {
        if (config) {
            facts.buy(new Purchase(Unit.IMAGE, count, width * height, premium));
        }
    }

    /** Called after the last member of a StartAsyncInvoke body; a video without a given length has one shot. */
    void endVideo() {
        long length = seconds > 0 ? seconds : SHOT_SECONDS * Math.max(1, shots);
        facts.buy(new Purchase(Unit.SECOND, length, pixels, false));
        facts.buyUnmeasured(Unit.INPUT_SECOND);
    }
}
