/** What tests start: a real Redis, the packaged sidecar as a process, ports, a clock. */
package dev.tollgate.harness;
