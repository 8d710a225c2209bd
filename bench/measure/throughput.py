"""Requests a second, latency and processor time of every server, for every form of request."""

import contextlib

import harness as h

CONNECTIONS = (1, 16, 64)
ROUNDS = 3
SECONDS = 1
TARGET = 10


class Case:
    """One server and one form of request."""

    def __init__(self, server, form, pid, run):
        self.server = server
        self.form = form
        self.pid = pid
        self.run = run
        self.loads = {connections: [] for connections in CONNECTIONS}
        self.costs = {connections: [] for connections in CONNECTIONS}

    def measure(self, connections, seconds=SECONDS):
        before = h.processor_seconds(self.pid)
        load = self.run(connections, seconds)
        if load.failures or not load.requests:
            raise RuntimeError(f"{self.server}, {self.form}: {load.failures} of {load.requests} requests failed.")
        return load, (h.processor_seconds(self.pid) - before) * 1e6 / load.requests

    def add(self, connections):
        load, cost = self.measure(connections)
        self.loads[connections].append(load)
        self.costs[connections].append(cost)

    def per_second(self, connections):
        return h.median([load.per_second for load in self.loads[connections]])

    def row(self):
        cells = [self.server, self.form]
        cells += [f"{self.per_second(connections):,.0f}" for connections in CONNECTIONS]
        cells.append(f"{h.median(self.costs[16]):,.0f}")
        return [*cells, *(f"{h.median([getattr(load, name) for load in self.loads[16]]):.2f}"
                          for name in ("median_ms", "p99_ms"))]


def over_http(port, path, body, headers=None):
    return lambda connections, seconds: h.wrk(
        f"http://127.0.0.1:{port}{path}", h.PAYLOADS / body, connections, seconds, headers)


def over_grpc(body):
    h.check_grpc(h.PAYLOADS / body)
    return lambda connections, seconds: h.h2load(h.PAYLOADS / body, connections, seconds)


def binary(name):
    length = (h.PAYLOADS / f"{name}.bin.header").read_text()
    return {"Inference-Header-Content-Length": length, "Content-Type": "application/octet-stream"}


def answer_of(name, path, body, headers=None):
    status, answer = h.ask(h.HTTP, "POST", path, (h.PAYLOADS / body).read_bytes(), headers)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}: {answer[:500]}")
    file = h.WORK / f"{name}.answer"
    file.write_bytes(answer)
    return file


def rows_cases(server, fastapi, flask, still, name):
    body = f"{name}.json"
    return [
        Case("Fairlead", "JSON", server.pid, over_http(h.HTTP, h.PREDICT, body)),
        Case("Fairlead", "OIP binary", server.pid,
             over_http(h.HTTP, "/v2/models/credit/infer", f"{name}.bin", binary(name))),
        Case("Fairlead", "gRPC", server.pid, over_grpc(f"{name}.grpc")),
        Case("empty Kestrel", "JSON", still.pid, over_http(h.EMPTY, "/", body)),
        Case("FastAPI, uvicorn, scikit-learn", "JSON", fastapi.pid, over_http(h.FASTAPI, "/credit", body)),
        Case("Flask, gunicorn, scikit-learn", "JSON", flask.pid, over_http(h.FLASK, "/credit", body)),
    ]


def image_cases(server, fastapi, flask, still):
    headers = binary("image")
    path = "/v2/models/image/infer"
    return [
        Case("Fairlead", "OIP binary", server.pid, over_http(h.HTTP, path, "image.bin", headers)),
        Case("Fairlead", "gRPC", server.pid, over_grpc("image.grpc")),
        Case("Fairlead", "OIP JSON", server.pid, over_http(h.HTTP, path, "image.json")),
        Case("empty Kestrel", "binary", still.pid, over_http(h.EMPTY, "/", "image.bin", headers)),
        Case("empty Kestrel", "JSON", still.pid, over_http(h.EMPTY, "/", "image.json")),
        Case("FastAPI, uvicorn, numpy", "binary", fastapi.pid, over_http(h.FASTAPI, "/image", "image.raw")),
        Case("FastAPI, uvicorn, numpy", "JSON", fastapi.pid, over_http(h.FASTAPI, "/image-json", "image.json")),
        Case("Flask, gunicorn, numpy", "binary", flask.pid, over_http(h.FLASK, "/image", "image.raw")),
        Case("Flask, gunicorn, numpy", "JSON", flask.pid, over_http(h.FLASK, "/image-json", "image.json")),
    ]


def measure(cases):
    for case in cases:
        case.measure(16, seconds=2)
    for _ in range(ROUNDS):
        for case in cases:
            for connections in CONNECTIONS:
                case.add(connections)


def main():
    head = ["server", "form", *(f"requests/s, {connections} conn." for connections in CONNECTIONS),
            "µs of processor time a request", "p50 ms", "p99 ms"]
    print("## Requests a second\n")
    print(f"The load generator runs on the same processors. Medians of {ROUNDS} rounds of {SECONDS} s, all servers up "
          "at once and loaded one after the other in each round; processor time and latency at 16 connections. "
          "The Python servers have a worker for each core and check no key.\n")
    rows = []
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(h.fairlead(h.WORK / "throughput"))
        h.set_up_models()
        fastapi = stack.enter_context(h.fastapi())
        flask = stack.enter_context(h.flask())
        for title, name in (("One row", "row"), ("64 rows", "rows64"), ("A picture of 150 kB", "image")):
            if name == "image":
                answer = answer_of(name, "/v2/models/image/infer", "image.bin", binary("image"))
            else:
                answer = answer_of(name, h.PREDICT, f"{name}.json")
            with h.empty(answer) as still:
                cases = image_cases(server, fastapi, flask, still) if name == "image" \
                    else rows_cases(server, fastapi, flask, still, name)
                measure(cases)
            print(f"### {title}\n")
            print(h.table(head, [case.row() for case in cases]))
            rows = rows or cases
    times = [rows[0].per_second(connections) / rows[4].per_second(connections) for connections in CONNECTIONS]
    reached = "reached" if min(times) >= TARGET else "missed"
    print("Fairlead answers " + ", ".join(f"{t:.1f}" for t in times) + " times as many single-row JSON requests a "
          f"second as FastAPI, at 1, 16 and 64 connections (at least {TARGET}: {reached}).\n")


if __name__ == "__main__":
    main()
