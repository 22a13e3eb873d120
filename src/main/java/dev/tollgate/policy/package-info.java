/**
 * The policy file: tenants, aliases, profiles (known ones, or ones to create) and limits, read with every mistake and its line, and watched for changes.
 * It says what is limited; {@link dev.tollgate.admission} decides.
 */
@NullMarked
package dev.tollgate.policy;

import org.jspecify.annotations.NullMarked;
