"""What a viewer of the console waits for, in a real browser, and what a hundred open consoles cost the requests."""

import concurrent.futures
import json
import random
import subprocess
import threading
import time

import cost
import harness as h

BROWSER = h.ROOT / "artifacts" / "bin" / "Fairlead.Browser" / "release" / "Fairlead.Browser"
URL = f"http://127.0.0.1:{h.HTTP}"
ENDPOINTS = 1000
RUNS = 10_000
CONSOLES = 100
FIRST_ROUNDS = 9
ROUNDS = 5
SECONDS = 4
PAUSE = 0.05

FIRST_MS = 300
FIRST_BYTES = 1_000_000
TARGET = 0.05


def browse(*arguments):
    done = subprocess.run([BROWSER, arguments[0], URL, h.KEY, *map(str, arguments[1:])], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"The browser: {done.stderr}")
    return json.loads(done.stdout)


def many(work, count):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(count)))


def fill_endpoints():
    def make(i):
        body = json.dumps({"variants": [{"name": "stable", "model": "credit", "version": 1}]})
        status, answer = h.ask(h.HTTP, "PUT", f"/api/v1/endpoints/endpoint-{i:04}", body)
        if status >= 300:
            raise RuntimeError(f"Endpoint {i} was not made: {status} {answer[:500]}")

    many(make, ENDPOINTS)
    h.wait_until(lambda: h.ask(h.HTTP, "POST", f"/api/v1/endpoints/endpoint-{ENDPOINTS - 1:04}/predict",
                               (h.PAYLOADS / "row.json").read_bytes())[0] == 200)


def mlflow(call, body):
    status, answer = h.ask(h.HTTP, "POST", f"/api/2.0/mlflow/{call}", json.dumps(body))
    if status >= 300:
        raise RuntimeError(f"{call}: {status} {answer[:500]}")
    return json.loads(answer)


def fill_runs():
    experiment = mlflow("experiments/create", {"name": "search"})["experiment_id"]

    def make(i):
        chance = random.Random(i)
        run = mlflow("runs/create", {"experiment_id": experiment, "run_name": f"run-{i:05}",
                                     "start_time": 1_700_000_000_000 + i})["run"]["info"]["run_id"]
        mlflow("runs/log-batch", {
            "run_id": run,
            "metrics": [{"key": key, "value": chance.random(), "timestamp": 1_700_000_000_000 + step, "step": step}
                        for key in ("loss", "auc") for step in range(5)],
            "params": [{"key": "rate", "value": f"{chance.random():.4f}"},
                       {"key": "depth", "value": str(chance.randrange(8))}]})

    many(make, RUNS)
    return experiment


def first_page():
    first = browse("first", FIRST_ROUNDS)
    shown = h.median(first["painted"])
    size = h.median(first["bytes"])
    reached = "reached" if shown < FIRST_MS and size < FIRST_BYTES else "missed"
    return [
        ["first byte", f"{h.spread(first['firstByte'], 0)} ms"],
        ["first words on the screen", f"{h.spread(first['painted'], 0)} ms (under {FIRST_MS}: {reached})"],
        ["it answers: the circuit is there", f"{h.spread(first['answers'], 0)} ms"],
        ["fetched, compressed", f"{size / 1000:.0f} kB in {h.median(first['requests']):.0f} requests (under 1 MB)"],
    ]


def frames(milliseconds):
    ordered = sorted(milliseconds)
    return f"{h.at_share(ordered, 0.5):.0f}, {h.at_share(ordered, 0.99):.0f}, {ordered[-1]:.0f} ms"


def consoles_cost(pid, url, row):
    """Milliseconds of processor time a second that the server takes for a little traffic, alone and while many consoles
    are open. A browser that looks at that many wants the processors for itself, so requests are not counted beside it."""
    body = row.read_bytes()
    ended = threading.Event()

    def ask():
        while not ended.wait(PAUSE):
            h.ask(h.HTTP, "POST", h.PREDICT, body)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        alone = [a_second(pid) for _ in range(ROUNDS)]
        opened = subprocess.Popen([BROWSER, "open", URL, h.KEY, str(CONSOLES)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        if json.loads(opened.stdout.readline())["open"] != CONSOLES:
            raise RuntimeError("The consoles were not opened.")
        watched = [a_second(pid) for _ in range(ROUNDS)]
        opened.communicate("\n")
        return watched, alone + [a_second(pid) for _ in range(ROUNDS)]
    finally:
        ended.set()
        asking.join()


def a_second(pid):
    before = h.processor_seconds(pid)
    time.sleep(SECONDS)
    return (h.processor_seconds(pid) - before) * 1e3 / SECONDS


def loaded(pid, url, row):
    """The same while callers ask as fast as they can and nobody looks."""
    before = h.processor_seconds(pid)
    h.wrk(url, row, cost.CONNECTIONS, SECONDS)
    return (h.processor_seconds(pid) - before) * 1e3 / SECONDS


def main():
    row = h.PAYLOADS / "row.json"
    url = f"{URL}{h.PREDICT}"
    with h.fairlead(h.WORK / "console") as server:
        h.set_up_models()
        small = first_page()
        h.wrk(url, row, cost.CONNECTIONS, cost.WARM_UP_SECONDS)
        busy = [loaded(server.pid, url, row) for _ in range(ROUNDS)]
        watched, alone = consoles_cost(server.pid, url, row)
        fill_endpoints()
        large = first_page()
        endpoints = browse("endpoints")
        runs = browse("runs", fill_runs())
    more = h.median(watched) - h.median(alone)
    share = more / h.median(busy)
    print("## The console\n")
    print(f"Chromium without a window, on the same processors, its cache empty: the overview of a server with 2 "
          f"endpoints and with {ENDPOINTS:,}, median (least–greatest) of {FIRST_ROUNDS} visits.\n")
    print(h.table(["first page", "2 endpoints", f"{ENDPOINTS:,} endpoints"],
                  [[name, one, other] for (name, one), (_, other) in zip(small, large)]))
    print(h.table(["long lists", f"{ENDPOINTS:,} endpoints", f"{RUNS:,} runs"], [
        ["from the address to an answering page", f"{endpoints['shown']:.0f} ms", f"{runs['shown']:.0f} ms"],
        ["frames while the wheel turns: median, 99 %, longest", frames(endpoints["frames"]), frames(runs["frames"])],
        ["found by name, filtered in MLflow's language", f"{endpoints['found']:.0f} ms", f"{runs['filtered']:.0f} ms"],
        ["sorted by a metric", "", f"{runs['sorted']:.0f} ms"],
    ]))
    reached = "reached" if share <= TARGET else "missed"
    print(f"{CONSOLES} overviews open in a browser, {1 / PAUSE:.0f} requests a second: the server takes "
          f"{h.spread(watched, 0)} ms of processor time a second, and {h.spread(alone, 0)} without them. With "
          f"{cost.CONNECTIONS} connections that ask as fast as they can, and no browser, it takes {h.spread(busy, 0)}: "
          f"the consoles add **{share * 100:.1f} %** to that (at most {TARGET * 100:.0f} %: {reached}).\n")


if __name__ == "__main__":
    main()
