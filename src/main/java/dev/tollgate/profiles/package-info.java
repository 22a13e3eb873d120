/** Application inference profiles, through the Bedrock control plane. */
@NullMarked
package dev.tollgate.profiles;

import org.jspecify.annotations.NullMarked;
