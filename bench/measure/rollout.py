"""What a rollout costs the requests that it watches, and how long a look at many rollouts takes."""

import json
import subprocess

import cost
import harness as h

TARGET = 2.0
ENDPOINTS = 10_000
TARGET_MILLISECONDS = 1000

# Everything that a rollout keeps of a request: counts and times, an output, a label and a record for outcomes.
GUARDS = [
    {"name": "errors", "metric": "error_rate", "margin": 0.002},
    {"name": "score", "metric": "output:probabilities[1]", "better": "higher", "margin": 0.5},
    {"name": "accuracy", "metric": "accuracy:label", "better": "higher", "margin": 0.5},
]


def start(step):
    """Starts a rollout to version 2 that stays on one step."""
    plan = {"endpoint": "credit", "candidates": [{"version": 2}], "steps": [step, {"pause": {}}], "guards": GUARDS}
    status, answer = h.ask(h.HTTP, "POST", "/api/v1/rollouts", json.dumps(plan))
    if status >= 300:
        raise RuntimeError(f"The rollout was not started: {status} {answer[:500]}")
    number = json.loads(answer)["id"]
    h.wait_until(lambda: json.loads(h.ask(h.HTTP, "GET", f"/api/v1/rollouts/{number}")[1])["step"] == 1)


def steps(part):
    """The table that the program of the steps prints."""
    return subprocess.run(
        ["dotnet", "run", "-c", "Release", "--no-build", "--project", h.ROOT / "bench" / "Fairlead.Benchmarks", "--",
         part], capture_output=True, text=True, check=True).stdout


def controller_pass():
    """Milliseconds of a pass (median, longest) over rollouts that are looked at, and over rollouts that move."""
    done = subprocess.run(
        ["dotnet", "run", "-c", "Release", "--no-build", "--project", h.ROOT / "bench" / "Fairlead.ControllerPass", "--",
         str(ENDPOINTS)], capture_output=True, text=True, check=True)
    rows = []
    for line in done.stdout.splitlines():
        name, rest = line.split(": ", 1)
        numbers = [int(word) for word in rest.replace("median ", "").split() if word.isdigit()]
        rows.append((name, numbers[-2], numbers[-1]))
    return rows


def main():
    print("## A rollout under way\n")
    print("The same measurement as for a plain endpoint, while a rollout keeps counts, times, an output, the label and "
          "a record for outcomes of every request, and ships them each second.\n")
    rows, worst = [], 0.0
    for name, step in (("5 % of the requests to the candidate", {"weight": 0.05}),
                       ("copies of 5 % of the requests to a candidate in the shadow", {"mirror": 0.05})):
        data = h.WORK / "rollout" / str(len(rows))
        data.parent.mkdir(exist_ok=True)
        costs, _, _, ratios, taken = cost.measure(data, lambda step=step: start(step))
        rows.append([name, h.spread(costs), f"**{h.spread(ratios, 2)}**", h.spread(taken, 0)])
        worst = max(worst, h.median(ratios))
    print(h.table(["", "µs of processor time a request", "ratio to empty Kestrel and ONNX Runtime together",
                   "bytes a request"], rows))
    print(f"At most {TARGET:.1f} times: {'reached' if worst <= TARGET else 'missed'}.\n")
    print("Without server and model (`dotnet run -c Release --project bench/Fairlead.Benchmarks -- canary`):\n")
    print(steps("canary"))
    print("How long a caller waits whose champion computes for 100 µs, a request each millisecond, rounds of the three "
          "cases in turn (`… -- shadow`); median and extremes of 15 rounds:\n")
    print(steps("shadow"))
    print(f"One pass of the controller over {ENDPOINTS:,} endpoints with rollouts, of which 1 % are due, on SQLite:\n")
    passes = controller_pass()
    names = {"looks": "every due rollout is looked at", "decisions": "every due rollout moves on and is written"}
    print(h.table(["", "median", "longest of 20"],
                  [[names[name], f"{median} ms", f"{longest} ms"] for name, median, longest in passes]))
    soon = all(median <= TARGET_MILLISECONDS for _, median, _ in passes)
    print(f"Under {TARGET_MILLISECONDS} ms: {'reached' if soon else 'missed'}.\n")


if __name__ == "__main__":
    main()
