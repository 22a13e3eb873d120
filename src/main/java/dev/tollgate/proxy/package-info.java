/**
 * The data path. {@link dev.tollgate.proxy.Proxy#handle} is all of it: read, understand, decide, forward, relay, settle.
 * {@link dev.tollgate.proxy.ErrorResponses} is the one class that turns outcomes into HTTP errors.
 */
@NullMarked
package dev.tollgate.proxy;

import org.jspecify.annotations.NullMarked;
