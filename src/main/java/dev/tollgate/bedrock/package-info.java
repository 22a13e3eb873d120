/**
 * Bedrock's runtime on the wire: operations and their paths, model ids, the facts of a request, usage, and event-stream
 * frames. No I/O. Facts come from AWS's API description (bedrock-runtime 2023-09-30) and from what clients send.
 *
 * <p>A request is read by the schema of its operation ({@link dev.tollgate.bedrock.RequestReader} and one
 * {@code BodyReader} for each kind of body), before its model is known: numbers whose place depends on the model's family
 * are kept by place, and {@link dev.tollgate.bedrock.BodySchema} chooses among them once the model is resolved.
 */
@NullMarked
package dev.tollgate.bedrock;

import org.jspecify.annotations.NullMarked;
