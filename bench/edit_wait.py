#!/usr/bin/python3
"""How long a correction waits while thousands of uploads are queued.

    edit_wait.py PHOTO [--images 2700] [--workers 1] [--limit 120] [--program PROGRAM]

Uploads PHOTO, a JPEG, so many times, each time with other trailing bytes in a comment, so that each is an image of
its own. Then it edits an image that was processed before, uploads a single one, and waits for both. Prints the waits
in seconds and in jobs, by the median time of the jobs that ended meanwhile. Gives up after --limit seconds."""
import argparse
import concurrent.futures
import http.client
import json
import os
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / os.environ.get("POSECRAFT_BENCH_BUILD", "build") / "posecraft"
UPLOADERS = 4


class Server:
    def __init__(self, program, workers):
        self.folder = tempfile.TemporaryDirectory(prefix="posecraft-bench-")
        env = {k: v for k, v in os.environ.items() if not k.startswith("POSECRAFT_") or k == "POSECRAFT_SHARE"}
        env.update(POSECRAFT_LOG_LEVEL="error")
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", "--workers", str(workers), "--data", self.folder.name], env=env,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.port = int(self.process.stdout.readline().decode().strip().rsplit(":", 1)[1])

    def ask(self, method, path, body=None, kind="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body, {"Content-Type": kind})
            response = connection.getresponse()
            text = response.read()
            assert response.status in (200, 202), (response.status, text)
            return json.loads(text)
        finally:
            connection.close()

    def upload(self, photo, n, priority):
        comment = b"image %d" % n
        data = photo[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + photo[2:]
        return self.ask("POST", f"/process?priority={priority}", data, "image/jpeg")["id"]

    def wait(self, image, limit):
        """Seconds until the image is processed; None: not within the limit."""
        start = time.monotonic()
        while time.monotonic() - start < limit:
            if self.ask("GET", f"/image-status/{image}?wait=10")["status"] == "processed":
                return time.monotonic() - start
        return None

    def pending(self):
        return self.ask("GET", "/images?limit=1&status=pending")["total"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.folder.cleanup()


def job_seconds(server):
    """The median time of the images that were processed last."""
    images = server.ask("GET", "/images?limit=100&status=processed&sort=updated")["images"]
    times = [server.ask("GET", f"/images/{image['id']}")["timingsMs"]["total"] for image in images[:20]]
    return statistics.median(times) / 1000


def measure(server, photo, images, limit):
    edited = server.upload(photo, 0, "high")
    assert server.wait(edited, limit), "the first image was not processed"
    with concurrent.futures.ThreadPoolExecutor(UPLOADERS) as pool:
        list(pool.map(lambda n: server.upload(photo, n, "low"), range(1, images + 1)))
    print(f"waiting: {server.pending()} images")
    shot = next(s for s in server.ask("GET", f"/images/{edited}")["shots"] if s["label"] == "length")
    x, y, width, height = shot["box"]
    server.ask("PUT", f"/images/{edited}/edits", json.dumps({"boxes": {"length": [x, y, width - 20, height - 20]}}))
    report("edit", server.wait(edited, limit), server, limit)
    single = server.upload(photo, images + 1, "high")
    report("single upload", server.wait(single, limit), server, limit)


def report(what, seconds, server, limit):
    job = job_seconds(server)
    if seconds is None:
        print(f"{what}: not after {limit:.0f} s; {server.pending()} images still wait")
    else:
        print(f"{what}: {seconds:.2f} s = {seconds / job:.1f} jobs of {job:.2f} s, its own included")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("photo", type=Path)
    options.add_argument("--images", type=int, default=2700)
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--limit", type=float, default=120)
    options.add_argument("--program", type=Path, default=PROGRAM)
    args = options.parse_args()
    server = Server(args.program, args.workers)
    try:
        measure(server, args.photo.read_bytes(), args.images, args.limit)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
