"""What the prediction log costs a request: an endpoint with a log beside the same one without, round by round."""

import json
import re

import cost
import harness as h

TARGET = 1.10
ROUNDS = 9
SECONDS = 2
MOST_RUNS = 60

# Every request, with a field of each treatment and the hash of a person.
LOG = {"hash": ["Income"], "redact": ["Marital"], "omit": ["Records"], "subject": "Seniority"}


def counter(name):
    page = h.ask(h.HTTP, "GET", "/metrics")[1].decode()
    return float(re.search(rf"^{name} (\S+)", page, re.MULTILINE)[1])


def dropped():
    page = h.ask(h.HTTP, "GET", "/metrics")[1].decode()
    return sum(float(count) for count in re.findall(r"^fairlead_log_drops_total\S* (\S+)", page, re.MULTILINE))


def put_logged():
    body = {"variants": [{"name": "stable", "model": "credit", "version": 1}], "log": LOG}
    status, answer = h.ask(h.HTTP, "PUT", "/api/v1/endpoints/logged?wait=60s", json.dumps(body))
    if status >= 300:
        raise RuntimeError(f"The endpoint with a log was not made: {status} {answer[:500]}")


def next_roll(url, row):
    """Requests sent until a file of records has become a table."""
    requests, rows = 0, counter("fairlead_log_rolled_rows_total")
    for _ in range(MOST_RUNS):
        requests += h.wrk(url, row, cost.CONNECTIONS, SECONDS).requests
        if counter("fairlead_log_rolled_rows_total") > rows:
            return requests
    raise RuntimeError("No file of records was filled and rolled.")


def between_rolls(pid, url, row):
    """Processor time a request from one roll's end to the next one's: the records of one file, filled and rolled."""
    next_roll(url, row)
    before = h.processor_seconds(pid)
    requests = next_roll(url, row)
    return (h.processor_seconds(pid) - before) * 1e6 / requests


def measure():
    row = h.PAYLOADS / "row.json"
    plain = f"http://127.0.0.1:{h.HTTP}{h.PREDICT}"
    logged = plain.replace("/credit/", "/logged/")
    costs, without, ratios = [], [], []
    with h.fairlead(h.WORK / "log") as server:
        h.set_up_models()
        put_logged()
        for url in (plain, logged):
            h.wrk(url, row, cost.CONNECTIONS, cost.WARM_UP_SECONDS)

        # The rounds begin with a new file, and with a roll behind them that has been compiled.
        next_roll(logged, row)
        for _ in range(ROUNDS):
            without.append(cost.per_request(server.pid, plain, row)[0])
            costs.append(cost.per_request(server.pid, logged, row)[0])
            ratios.append(costs[-1] / without[-1])
        whole = between_rolls(server.pid, logged, row) / h.median(without)
        return costs, without, ratios, whole, dropped() / counter("fairlead_log_records_total")


def main():
    costs, without, ratios, whole, lost = measure()
    print("## What the prediction log costs a request\n")
    print("The request of the first section, to an endpoint that records every request (a field hashed, one redacted, "
          f"one omitted, the hash of a person) and to the same one without a log, {ROUNDS} rounds in turn. User and "
          "system time of the server's process, writing and flushing the records included.\n")
    print(h.table(["", "µs of processor time a request"],
                  [["with a log", h.spread(costs)], ["without", h.spread(without)]]))
    reached = "reached" if h.median(ratios) <= TARGET else "missed"
    print(f"Ratio: **{h.spread(ratios, 2)}** (at most {TARGET:.2f}: {reached}). With the roll of a whole file into a "
          f"table shared among its requests: **{whole:.2f}**. Records dropped: {lost * 100:.2f} %.\n")


if __name__ == "__main__":
    main()
