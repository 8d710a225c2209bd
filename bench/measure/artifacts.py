"""
Memory that a large file costs the server: uploaded and fetched through the registry and through MLflow's proxy, over a
folder and over a bucket (the one of the tests, tests/clients/s3). The file is made while it is sent, so it needs no disk
of its own. FAIRLEAD_ARTIFACT_GB says how large it is, and FAIRLEAD_ARTIFACT_STORES=folder leaves the bucket out.
"""

import hashlib
import http.client
import os
import re
import shutil
import subprocess
import sys
import time

import harness as h

GIGABYTES = float(os.environ.get("FAIRLEAD_ARTIFACT_GB", "10"))
BLOCK = 1 << 20
BLOCKS = int(GIGABYTES * (1 << 30)) // BLOCK
STORES = os.environ.get("FAIRLEAD_ARTIFACT_STORES", "folder bucket").split()
TARGET_MEGABYTES = 300
BUCKET_PROGRAM = h.ROOT / "tests/clients/s3/node_modules/s3rver/bin/s3rver.js"


def peak_megabytes(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) / 1024


def forget_peak(pid):
    with open(f"/proc/{pid}/clear_refs", "w") as file:
        file.write("5")


def content(seed):
    """Blocks that differ, made from one that is random, and so cheap to make."""
    random = bytearray(os.urandom(BLOCK))
    for number in range(BLOCKS):
        random[:16] = seed.to_bytes(8, "little") + number.to_bytes(8, "little")
        yield bytes(random)


def send(path, seed):
    """Uploads a file; its SHA-256 and the seconds."""
    digest = hashlib.sha256()
    connection = http.client.HTTPConnection("127.0.0.1", h.HTTP, timeout=3600)
    started = time.perf_counter()
    connection.putrequest("PUT", path)
    connection.putheader("Authorization", f"Bearer {h.KEY}")
    connection.putheader("Content-Length", str(BLOCKS * BLOCK))
    connection.putheader("Content-Type", "application/octet-stream")
    connection.endheaders()
    for block in content(seed):
        digest.update(block)
        connection.send(block)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {text[:300]}")
    connection.close()
    return digest.hexdigest(), time.perf_counter() - started


def fetch(path, expected):
    """Fetches a file and holds it to its SHA-256; the seconds."""
    digest = hashlib.sha256()
    connection = http.client.HTTPConnection("127.0.0.1", h.HTTP, timeout=3600)
    started = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {h.KEY}"})
    answer = connection.getresponse()
    while block := answer.read(BLOCK):
        digest.update(block)
    connection.close()
    if answer.status != 200 or digest.hexdigest() != expected:
        raise RuntimeError(f"{path}: {answer.status}, and not the bytes that were sent.")
    return time.perf_counter() - started


def measure(store, data, environment, seed):
    rows = []
    with h.fairlead(data, environment) as server:
        h.wait_until(lambda: h.ask(h.HTTP, "GET", "/health/ready")[0] == 200)
        time.sleep(2)
        before = h.resident_megabytes(server.pid)
        for door, up, down in (
                ("registry", "/api/v1/artifacts", "/api/v1/artifacts/{digest}"),
                ("MLflow proxy", *["/api/2.0/mlflow-artifacts/artifacts/0/bench/artifacts/large.bin"] * 2)):
            seed += 1
            forget_peak(server.pid)
            digest, sent = send(up, seed)
            sending = peak_megabytes(server.pid)
            forget_peak(server.pid)
            fetched = fetch(down.format(digest=digest), digest)
            rows.append((store, door, before, sending, peak_megabytes(server.pid), sent, fetched))
            print("measured", *rows[-1], file=sys.stderr)
    return rows


def bucket(folder):
    server = subprocess.Popen(
        ["node", BUCKET_PROGRAM, "-d", folder, "-a", "127.0.0.1", "-p", str(h.BUCKET), "-s",
         "--configure-bucket", "artifacts"], stdout=subprocess.PIPE, text=True)
    while "listening on" not in server.stdout.readline():
        if server.poll() is not None:
            raise RuntimeError("The bucket did not start; run 'npm ci' in tests/clients/s3.")
    return server


def measure_bucket(data):
    server = bucket(data / "bucket")
    try:
        return measure("bucket", data / "copies", {
            # A cache that is smaller than the file: it is read from the bucket.
            "FAIRLEAD_ARTIFACTS": f"s3://artifacts/bench?endpoint=http://127.0.0.1:{h.BUCKET}&cache=64MiB",
            "AWS_ACCESS_KEY_ID": "S3RVER", "AWS_SECRET_ACCESS_KEY": "S3RVER",
        }, 20)
    finally:
        server.terminate()
        server.wait()


def main():
    data = h.WORK / "artifacts"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    rows = measure("folder", data / "folder", None, 10)
    shutil.rmtree(data / "folder")
    if "bucket" in STORES:
        rows += measure_bucket(data)
    shutil.rmtree(data)

    most = max(max(row[3], row[4]) for row in rows)
    print(f"## A file of {GIGABYTES:g} GB\n")
    print("Uploaded and fetched once, held to its SHA-256; the peak of resident memory of the server meanwhile, which at "
          "rest has the first figure. The bucket is a server of S3's protocol on the same machine.\n")
    print("| store | by | at rest | peak, uploading | peak, fetching | upload | fetch |")
    print("|---|---|---|---|---|---|---|")
    rate = BLOCKS * BLOCK / 1e6
    for store, door, before, sending, fetching, sent, fetched in rows:
        print(f"| {store} | {door} | {before:.0f} MB | {sending:.0f} MB | {fetching:.0f} MB "
              f"| {rate / sent:.0f} MB/s | {rate / fetched:.0f} MB/s |")
    print(f"\nAt most {most:.0f} MB, of {TARGET_MEGABYTES} allowed: {'reached' if most <= TARGET_MEGABYTES else 'missed'}.")


if __name__ == "__main__":
    main()
