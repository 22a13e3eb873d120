"""Load: wrk for the most that goes through, the open-loop generator for what a caller waits."""
import json
import os
import subprocess
import time

from . import gateways, machine

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
CLASSES = os.path.join(ROOT, "target", "test-classes")

SCRIPT = """wrk.method = "POST"
wrk.path = "%(path)s"
wrk.headers["Content-Type"] = "application/json"
wrk.body = %(body)s
%(more)s
done = function(summary, latency)
  io.write(string.format("RESULT %%f %%d %%d %%d %%d %%d\\n", summary.requests / (summary.duration / 1e6), latency:percentile(50),
    latency:percentile(99), summary.errors.status, summary.errors.read + summary.errors.timeout + summary.errors.connect, summary.requests))
end
"""
TENANTS = """local all, at = {}, 0
init = function(args)
  for i = 1, %d do wrk.headers["X-Tollgate-Tenant"] = "tenant-" .. i; all[i] = wrk.format() end
end
request = function() at = at %% #all + 1; return all[at] end
"""


def lua_string(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def script(work, name, body_bytes=0, tenants=0):
    """A wrk script: the usual call, or one with a prompt of so many bytes, or calls of so many tenants in turn."""
    path = os.path.join(work, name + ".lua")
    if not os.path.exists(path):
        body = lua_string(gateways.BODY)
        if body_bytes:
            first, last = '{"messages":[{"role":"user","content":[{"text":"', '"}]}],"inferenceConfig":{"maxTokens":200}}'
            body = f"{lua_string(first)} .. string.rep('Some words of it ', {body_bytes // 17}) .. {lua_string(last)}"
        with open(path, "w") as f:
            f.write(SCRIPT % {"path": gateways.PATH, "body": body, "more": TENANTS % tenants if tenants else ""})
    return path


def begin_wrk(port, connections, seconds, lua):
    return subprocess.Popen(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", lua,
                             f"http://127.0.0.1:{port}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def end_wrk(process):
    text = process.communicate()[0]
    line = next((l for l in text.splitlines() if l.startswith("RESULT")), None)
    if line is None:
        raise SystemExit("wrk failed:\n" + text)
    rate, p50, p99, status, broken, calls = line.split()[1:]
    return {"rate": float(rate), "p50_ms": int(p50) / 1000, "p99_ms": int(p99) / 1000, "not_200": int(status),
            "broken": int(broken), "calls": int(calls)}


def wrk(port, connections, seconds, lua):
    return end_wrk(begin_wrk(port, connections, seconds, lua))


def measured(fleet, gateway, connections, seconds, lua):
    """One wrk run with what it cost: processor time of gateway and Redis a call, allocation, resident memory."""
    allocated = machine.allocated_bytes(gateway.process) if gateway.form else None
    own, redis, runs, begin = machine.cpu_seconds(gateway.pid), machine.cpu_seconds(fleet.redis.pid), machine.redis_stats(fleet.redis_port), time.monotonic()
    result = wrk(gateway.port, connections, seconds, lua)
    calls, took = max(1, result["calls"]), time.monotonic() - begin
    after = machine.redis_stats(fleet.redis_port)
    result["cpu_us"] = (machine.cpu_seconds(gateway.pid) - own) * 1e6 / calls
    result["redis_cpu_us"] = (machine.cpu_seconds(fleet.redis.pid) - redis) * 1e6 / calls
    result["runs_s"] = (after[0] - runs[0]) / took
    result["runs_call"] = (after[0] - runs[0]) / calls
    result["script_us"] = (after[1] - runs[1]) / calls
    if allocated is not None:
        result["alloc_kb"] = (machine.allocated_bytes(gateway.process) - allocated) / 1000 / calls
    result["rss_mib"] = machine.resident_mib(gateway.pid)
    return result


def build():
    """Compiles the generator (POM profile bench) unless it is newer than its sources; returns the class path."""
    listed = os.path.join(ROOT, "target", "bench-classpath")
    sources = [os.path.join(d, f) for d, _, files in os.walk(os.path.join(ROOT, "src", "bench", "java")) for f in files]
    compiled = os.path.join(CLASSES, "dev", "tollgate", "bench", "OpenLoop.class")
    if not os.path.exists(listed) or not os.path.exists(compiled) or os.path.getmtime(compiled) < max(map(os.path.getmtime, sources)):
        subprocess.run(["mvn", "-q", "-Pbench", "test-compile", "dependency:build-classpath", "-Dmdep.includeScope=test",
                        "-Dmdep.outputFile=" + listed], cwd=ROOT, check=True)
        os.utime(compiled)
    return ":".join([CLASSES, os.path.join(ROOT, "target", "classes"), open(listed).read().strip()])


def java(classpath, main, *arguments):
    return ["java", "-Xmx128m", "-Xmn64m", "-XX:+UseSerialGC", "-cp", classpath, "dev.tollgate.bench." + main] + [str(a) for a in arguments]


def open_loop(classpath, work, port, connections, rate, seconds):
    """Calls at a fixed rate, whatever the answers do; each waits from when it was due."""
    body = os.path.join(work, "body.json")
    with open(body, "w") as f:
        f.write(gateways.BODY)
    run = subprocess.run(java(classpath, "OpenLoop", port, gateways.PATH, body, connections, int(rate), seconds),
                         capture_output=True, text=True, preexec_fn=machine.exact_timers)
    if run.returncode:
        raise SystemExit("the open-loop generator failed:\n" + run.stderr)
    return json.loads(run.stdout)
