/**
 * The data path. {@link dev.tollgate.proxy.Proxy#handle} is all of it: read, translate, understand, decide, forward,
 * relay, settle. What is not Bedrock's own API is a {@link dev.tollgate.proxy.Dialect}; what stands between an answer and the
 * client is an {@link dev.tollgate.proxy.Outlet}.
 * {@link dev.tollgate.proxy.ErrorResponses} is the one class that turns outcomes into HTTP errors.
 */
@NullMarked
package dev.tollgate.proxy;

import org.jspecify.annotations.NullMarked;
