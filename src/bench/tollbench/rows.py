"""The rows. Each takes a run and adds its samples; what is compared is interleaved, round by round."""
import os
import socket
import statistics
import time
import urllib.request

from . import gateways, load, machine

NONE, METER = "forward only", "metering"
# Row 3 leaves the request's bytes alone and writes no usage record; usage is read out of every answer in any case.
FORWARD = {"TOLLGATE_METADATA": "off", "TOLLGATE_USAGE_STDOUT": "false"}
COLD_CALLS = 1000


def throughput(run):
    """Rows 1 to 5: direct, nginx, forward only, metering, 1, 3 and 6 limits, at each number of connections."""
    targets = []
    if 1 in run.rows:
        targets.append((1, run.fleet.direct()))
    if 2 in run.rows:
        targets.append((2, run.fleet.reverse_proxy()))
    for form in run.forms:
        if 3 in run.rows:
            targets.append((3, run.fleet.sidecar(form, NONE, (), FORWARD)))
        if 4 in run.rows:
            targets.append((4, run.fleet.sidecar(form, METER)))
        if 5 in run.rows:
            for count in run.limits:
                label = f"{count} limit" + ("s" if count > 1 else "")
                targets.append((5, run.fleet.sidecar(form, label, gateways.LIMITS[:count])))
    targets += [(5, gateway) for gateway in run.others]
    for _, gateway in targets:
        run.warm(gateway)
    usual = load.script(run.work, "usual")
    for round_ in range(run.rounds):
        for connections in run.connections:
            # Every other round the other way round, so that none always follows the same one.
            for row, gateway in targets if round_ % 2 == 0 else targets[::-1]:
                run.add(row, gateway, connections, load.measured(run.fleet, gateway, connections, run.seconds, usual))
    if run.open_loop:
        open_loop(run, targets)


def open_loop(run, targets):
    """Waiting times at one half and at nine tenths of what wrk got through, and for all at one fixed rate."""
    for connections in run.connections:
        for row, gateway in targets:
            most = run.median(row, gateway.name, connections, "rate")
            for share in (0.5, 0.9):
                found = load.open_loop(run.classpath, run.work, gateway.port, connections, max(10, most * share), run.seconds)
                run.add(row, gateway, connections, found, f"open loop {share}")
    for row, gateway in targets:
        found = load.open_loop(run.classpath, run.work, gateway.port, run.connections[0], run.fixed_rate, run.seconds)
        run.add(row, gateway, run.connections[0], found, f"open loop {run.fixed_rate}/s")


def streams(run):
    """Row 6: concurrent ConverseStreams; what a chunk takes from the upstream to the client, straight and through Tollgate."""
    count, chunks, every = (50, 40, 50) if run.quick else (200, 200, 50)
    direct, settings = upstream_of_streams(run, chunks, every)
    sidecars = [run.fleet.ready(run.fleet.launch(form, "streams", gateways.LIMITS[:3], settings)) for form in run.forms]
    for round_ in range(run.rounds):
        for gateway in [direct] + sidecars:
            machine.forget_peak(gateway.pid)
            own, redis = machine.cpu_seconds(gateway.pid), machine.cpu_seconds(run.fleet.redis.pid)
            found = run.java("Streams", gateway.port, count, chunks)
            total = max(1, found["chunks"])
            found.update(cpu_us=(machine.cpu_seconds(gateway.pid) - own) * 1e6 / total, peak_mib=machine.peak_mib(gateway.pid),
                         redis_cpu_us=(machine.cpu_seconds(run.fleet.redis.pid) - redis) * 1e6 / total)
            run.add(6, gateway, count, found)
    for gateway in sidecars + [direct]:
        run.fleet.stop(gateway)


def upstream_of_streams(run, chunks=1, every=1000):
    """The generator's own upstream: it paces streams, and reads large bodies to their end, which nginx' fixed answer does not."""
    port = machine.free_port()
    upstream = run.fleet.processes.start(load.java(run.classpath, "StreamUpstream", port, chunks, every),
                                         os.path.join(run.work, "streams.log"), before=machine.exact_timers)
    machine.await_true("the stream upstream", 20, upstream, lambda: machine.answers(port))
    return gateways.Gateway("direct", port, upstream), {"TOLLGATE_UPSTREAM_ENDPOINT": f"http://127.0.0.1:{port}"}


def bodies(run):
    """Row 7: prompts of 1 MB and 10 MB; time, allocation and the peak of resident memory over what it was before."""
    direct, settings = upstream_of_streams(run)
    targets = [direct] + [run.fleet.ready(run.fleet.launch(form, "bodies", gateways.LIMITS[:3], settings)) for form in run.forms]
    for megabytes in (1, 10):
        lua = load.script(run.work, f"body-{megabytes}", megabytes * 1_000_000)
        for gateway in targets:
            load.wrk(gateway.port, 1, 2 if run.quick else 5, lua)
        for round_ in range(run.rounds):
            for connections in (1, 4):
                for gateway in targets:
                    before = machine.resident_mib(gateway.pid)
                    machine.forget_peak(gateway.pid)
                    found = load.measured(run.fleet, gateway, connections, run.seconds, lua)
                    found.update(peak_mib=machine.peak_mib(gateway.pid), grown_mib=machine.peak_mib(gateway.pid) - before)
                    run.add(7, gateway, connections, found, f"{megabytes} MB")
    for gateway in targets:
        run.fleet.stop(gateway)


def denials(run):
    """Row 8: calls that a used-up limit denies, beside calls that the same number of limits admits."""
    usual = load.script(run.work, "usual")
    pairs = []
    for form in run.forms:
        admitting = run.fleet.sidecar(form, "3 limits", gateways.LIMITS[:3])
        denying = run.fleet.sidecar(form, "denials only", [gateways.DENYING] + gateways.LIMITS[:2])
        pairs += [admitting, denying]
    for gateway in pairs:
        run.warm(gateway)
    for round_ in range(run.rounds):
        for connections in run.connections:
            for gateway in pairs:
                run.add(8, gateway, connections, load.measured(run.fleet, gateway, connections, run.seconds, usual))


def tenants(run):
    """Row 9: calls of 1 and of 10,000 tenants in turn, and how long the metrics take to be read afterwards."""
    settings = {"TOLLGATE_IDENTITY_TRUST": "request", "TOLLGATE_IDENTITY_TENANTS": "*"}
    connections = 32
    targets = [(run.fleet.sidecar(form, f"tenants {n}", gateways.LIMITS[:3], settings), load.script(run.work, f"tenants-{n}", 0, n))
               for form in run.forms for n in (1, 10_000)]
    for gateway, lua in targets:
        load.wrk(gateway.port, connections, max(4, run.warm_seconds), lua)
    for round_ in range(run.rounds):
        for gateway, lua in targets:
            found = load.measured(run.fleet, gateway, connections, run.seconds, lua)
            found["scrape_ms"] = scrape(gateway)
            run.add(9, gateway, connections, found)


def scrape(gateway):
    times = []
    for _ in range(5):
        begin = time.monotonic()
        urllib.request.urlopen(f"http://127.0.0.1:{gateway.management}/q/metrics").read()
        times.append((time.monotonic() - begin) * 1000)
    return statistics.median(times)


def processes(run):
    """Row 10: 1, 2, 4 and 8 sidecars on one Redis and one set of limits, 8 connections to each."""
    lua = load.script(run.work, "usual")
    for form in run.forms:
        for count in (1, 2) if run.quick else (1, 2, 4, 8):
            pods = [run.fleet.launch(form, f"pod {i}", gateways.LIMITS[:3], org=f"pods-{form}-{count}") for i in range(count)]
            for pod in pods:
                run.fleet.ready(pod)
            together(pods, run.warm_seconds, lua)
            for _ in range(run.rounds):
                own = sum(machine.cpu_seconds(p.pid) for p in pods)
                redis, before = machine.cpu_seconds(run.fleet.redis.pid), machine.redis_stats(run.fleet.redis_port)
                found = together(pods, run.seconds, lua)
                after, calls = machine.redis_stats(run.fleet.redis_port), max(1, found["calls"])
                found.update(cpu_us=(sum(machine.cpu_seconds(p.pid) for p in pods) - own) * 1e6 / calls,
                             redis_cpu_us=(machine.cpu_seconds(run.fleet.redis.pid) - redis) * 1e6 / calls,
                             runs_call=(after[0] - before[0]) / calls, script_us=(after[1] - before[1]) / calls,
                             rss_mib=max(machine.resident_mib(p.pid) for p in pods))
                name = f"{form}: {count} process" + ("es" if count > 1 else "")
                run.add(10, gateways.Gateway(name, 0, pods[0].process, form=form), count * 8, found)
            for pod in pods:
                run.fleet.stop(pod)


def together(pods, seconds, lua):
    found = [load.end_wrk(p) for p in [load.begin_wrk(pod.port, 8, seconds, lua) for pod in pods]]
    return {"rate": sum(f["rate"] for f in found), "p50_ms": statistics.median(f["p50_ms"] for f in found),
            "p99_ms": max(f["p99_ms"] for f in found), "calls": sum(f["calls"] for f in found),
            "not_200": sum(f["not_200"] for f in found), "broken": sum(f["broken"] for f in found)}


def cold(run):
    """Row 11: from the start of the process to the first answer, and its first 1,000 calls, one after the other."""
    for round_ in range(run.rounds):
        for form in run.forms:
            begin = time.monotonic()
            gateway = run.fleet.launch(form, "cold start", gateways.LIMITS[:3])
            times, failures, first = [], 0, 0.0
            stream = connected(gateway)
            for i in range(COLD_CALLS):
                sent = time.monotonic()
                failures += call(stream) != 200
                times.append((time.monotonic() - sent) * 1000)
                first = first or (time.monotonic() - begin) * 1000
            stream.close()
            idle = run.fleet.launch(form, "idle", gateways.LIMITS[:3])
            run.fleet.ready(idle)
            time.sleep(1)
            times.sort()
            run.add(11, gateway, 1, {"first_ms": first, "p50_ms": times[500], "p99_ms": times[990], "max_ms": times[-1],
                                     "total_ms": sum(times), "not_200": failures, "idle_mib": machine.resident_mib(idle.pid)})
            run.fleet.stop(gateway)
            run.fleet.stop(idle)


def connected(gateway):
    while True:
        try:
            return socket.create_connection(("127.0.0.1", gateway.port))
        except OSError:
            if gateway.process.poll() is not None:
                raise SystemExit(f"{gateway.name} ended; see {gateway.log}")
            time.sleep(0.001)


def call(stream):
    stream.sendall((f"POST {gateways.PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(gateways.BODY)}\r\n\r\n{gateways.BODY}").encode())
    data = b""
    while b"\r\n\r\n" not in data:
        more = stream.recv(65536)
        if not more:
            raise SystemExit("a sidecar closed the connection of its first calls")
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(int(l.split(b":")[1]) for l in head.split(b"\r\n") if l.lower().startswith(b"content-length"))
    while len(body) < length:
        body += stream.recv(65536)
    return int(head[9:12])


def collections(run):
    """Allocation a call of executables, by their log of collections, in a process of its own: the log costs time."""
    for form in run.forms:
        if not run.is_executable(form):
            continue
        gateway = run.fleet.ready(run.fleet.launch(form, "3 limits, allocation", gateways.LIMITS[:3], flags=["-XX:+PrintGC"]))
        lua = load.script(run.work, "usual")
        load.wrk(gateway.port, 8, 1, lua)
        since = os.path.getsize(gateway.log)
        found = load.wrk(gateway.port, 8, run.seconds, lua)
        found["alloc_kb"] = machine.collected_bytes(gateway.log, since) / 1000 / max(1, found["calls"])
        run.add(5, gateway, 8, found)
        run.fleet.stop(gateway)
