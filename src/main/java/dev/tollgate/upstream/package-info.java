/** The way to Bedrock: endpoint, credentials, signature, HTTP client. The upstream host comes from configuration only. */
@NullMarked
package dev.tollgate.upstream;

import org.jspecify.annotations.NullMarked;
