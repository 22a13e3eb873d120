/** Every metric and label name, the usage record of each call, and health. Never a prompt, an answer or a credential. */
@NullMarked
package dev.tollgate.telemetry;

import org.jspecify.annotations.NullMarked;
