"""Time from the start of the published program to its first answer, and the memory that it then holds."""

import http.client
import time

import harness as h

STARTS = 7
TARGET_SECONDS = 1.0
TARGET_MEGABYTES = 150


def first_answer(data, body):
    started = time.perf_counter()
    with h.fairlead(data) as server:
        while True:
            try:
                if h.ask(h.HTTP, "POST", h.PREDICT, body)[0] == 200:
                    break
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.002)
        took = time.perf_counter() - started
        return took, h.processor_seconds(server.pid), h.resident_megabytes(server.pid)


def main():
    data = h.WORK / "start"
    row = h.PAYLOADS / "row.json"
    with h.fairlead(data):
        h.set_up_models()
    starts = [first_answer(data, row.read_bytes()) for _ in range(STARTS)]
    with h.fairlead(data) as server:
        h.wait_until(lambda: h.ask(h.HTTP, "POST", h.PREDICT, row.read_bytes())[0] == 200)
        h.put_endpoint("credit", 2)
        h.put_endpoint("credit", 1)
        h.wrk(f"http://127.0.0.1:{h.HTTP}{h.PREDICT}", row, 16, 10)
        loaded = h.resident_megabytes(server.pid)
    wall, processor, idle = zip(*starts)
    soon = "reached" if h.median(wall) <= TARGET_SECONDS else "missed"
    small = "reached" if loaded <= TARGET_MEGABYTES else "missed"
    print("## Start and memory\n")
    print(f"`dotnet publish` with ReadyToRun, three models registered, two endpoints; median (least–greatest) of "
          f"{STARTS} starts.\n")
    print(h.table(["", ""], [
        ["start of the process to the first answer", f"{h.spread(wall, 2)} s (under {TARGET_SECONDS:.0f} s: {soon})"],
        ["processor time until then", f"{h.spread(processor, 2)} s"],
        ["resident memory then", f"{h.spread(idle, 0)} MB"],
        ["resident memory after two swaps and 10 s under load",
         f"{loaded:.0f} MB (under {TARGET_MEGABYTES} MB: {small})"],
    ]))


if __name__ == "__main__":
    main()
