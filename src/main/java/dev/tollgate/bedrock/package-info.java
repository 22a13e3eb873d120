/**
 * Bedrock's runtime as it is on the wire: operations and their paths, model ids, what a request's body says of its size,
 * usage, and event-stream frames. No I/O. Facts come from AWS's API description (bedrock-runtime 2023-09-30) and what
 * clients were seen to send.
 */
@NullMarked
package dev.tollgate.bedrock;

import org.jspecify.annotations.NullMarked;
