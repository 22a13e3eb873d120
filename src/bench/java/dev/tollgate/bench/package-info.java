/** Load for {@code src/bench/run}: calls at a fixed rate, and streams whose chunks say when they were sent. */
package dev.tollgate.bench;
