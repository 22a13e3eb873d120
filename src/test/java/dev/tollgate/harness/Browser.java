package dev.tollgate.harness;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A page in the machine's Chromium, driven by the DevTools protocol. Skips the test on a machine without Chromium. */
public final class Browser implements AutoCloseable {

    private static final String LISTENING = "DevTools listening on ws://";
    private static final int SECONDS = 60;

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> asked = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private Browser(Process process, int port) {
        this.process = process;
        JsonObject page = new JsonArray(Http.get(port, "/json/list").body())
                .stream()
                        .map(JsonObject.class::cast)
                        .filter(t -> t.getString("type").equals("page"))
                        .findFirst()
                        .orElseThrow();
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(page.getString("webSocketDebuggerUrl")), new Messages())
                .join();
    }

    /** One with an empty page, which it resizes and colours as asked. */
    public static Browser start() {
        try {
            Process process = new ProcessBuilder(RealChromium.command("--remote-debugging-port=0", "about:blank"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            BufferedReader errors =
                    new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
            String line = errors.readLine();
            while (line != null && !line.startsWith(LISTENING)) {
                line = errors.readLine();
            }
            if (line == null) {
                throw new IOException("expected Chromium to start, found its end");
            }
            Thread drain = new Thread(() -> errors.lines().forEach(ignored -> {}), "chromium");
            drain.setDaemon(true);
            drain.start();
            Browser browser = new Browser(
                    process, URI.create(line.substring(line.indexOf("ws://"))).getPort());
            List.of("Page", "Runtime", "Log").forEach(domain -> browser.send(domain + ".enable"));
            browser.send("Emulation.setScrollbarsHidden", "hidden", true);
            return browser;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Texts arrive in parts. */
    private final class Messages implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                JsonObject message = new JsonObject(text.toString());
                text.setLength(0);
                received(message);
            }
            from.request(1);
            return null;
        }
    }

    private void received(JsonObject message) {
        if (message.containsKey("id")) {
            asked.remove(message.getInteger("id")).complete(message);
            return;
        }
        JsonObject event = message.getJsonObject("params");
        switch (message.getString("method")) {
            case "Runtime.exceptionThrown" -> complaints.add(event.encode());
            case "Runtime.consoleAPICalled" -> {
                if (List.of("error", "warning", "assert").contains(event.getString("type"))) {
                    complaints.add(event.encode());
                }
            }
            case "Log.entryAdded" -> {
                if (List.of("error", "warning")
                        .contains(event.getJsonObject("entry").getString("level"))) {
                    complaints.add(event.encode());
                }
            }
            default -> {}
        }
    }

    /** Errors and warnings of the console since the start, those of the content security policy among them. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** Forgets them. */
    public void calm() {
        complaints.clear();
    }

    /**
     * Sends one command.
     *
     * @param parameters names and values in turn
     */
    public JsonObject send(String method, Object... parameters) {
        JsonObject params = new JsonObject();
        for (int i = 0; i < parameters.length; i += 2) {
            params.put((String) parameters[i], parameters[i + 1]);
        }
        int id = ids.incrementAndGet();
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        asked.put(id, answer);
        String text = new JsonObject()
                .put("id", id)
                .put("method", method)
                .put("params", params)
                .encode();
        try {
            socket.sendText(text, true).get(SECONDS, TimeUnit.SECONDS);
            JsonObject message = answer.get(SECONDS, TimeUnit.SECONDS);
            if (message.containsKey("error")) {
                throw new AssertionError(
                        method + ": " + message.getJsonObject("error").encode());
            }
            return message.getJsonObject("result");
        } catch (Exception e) {
            throw new AssertionError("expected an answer to " + method, e);
        }
    }

    /** Opens a page in a window of this size, light or dark. */
    public void open(String url, int width, int height, boolean dark) {
        look(width, height, dark);
        send("Page.navigate", "url", url);
        Ports.await("the page to be loaded", () -> "complete".equals(value("document.readyState")));
    }

    /** Changes size and colours of the page that is open. */
    public void look(int width, int height, boolean dark) {
        send(
                "Emulation.setDeviceMetricsOverride",
                "width",
                width,
                "height",
                height,
                "deviceScaleFactor",
                1,
                "mobile",
                false);
        JsonObject scheme = new JsonObject().put("name", "prefers-color-scheme").put("value", dark ? "dark" : "light");
        send("Emulation.setEmulatedMedia", "features", new JsonArray().add(scheme));
    }

    /** The value of an expression. */
    public Object value(String expression) {
        JsonObject result = send("Runtime.evaluate", "expression", expression, "returnByValue", true);
        if (result.containsKey("exceptionDetails")) {
            throw new AssertionError(
                    expression + ": " + result.getJsonObject("exceptionDetails").encode());
        }
        return result.getJsonObject("result").getValue("value");
    }

    /** Waits until the promise that an expression makes is kept. */
    public void settled(String expression) {
        JsonObject result = send("Runtime.evaluate", "expression", expression, "awaitPromise", true);
        if (result.containsKey("exceptionDetails")) {
            throw new AssertionError(
                    expression + ": " + result.getJsonObject("exceptionDetails").encode());
        }
    }

    /** The text of an expression; empty for null. */
    public String text(String expression) {
        Object value = value(expression);
        return value == null ? "" : value.toString();
    }

    public void await(Duration max, String what, String expression) {
        Ports.await(max, what, () -> Boolean.TRUE.equals(value(expression)));
    }

    /** Presses one key, such as Tab, Enter or a character. */
    public void press(String key) {
        String typed = key.equals("Enter") ? "\r" : key.length() == 1 ? key : "";
        int code = key.equals("Enter")
                ? 13
                : key.equals("Tab")
                        ? 9
                        : key.length() == 1 ? key.toUpperCase(Locale.ROOT).charAt(0) : 0;
        send(
                "Input.dispatchKeyEvent",
                "type",
                typed.isEmpty() ? "rawKeyDown" : "keyDown",
                "key",
                key,
                "text",
                typed,
                "windowsVirtualKeyCode",
                code);
        send("Input.dispatchKeyEvent", "type", "keyUp", "key", key, "windowsVirtualKeyCode", code);
    }

    /** A picture of the whole page, PNG. */
    public byte[] picture() {
        JsonObject size = send("Page.getLayoutMetrics").getJsonObject("cssContentSize");
        JsonObject clip = new JsonObject()
                .put("x", 0)
                .put("y", 0)
                .put("width", size.getValue("width"))
                .put("height", size.getValue("height"))
                .put("scale", 1);
        return Base64.getDecoder()
                .decode(send("Page.captureScreenshot", "format", "png", "captureBeyondViewport", true, "clip", clip)
                        .getString("data"));
    }

    @Override
    public void close() {
        socket.abort();
        process.destroyForcibly();
    }
}
