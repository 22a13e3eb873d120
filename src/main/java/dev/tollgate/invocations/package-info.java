/**
 * The friendly API, {@code POST /tollgate/v1/invocations} on the data port: validates, translates to Converse or
 * ConverseStream, and goes the way of every call ({@link dev.tollgate.proxy.Proxy}) as a
 * {@link dev.tollgate.proxy.Dialect}. Prompts are never decoded: what a message says is copied from the request's bytes to
 * the translated ones as it stands.
 */
@NullMarked
package dev.tollgate.invocations;

import org.jspecify.annotations.NullMarked;
