"""Time from the start of the published program to its first answer, and the memory that it then holds."""

import http.client
import re
import time

import harness as h

STARTS = 7
TARGET_SECONDS = 1.0
TARGET_MEGABYTES = 150


def first_answer(data, body, environment=None):
    started = time.perf_counter()
    with h.fairlead(data, environment) as server:
        while True:
            try:
                if h.ask(h.HTTP, "POST", h.PREDICT, body)[0] == 200:
                    break
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.002)
        took = time.perf_counter() - started
        return took, h.processor_seconds(server.pid), h.resident_megabytes(server.pid)


def compiled_methods(data, body):
    """Methods that a start compiles because nothing could compile them ahead, and how many belong to whom."""
    listing = h.WORK / "start.methods"
    listing.unlink(missing_ok=True)
    first_answer(data, body, {"DOTNET_JitStdOutFile": str(listing), "DOTNET_JitDisasmSummary": "1"})
    methods = re.findall(r"JIT compiled (.+)", listing.read_text(errors="replace"))
    kinds = {
        "made at run time (queries, accessors, calls into C)": lambda name: name.startswith("(dynamicClass)"),
        "Entity Framework": lambda name: "EntityFrameworkCore" in name,
        "JSON": lambda name: "System.Text.Json" in name,
    }
    counts = {kind: sum(map(belongs, methods)) for kind, belongs in kinds.items()}
    return len(methods), counts


def main():
    data = h.WORK / "start"
    row = h.PAYLOADS / "row.json"
    with h.fairlead(data):
        h.set_up_models()
    starts = [first_answer(data, row.read_bytes()) for _ in range(STARTS)]
    with h.fairlead(data) as server:
        h.wait_until(lambda: h.ask(h.HTTP, "POST", h.PREDICT, row.read_bytes())[0] == 200)
        h.wrk(f"http://127.0.0.1:{h.HTTP}{h.PREDICT}", row, 16, 10)
        loaded = h.resident_megabytes(server.pid)
        own, files = h.resident_parts(server.pid)
        h.put_endpoint("credit", 2)
        h.put_endpoint("credit", 1)
        h.wrk(f"http://127.0.0.1:{h.HTTP}{h.PREDICT}", row, 16, 10)
        changed = h.resident_megabytes(server.pid)
    compiled, kinds = compiled_methods(data, row.read_bytes())
    wall, processor, idle = zip(*starts)
    swapped = "reached" if changed <= TARGET_MEGABYTES else "missed"
    soon = "reached" if h.median(wall) <= TARGET_SECONDS else "missed"
    small = "reached" if loaded <= TARGET_MEGABYTES else "missed"
    print("## Start and memory\n")
    print(f"`dotnet publish` with ReadyToRun, three models registered, two endpoints; median (least–greatest) of "
          f"{STARTS} starts.\n")
    print(h.table(["", ""], [
        ["start of the process to the first answer", f"{h.spread(wall, 2)} s (under {TARGET_SECONDS:.0f} s: {soon})"],
        ["processor time until then", f"{h.spread(processor, 2)} s"],
        ["resident memory then", f"{h.spread(idle, 0)} MB"],
        ["resident memory after 10 s under load", f"{loaded:.0f} MB (under {TARGET_MEGABYTES} MB: {small})"],
        ["of it memory of its own", f"{own:.0f} MB"],
        ["of it pages of program files, shared and taken back when memory is short", f"{files:.0f} MB"],
        ["resident memory after two swaps and 10 s more", f"{changed:.0f} MB (under {TARGET_MEGABYTES} MB: {swapped})"],
        ["methods that a start still compiles", compiled],
        *([f"of them {kind}", count] for kind, count in kinds.items()),
    ]))
    if soon == "missed":
        print("What stands in the way of a faster start: generic code of the framework over types of ours cannot be "
              "compiled ahead without a copy of the framework; on a machine that is busy otherwise the wait grows with "
              "the load.\n")
    if "missed" in (small, swapped):
        print("Most of the resident memory is code: the runtime, ONNX Runtime, the web server and, from the first "
              "change of anything on, Entity Framework with the model of the tables, which a replica that only answers "
              "does not load.\n")


if __name__ == "__main__":
    main()
