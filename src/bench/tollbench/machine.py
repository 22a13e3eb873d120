"""Processes, and what Linux says of them."""
import ctypes
import os
import re
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
SET_TIMER_SLACK = 29  # PR_SET_TIMERSLACK of <linux/prctl.h>


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def exact_timers():
    """In a child before it runs: its sleeps end within a microsecond, not within Linux' default of fifty."""
    ctypes.CDLL(None).prctl(SET_TIMER_SLACK, 1000)


class Processes:
    """What was started; all of it ends with the run."""

    def __init__(self):
        self.started = []

    def start(self, command, log, env=None, before=None):
        process = subprocess.Popen(command, env=env, stdout=open(log, "ab"), stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL, preexec_fn=before)
        self.started.append(process)
        return process

    def stop(self, process):
        """At once; nginx in its own time, since a killed master leaves its workers behind."""
        if os.path.basename(process.args[0]) == "nginx":
            process.terminate()
        else:
            process.kill()
        process.wait()
        self.started.remove(process)

    def close(self):
        for process in list(self.started):
            self.stop(process)


def await_true(what, seconds, process, condition):
    end = time.monotonic() + seconds
    while not condition():
        if process.poll() is not None:
            raise SystemExit(f"{what} ended with {process.returncode}; its log says why")
        if time.monotonic() > end:
            raise SystemExit(f"{what} was not ready within {seconds} s")
        time.sleep(0.02)


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def family(pid):
    """The process and its children (nginx has a worker)."""
    pids = [pid]
    for other in os.listdir("/proc"):
        if other.isdigit():
            try:
                if int(open(f"/proc/{other}/stat").read().rpartition(")")[2].split()[1]) == pid:
                    pids.append(int(other))
            except (OSError, IndexError):
                pass
    return pids


def cpu_seconds(pid):
    """Of all its threads, user and system; of its children too."""
    total = 0
    for one in family(pid):
        fields = open(f"/proc/{one}/stat").read().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def resident_mib(pid):
    return sum(int(open(f"/proc/{one}/statm").read().split()[1]) for one in family(pid)) * PAGE / 1048576


def forget_peak(pid):
    """Writes to /proc: 5 resets the peak of resident memory (man proc_pid_clear_refs)."""
    with open(f"/proc/{pid}/clear_refs", "w") as f:
        f.write("5")


def peak_mib(pid):
    """Most resident memory since forget_peak."""
    return int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1)) / 1024


def allocated_bytes(process):
    """Bytes that the threads of a JVM allocated since it started, by jcmd; None if it is none."""
    executable = os.readlink(f"/proc/{process.pid}/exe")
    jcmd = os.path.join(os.path.dirname(executable), "jcmd")
    if os.path.basename(executable) != "java" or not os.path.exists(jcmd):
        return None
    units = {"B": 1, "K": 1024, "M": 1024 ** 2, "G": 1024 ** 3}
    text = subprocess.run([jcmd, str(process.pid), "Thread.print", "-e"], capture_output=True, text=True).stdout
    return sum(int(n) * units[unit] for n, unit in re.findall(r"allocated=(\d+)([BKMG])", text))


def collected_bytes(log, since=0):
    """Bytes that an executable with -XX:+PrintGC allocated, by its log: from the end of each collection to the next."""
    units = {"K": 1024, "M": 1024 ** 2, "G": 1024 ** 3}
    text = open(log, "rb").read()[since:].decode("utf-8", "replace")
    total, last = 0, None
    for before, unit1, after, unit2 in re.findall(r"([\d.]+)([KMG])B?->([\d.]+)([KMG])", text):
        if last is not None:
            total += max(0, float(before) * units[unit1] - last)
        last = float(after) * units[unit2]
    return total


def redis_stats(port):
    """Runs of the script and their time in microseconds, since Redis started."""
    text = redis(port, b"INFO commandstats")
    found = re.search(r"cmdstat_evalsha:calls=(\d+),usec=(\d+)", text)
    return (int(found.group(1)), int(found.group(2))) if found else (0, 0)


def redis(port, command):
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(command + b"\r\n")
        data = b""
        while b"\r\n" not in data:
            data += s.recv(65536)
        head, _, body = data.partition(b"\r\n")
        if head[:1] == b"$":
            while len(body) < int(head[1:]):
                body += s.recv(65536)
        return (head + b"\n" + body).decode()
