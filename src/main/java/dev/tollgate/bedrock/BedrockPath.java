package dev.tollgate.bedrock;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The operation and model of a raw request path. A model id is one segment in meaning but not in spelling: clients send
 * {@code arn%3Aaws%3A...%2Fabc}, {@code arn:aws:...%2Fabc} and literal slashes. So the operation is found from the right
 * end, and the middle is decoded once.
 *
 * @param model decoded; empty if the operation has none in its path
 * @param upstreamPath path to send if the operation has no model in its path
 */
public record BedrockPath(Operation operation, Optional<String> model, String upstreamPath) {

    /** Longest model id of AWS's API description. */
    public static final int MAX_MODEL_ID = 2048;

    private static final String MODEL = "/model/";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final List<Operation> MODEL_OPERATIONS = List.of(
            Operation.CONVERSE,
            Operation.CONVERSE_STREAM,
            Operation.INVOKE,
            Operation.INVOKE_STREAM,
            Operation.COUNT_TOKENS,
            Operation.BIDIRECTIONAL_STREAM);

    /** Empty if no allowed operation has this method and path. */
    public static Optional<BedrockPath> parse(String method, String rawPath) {
        if (rawPath.startsWith(MODEL)) {
            return method.equals("POST") ? model(rawPath) : Optional.empty();
        }
        return other(method, rawPath).map(op -> new BedrockPath(op, Optional.empty(), rawPath));
    }

    private static Optional<BedrockPath> model(String rawPath) {
        int slash = rawPath.lastIndexOf('/');
        if (slash <= MODEL.length()) {
            return Optional.empty();
        }
        int length = rawPath.length() - slash - 1;
        for (Operation operation : MODEL_OPERATIONS) {
            if (operation.label().length() == length && rawPath.endsWith(operation.label())) {
                Optional<String> id = decode(rawPath.substring(MODEL.length(), slash));
                return id.isEmpty() ? Optional.empty() : Optional.of(new BedrockPath(operation, id, ""));
            }
        }
        return Optional.empty();
    }

    private static Optional<Operation> other(String method, String path) {
        boolean post = method.equals("POST");
        boolean get = method.equals("GET");
        if (post && path.matches("/guardrail/[A-Za-z0-9%:._-]+/version/[A-Za-z0-9]+/apply")) {
            return Optional.of(Operation.APPLY_GUARDRAIL);
        }
        return switch (path) {
            case "/guardrail-checks/invoke" -> post ? Optional.of(Operation.GUARDRAIL_CHECKS) : Optional.empty();
            case "/async-invoke" ->
                post
                        ? Optional.of(Operation.ASYNC_INVOKE_START)
                        : get ? Optional.of(Operation.ASYNC_INVOKE_LIST) : Optional.empty();
            case "/openai/v1/chat/completions" -> post ? Optional.of(Operation.CHAT_COMPLETIONS) : Optional.empty();
            case "/openai/v1/responses" -> post ? Optional.of(Operation.RESPONSES) : Optional.empty();
            default ->
                get && path.matches("/async-invoke/[A-Za-z0-9%:._-]+")
                        ? Optional.of(Operation.ASYNC_INVOKE_GET)
                        : Optional.empty();
        };
    }

    private static Optional<String> decode(String raw) {
        try {
            String id = URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
            return legalModel(id) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** True if the text can name a model: 1 to {@value #MAX_MODEL_ID} printable ASCII characters that a path can hold. */
    public static boolean legalModel(String id) {
        return !id.isEmpty()
                && id.length() <= MAX_MODEL_ID
                && printable(id)
                && !id.contains("..")
                && !id.contains("//")
                && !id.startsWith("/");
    }

    private static boolean printable(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c <= ' ' || c >= 127 || "%?#\\\"".indexOf(c) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** The one spelling sent upstream: every byte but the unreserved is percent-encoded. */
    public String upstreamPath(String modelId) {
        return model.isEmpty() ? upstreamPath : modelPath(modelId, operation.label());
    }

    private static String modelPath(String id, String operation) {
        StringBuilder out = new StringBuilder(MODEL.length() + id.length() + 16 + operation.length()).append(MODEL);
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.' || c == '~') {
                out.append(c);
            } else {
                HEX.toHexDigits(out.append('%'), (byte) c);
            }
        }
        return out.append('/').append(operation).toString();
    }
}
