/**
 * The ledger in Redis, shared by all pods: one Lua script ({@code ledger.lua}, whose header is its contract), one round
 * trip a decision. Works with Redis 6.2, 7, 8 and Valkey, one slot for one organisation.
 */
@NullMarked
package dev.tollgate.ledger.redis;

import org.jspecify.annotations.NullMarked;
