/**
 * Application inference profiles, so that AWS's bill knows whose calls are whose: what the policy file declares is compared
 * with what the account has in a region ({@link dev.tollgate.profiles.Plan}), created, tagged and waited for
 * ({@link dev.tollgate.profiles.Application}). Blocking; for commands.
 */
@NullMarked
package dev.tollgate.profiles;

import org.jspecify.annotations.NullMarked;
