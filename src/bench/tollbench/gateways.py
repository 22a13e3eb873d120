"""What is measured: the upstream itself, nginx before it, Tollgate in its forms and policies, another gateway."""
import json
import os
import shlex
import shutil
import time
import urllib.request

from . import machine

PATH = "/model/us.amazon.nova-lite-v1%3A0/converse"
BODY = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hello, who are you and what can you do for me today?"}]}],
                   "inferenceConfig": {"maxTokens": 200}})
ANSWER = json.dumps({"output": {"message": {"role": "assistant", "content": [{"text": "Hello there, how are you?"}]}},
                     "stopReason": "end_turn", "usage": {"inputTokens": 12, "outputTokens": 8, "totalTokens": 20},
                     "metrics": {"latencyMs": 5}}, separators=(",", ":"))
LIMITS = [
    "{ name: tpm, per: [tenant, model], rate: { tokens: 100000000000, every: 1m, burst: 30000000000 } }",
    "{ name: inflight, per: [tenant], concurrency: 100000 }",
    "{ name: day, per: [tenant], budget: { usd: 1000000, per: day } }",
    "{ name: rpm, per: [tenant], rate: { requests: 100000000000, every: 1m, burst: 30000000000 } }",
    "{ name: month, per: [tenant], budget: { usd: 1000000, per: month } }",
    "{ name: org, budget: { tokens: 4000000000000, per: month } }",
]
DENYING = "{ name: tight, per: [tenant], rate: { requests: 1, every: 1h, burst: 1 } }"


def missing():
    """Names of the programs that the harness needs and the machine lacks."""
    return [name for name in ("nginx", "redis-server", "wrk", "java", "mvn") if shutil.which(name) is None]


class Gateway:
    """One row's process: where it listens, what it costs."""

    def __init__(self, name, port, process, log=None, management=None, form=None):
        self.name, self.port, self.process, self.log = name, port, process, log
        self.management, self.form, self.org = management, form, None

    @property
    def pid(self):
        return self.process.pid


class Fleet:
    """Starts the gateways of one run: one nginx as upstream and as reverse proxy, one Redis, sidecars as they are needed."""

    def __init__(self, work, forms):
        self.work, self.forms = work, forms
        self.processes = machine.Processes()
        self.upstream, self.proxy, self.redis_port = machine.free_port(), machine.free_port(), machine.free_port()
        self.sidecars = {}
        self._nginx()
        log = os.path.join(work, "redis.log")
        self.redis = self.processes.start(["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", "",
                                           "--appendonly", "no", "--dir", work], log)
        machine.await_true("redis-server", 10, self.redis, lambda: machine.answers(self.redis_port))

    def _nginx(self):
        def one(name, conf):
            path = os.path.join(self.work, name + ".conf")
            with open(path, "w") as f:
                f.write(f"""daemon off; pid {self.work}/{name}.pid; error_log {self.work}/{name}.log; worker_processes 1;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; client_body_buffer_size 128k; client_max_body_size 64m;
  client_body_temp_path {self.work}/{name}-body; proxy_temp_path {self.work}/{name}-proxy;
  fastcgi_temp_path {self.work}/f; uwsgi_temp_path {self.work}/u; scgi_temp_path {self.work}/s;
  {conf}
}}
""")
            return self.processes.start(["nginx", "-p", self.work, "-c", path, "-e", f"{self.work}/{name}.log"], f"{self.work}/{name}.log")
        self.nginx_upstream = one("upstream", f"server {{ listen 127.0.0.1:{self.upstream} backlog=4096;"
                                              f" location / {{ default_type application/json; return 200 '{ANSWER}'; }} }}")
        self.nginx_proxy = one("proxy", f"upstream bedrock {{ server 127.0.0.1:{self.upstream}; keepalive 256; keepalive_requests 1000000000; }}"
                                        f" server {{ listen 127.0.0.1:{self.proxy} backlog=4096; location / {{ proxy_pass http://bedrock;"
                                        ' proxy_http_version 1.1; proxy_set_header Connection ""; } }')
        for process, port in ((self.nginx_upstream, self.upstream), (self.nginx_proxy, self.proxy)):
            machine.await_true("nginx", 10, process, lambda p=port: machine.answers(p))

    def direct(self):
        return Gateway("direct", self.upstream, self.nginx_upstream)

    def reverse_proxy(self):
        return Gateway("nginx", self.proxy, self.nginx_proxy)

    def policy(self, limits):
        path = os.path.join(self.work, "policy-%d.yaml" % abs(hash(tuple(limits))))
        with open(path, "w") as f:
            f.write("limits:\n" + "".join(f"  - {limit}\n" for limit in limits))
        return path

    def environment(self, port, management, limits, settings, org):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("TOLLGATE_", "AWS_"))}
        env.update(AWS_REGION="us-east-1", AWS_ACCESS_KEY_ID="AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY="secret",
                   AWS_EC2_METADATA_DISABLED="true", TOLLGATE_UPSTREAM_ENDPOINT=f"http://127.0.0.1:{self.upstream}",
                   TOLLGATE_REDIS_URL=f"redis://127.0.0.1:{self.redis_port}", TOLLGATE_PORT=str(port),
                   TOLLGATE_MANAGEMENT_PORT=str(management), TOLLGATE_LEDGER_ORG=org)
        if limits:
            env["TOLLGATE_POLICY_FILE"] = self.policy(limits)
        env.update(settings)
        return env

    def launch(self, form, label, limits=(), settings=None, org=None, flags=()):
        """A new sidecar; returns at once."""
        port, management = machine.free_port(), machine.free_port()
        org = org or f"o{port}"
        command = shlex.split(self.forms[form]) + list(flags) + ["serve"]
        log = os.path.join(self.work, f"{form}-{label}-{port}.log".replace(" ", "-").replace("/", "-"))
        process = self.processes.start(command, log, self.environment(port, management, limits, settings or {}, org))
        gateway = Gateway(f"{form}: {label}", port, process, log, management, form)
        gateway.org = org
        return gateway

    def ready(self, gateway):
        def is_ready():
            try:
                return urllib.request.urlopen(f"http://127.0.0.1:{gateway.management}/q/health/ready", timeout=1).status == 200
            except OSError:
                return False
        machine.await_true(f"{gateway.name} ({gateway.log})", 60, gateway.process, is_ready)
        return gateway

    def sidecar(self, form, label, limits=(), settings=None):
        """A sidecar that runs until the end of the run, one for each form and label."""
        if (form, label) not in self.sidecars:
            self.sidecars[form, label] = self.ready(self.launch(form, label, limits, settings))
        return self.sidecars[form, label]

    def against(self, command):
        """Another gateway: gets PORT, UPSTREAM and REDIS, and listens on PORT for the same calls."""
        port = machine.free_port()
        env = dict(os.environ, PORT=str(port), UPSTREAM=f"http://127.0.0.1:{self.upstream}", REDIS=f"127.0.0.1:{self.redis_port}")
        process = self.processes.start(["sh", "-c", "exec " + command], os.path.join(self.work, "against.log"), env)
        machine.await_true(f"--against {command}", 60, process, lambda: machine.answers(port))
        time.sleep(1)
        return Gateway("against: " + command.split()[0], port, process)

    def stop(self, gateway):
        self.processes.stop(gateway.process)

    def close(self):
        self.processes.close()
