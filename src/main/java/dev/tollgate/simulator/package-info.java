/**
 * A Bedrock-shaped server with real event-stream framing and usage numbers, for the demo and the tests. The request
 * header {@code x-simulate} switches faults on, call by call; {@link dev.tollgate.simulator.Faults} lists them.
 */
@NullMarked
package dev.tollgate.simulator;

import org.jspecify.annotations.NullMarked;
