"""Exchanges the version of an endpoint again and again under load, and counts what went wrong."""

import signal
import time

import harness as h

SWAPS = 1000
CONNECTIONS = 16


def main():
    row = h.PAYLOADS / "row.json"
    with h.fairlead(h.WORK / "swaps") as server:
        h.set_up_models()
        before = h.resident_megabytes(server.pid)
        load = h.wrk_process(f"http://127.0.0.1:{h.HTTP}{h.PREDICT}", row, CONNECTIONS, 3600)
        started = time.monotonic()
        refused = 0
        for swap in range(SWAPS):
            status, _ = h.put_endpoint("credit", 2 - swap % 2)
            version = h.ask(h.HTTP, "POST", h.PREDICT, row.read_bytes())[1]
            if status not in (200, 201) or f'"version":{2 - swap % 2},'.encode() not in version:
                refused += 1
        took = time.monotonic() - started
        load.send_signal(signal.SIGINT)
        report = h.wrk_report(load.communicate()[0])
        after = h.resident_megabytes(server.pid)
    print("## Exchanging a version under load\n")
    print(f"{SWAPS} times the endpoint was pointed at the other version, loaded anew each time, and the next answer "
          f"had to come from it, while {CONNECTIONS} connections asked without a pause.\n")
    print(h.table(["", ""], [
        ["swaps that failed or answered from the wrong version", refused],
        ["requests that failed", report.failures],
        ["requests answered meanwhile", f"{report.requests:,}"],
        ["time of a swap, loading, warming and draining included", f"{took * 1000 / SWAPS:.0f} ms"],
        ["resident memory before and after", f"{before:.0f} MB, {after:.0f} MB"],
    ]))
    if refused or report.failures:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
