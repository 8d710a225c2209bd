"""Starts the servers of the comparison, loads them and reads what they cost. Nothing but the standard library."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "artifacts" / "bench"
PAYLOADS = WORK / "payloads"
PROGRAM = pathlib.Path(os.environ.get("FAIRLEAD_PROGRAM", WORK / "program" / "fairlead"))
PEERS = WORK / "peers" / "Fairlead.Peers"
MODELS = ROOT / "samples" / "credit" / "models"
PYTHON = "/usr/bin/python3"
# Ports from here on; another number lets two runs stand beside each other.
FIRST_PORT = int(os.environ.get("FAIRLEAD_BENCH_PORT", "18480"))
HTTP, GRPC, EMPTY, FASTAPI, FLASK, BUCKET = range(FIRST_PORT, FIRST_PORT + 6)
KEY = "fl_" + "benchmark" * 4 + "0123456"
PREDICT = "/api/v1/endpoints/credit/predict"
TICK = os.sysconf("SC_CLK_TCK")


def machine():
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*:\s*(.+)", file.read())
    return f"{os.cpu_count()} cores of {model[1].strip() if model else 'an unnamed processor'}"


def median(values):
    return statistics.median(values)


def spread(values, digits=1):
    """A median with the least and the greatest."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def processor_seconds(pid):
    """User and system time of a process and of its children that live."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    own = (int(fields[11]) + int(fields[12])) / TICK
    with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{pid}/children") as file:
        own += sum(processor_seconds(int(child)) for child in file.read().split())
    return own


def resident_megabytes(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1024


def resident_parts(pid):
    """Megabytes of memory of its own, and of pages of program files, which the system shares and can take back."""
    with open(f"/proc/{pid}/status") as file:
        kilobytes = {name: int(n) for name, n in re.findall(r"Rss(\w+):\s+(\d+)", file.read())}
    return (kilobytes["Anon"] + kilobytes["Shmem"]) / 1024, kilobytes["File"] / 1024


def ask(port, method, path, body=None, headers=None):
    """One request; returns status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request(method, path, body, {
            "Content-Type": "application/json", "Authorization": f"Bearer {KEY}", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def wait_until(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if condition():
                return
        if time.monotonic() > deadline:
            raise TimeoutError("A server did not answer in time.")
        time.sleep(0.01)


class Server:
    """A process that is ended, children included, when the block ends."""

    def __init__(self, command, environment=None, log="/dev/null", folder=None):
        with open(log, "ab") as out:
            self.process = subprocess.Popen(
                [str(part) for part in command], stdout=out, stderr=out, cwd=folder, start_new_session=True,
                env={**os.environ, **(environment or {})})

    @property
    def pid(self):
        return self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()


def fairlead(data, environment=None):
    """Fairlead as it is published, with keys on; its log goes beside its data."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", HTTP)) == 0:
            raise RuntimeError(f"Something listens on port {HTTP} already, and would be measured instead; end it first.")
    return Server(
        [PROGRAM, "serve", "--data", data, "--http", f"127.0.0.1:{HTTP}", "--grpc", f"127.0.0.1:{GRPC}"],
        {"FAIRLEAD_ADMIN_KEY": KEY, **(environment or {})}, log=f"{data}.log")


def command(*arguments):
    """Runs a verb of the program against the server."""
    done = subprocess.run(
        [PROGRAM, *arguments], capture_output=True, text=True,
        env={**os.environ, "FAIRLEAD_URL": f"http://127.0.0.1:{HTTP}", "FAIRLEAD_KEY": KEY})
    if done.returncode != 0:
        raise RuntimeError(f"fairlead {' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


def set_up_models():
    """Registers the demo's two versions and the picture model, and serves the first and the last."""
    wait_until(lambda: ask(HTTP, "GET", "/health/ready")[0] == 200)
    for version in ("logistic", "boosted"):
        command("models", "register", "credit", MODELS / version)
    command("models", "register", "image", PAYLOADS / "image.onnx")
    command("endpoints", "create", "credit", "--model", "credit/1")
    command("endpoints", "create", "image", "--model", "image/1")


def empty(answer):
    """The web server alone, answering the bytes of a file."""
    server = Server([PEERS, "empty", EMPTY, answer])
    wait_until(lambda: ask(EMPTY, "POST", "/", b"{}")[0] == 200)
    return server


def fastapi():
    # uvicorn's own workers leave Nagle's algorithm on, which costs a caller with few connections 40 ms a request;
    # under gunicorn they answer at once.
    return python_server(FASTAPI, ["-m", "gunicorn", "--bind", f"127.0.0.1:{FASTAPI}", "--workers", os.cpu_count(),
                                   "--worker-class", "uvicorn.workers.UvicornWorker", "--log-level", "warning",
                                   "fastapi_server:app"])


def flask():
    return python_server(FLASK, ["-m", "gunicorn", "--bind", f"127.0.0.1:{FLASK}", "--workers", os.cpu_count(),
                                 "--worker-class", "gthread", "--threads", 4, "--log-level", "warning",
                                 "flask_server:app"])


def python_server(port, arguments):
    row = (PAYLOADS / "row.json").read_bytes()
    server = Server([PYTHON, *arguments], {"CREDIT_MODEL": str(WORK / "credit.joblib")}, log=WORK / "python.log",
                    folder=ROOT / "bench" / "python")
    wait_until(lambda: ask(port, "POST", "/credit", row)[0] == 200)
    return server


class Load:
    """What a run of the load generator said."""

    def __init__(self, requests, seconds, failures, median_ms=None, p99_ms=None):
        self.requests = requests
        self.per_second = requests / seconds
        self.failures = failures
        self.median_ms = median_ms
        self.p99_ms = p99_ms


def wrk(url, body, connections, seconds, headers=None):
    with wrk_process(url, body, connections, seconds, headers) as process:
        return wrk_report(process.communicate()[0])


def wrk_process(url, body, connections, seconds, headers=None):
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}", **(headers or {})}
    arguments = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    return subprocess.Popen(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s", "-s",
         str(ROOT / "bench" / "measure" / "post.lua"), *arguments, url],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "BODY": str(body)})


def wrk_report(text):
    counted = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)", text)
    seconds = float(counted[2]) * {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60}[counted[3]]
    failures = sum(int(n) for n in re.findall(r"Non-2xx or 3xx responses: (\d+)", text))
    for line in re.findall(r"Socket errors: (.+)", text):
        failures += sum(int(n) for n in re.findall(r"\d+", line))
    return Load(int(counted[1]), seconds, failures, percentile(text, "50%"), percentile(text, "99%"))


def percentile(text, name):
    found = re.search(rf"{name}\s+([\d.]+)(us|ms|s|m)\b", text)
    return float(found[1]) * {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}[found[2]] if found else None


def h2load(body, connections, seconds):
    """gRPC calls, one at a time on each connection. The log holds what each took."""
    log = WORK / "h2load.log"
    log.unlink(missing_ok=True)
    text = subprocess.run(
        ["h2load", "-D", str(seconds), "-c", str(connections), "-m", "1", "-t1", "-d", str(body),
         "--log-file", str(log),
         "-H", "content-type: application/grpc", "-H", "te: trailers", "-H", f"authorization: Bearer {KEY}",
         f"http://127.0.0.1:{GRPC}/inference.GRPCInferenceService/ModelInfer"],
        capture_output=True, text=True).stdout
    counted = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", text)
    with open(log) as file:
        milliseconds = sorted(int(line.split()[2]) / 1e3 for line in file)
    return Load(int(counted[1]), seconds, sum(int(counted[i]) for i in (2, 3, 4)),
                at_share(milliseconds, 0.5), at_share(milliseconds, 0.99))


def at_share(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def check_grpc(body):
    """h2load sees HTTP's status only; gRPC's own is in the trailers."""
    text = subprocess.run(
        ["nghttp", "-v", "-d", str(body), "-H", "content-type: application/grpc", "-H", "te: trailers",
         "-H", f"authorization: Bearer {KEY}",
         f"http://127.0.0.1:{GRPC}/inference.GRPCInferenceService/ModelInfer"],
        capture_output=True, text=True, errors="replace").stdout
    if "grpc-status: 0" not in text:
        raise RuntimeError(f"gRPC did not answer well:\n{text[-2000:]}")


def bare_onnx(rows, seconds, model=MODELS / "logistic" / "model.onnx"):
    """Microseconds of processor time for a run of the model alone."""
    return float(subprocess.run(
        [PEERS, "onnx", model, str(rows), str(seconds)], capture_output=True, text=True, check=True).stdout)


def allocated_bytes():
    page = ask(HTTP, "GET", "/metrics")[1].decode()
    return float(re.search(r"^fairlead_allocated_bytes_total (\S+)", page, re.MULTILINE)[1])


def put_endpoint(name, version):
    body = json.dumps({"variants": [{"name": "stable", "model": "credit", "version": version, "weight": 1}]})
    return ask(HTTP, "PUT", f"/api/v1/endpoints/{name}?wait=60s", body)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
