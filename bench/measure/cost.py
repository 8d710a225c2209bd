"""Processor time and memory of one request: pairs of runs, one beside the other, so that a busy machine hits both."""

import harness as h

PAIRS = 9
SECONDS = 2

# Until methods that are called often have been compiled anew, which a busy machine puts off.
WARM_UP_SECONDS = 12
CONNECTIONS = 16
TARGET = 1.7
ALLOWED_BYTES = 2000


def per_request(pid, url, body):
    before = h.processor_seconds(pid)
    load = h.wrk(url, body, CONNECTIONS, SECONDS)
    if load.failures:
        raise RuntimeError(f"{load.failures} requests to {url} failed.")
    return (h.processor_seconds(pid) - before) * 1e6 / load.requests, load


def measure(data, prepare=lambda: None):
    """Costs of ours, the empty server and the model alone, their ratio, and bytes; round by round."""
    row = h.PAYLOADS / "row.json"
    answer = h.WORK / "row.answer"
    ours = f"http://127.0.0.1:{h.HTTP}{h.PREDICT}"
    theirs = f"http://127.0.0.1:{h.EMPTY}/"
    costs, empties, bares, ratios, taken = [], [], [], [], []
    with h.fairlead(data) as server:
        h.set_up_models()
        prepare()
        answer.write_bytes(h.ask(h.HTTP, "POST", h.PREDICT, row.read_bytes())[1])
        with h.empty(answer) as still:
            for url in (ours, theirs):
                h.wrk(url, row, CONNECTIONS, WARM_UP_SECONDS)
            for _ in range(PAIRS):
                before = h.allocated_bytes()
                cost, load = per_request(server.pid, ours, row)
                taken.append((h.allocated_bytes() - before) / load.requests)
                costs.append(cost)
                empties.append(per_request(still.pid, theirs, row)[0])
                bares.append(h.bare_onnx(1, 1))
                ratios.append(costs[-1] / (empties[-1] + bares[-1]))
    return costs, empties, bares, ratios, taken


def main():
    costs, empties, bares, ratios, taken = measure(h.WORK / "cost")
    reached = "reached" if h.median(ratios) <= TARGET else "missed"
    small = "reached" if h.median(taken) <= ALLOWED_BYTES else "missed"
    print("## What a request costs the server\n")
    print("One row of the credit model in our own JSON, a key checked and everything counted, "
          f"{CONNECTIONS} connections. User and system time of the server's process, median (least–greatest) of "
          f"{PAIRS} rounds; each round runs the three one after the other.\n")
    print(h.table(["", "µs of processor time a request"], [
        ["Fairlead", h.spread(costs)],
        ["an empty Kestrel endpoint that reads the same body and answers the same bytes", h.spread(empties)],
        ["ONNX Runtime alone, in process, ordinary C# calls", h.spread(bares)],
    ]))
    print(f"Ratio of Fairlead to the other two together: **{h.spread(ratios, 2)}** (at most {TARGET}: {reached}).\n")
    print(f"Managed memory that the whole server takes for a request, web server and all: "
          f"**{h.spread(taken, 0)} bytes** (at most {ALLOWED_BYTES}: {small}).\n")


if __name__ == "__main__":
    main()
