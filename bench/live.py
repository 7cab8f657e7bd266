#!/usr/bin/python3
"""Open pages: what they cost. Two servers on SQLite, one with idle WebSocket clients, one without.

    live.py [--clients 5000] [--rounds 5] [--seconds 3] [--old PROGRAM]

In turns, wrk asks each for GET /image-status/1; then one change is told to all clients, several times.
Clients answer pings and do nothing else. --old compares request rates and uploads of another build of
posecraft, too. Needs wrk."""
import argparse
import base64
import concurrent.futures
import http.client
import os
import re
import select
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / os.environ.get("POSECRAFT_BENCH_BUILD", "build") / "posecraft"


class Server:
    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory(prefix="posecraft-bench-")
        env = {k: v for k, v in os.environ.items() if not k.startswith("POSECRAFT_") or k == "POSECRAFT_SHARE"}
        env.update(POSECRAFT_MAX_CONNECTIONS="12000", POSECRAFT_QUEUE_MAX="1000000", POSECRAFT_LOG_LEVEL="error")
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", "--workers", "0", "--data", self.folder.name], env=env,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.port = int(self.process.stdout.readline().decode().strip().rsplit(":", 1)[1])
        self.upload(0)

    def upload(self, n):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        try:
            connection.request("POST", "/process", image(n), {"Content-Type": "image/bmp"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status in (200, 202), answer.status
        finally:
            connection.close()

    def rss_kib(self):
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.folder.cleanup()


def image(n):
    """A BMP of its own for each n, some 30 KB."""
    rows = 100 * 300
    head = b"BM" + (54 + rows).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
    head += (40).to_bytes(4, "little") + (100).to_bytes(4, "little") * 2 + b"\1\0\x18\0" + bytes(24)
    return head + n.to_bytes(8, "little") * (rows // 8)


def requests_a_second(server, seconds, path="/image-status/1"):
    out = subprocess.run(["wrk", "-t1", "-c32", f"-d{seconds}s", f"http://127.0.0.1:{server.port}{path}"],
                         check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in out, out
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


_uploads = iter(range(1, 1 << 30))


def uploads_a_second(server, n=400, clients=8):
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        list(pool.map(server.upload, [next(_uploads) for _ in range(n)]))
    return n / (time.monotonic() - began)


class Clients:
    """n of them, read by one thread."""

    def __init__(self, port, n):
        self.poll, self.sockets, self.told, self.when = select.epoll(), {}, {}, {}
        key = base64.b64encode(os.urandom(16)).decode()
        ask = (f"GET /live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode()
        for _ in range(n):
            s = socket.create_connection(("127.0.0.1", port))
            s.sendall(ask)
            got = b""
            while b'"hello"' not in got:
                got += s.recv(4096)
            self.sockets[s.fileno()] = s
            self.poll.register(s.fileno(), select.EPOLLIN)
        self.stopping = False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.stopping:
            for fd, _ in self.poll.poll(.2, 1024):
                got = self.sockets[fd].recv(65536)
                assert got, "a client was dropped"
                if b'"changed"' in got:
                    self.when.setdefault(fd, time.monotonic())
                if got[0] == 0x89:
                    self.sockets[fd].sendall(b"\x8a\x80\0\0\0\0")

    def told_within(self, change):
        """Seconds from a change to the first and to the last client that knows it."""
        self.when = {}
        began = time.monotonic()
        change()
        while len(self.when) < len(self.sockets):
            assert time.monotonic() < began + 30, f"only {len(self.when)} were told"
            time.sleep(.002)
        return min(self.when.values()) - began, max(self.when.values()) - began

    def close(self):
        self.stopping = True
        self.thread.join()
        for s in self.sockets.values():
            s.close()


def row(name, value):
    print(f"| {name} | {value} |")


def against_old(args):
    ours, theirs = Server(PROGRAM), Server(args.old)
    a, b, ua, ub = [], [], [], []
    for _ in range(args.rounds):
        a.append(requests_a_second(ours, args.seconds))
        b.append(requests_a_second(theirs, args.seconds))
        ua.append(uploads_a_second(ours))
        ub.append(uploads_a_second(theirs))
    for name, x, y in (("requests a second, GET /image-status", a, b), ("uploads a second, 8 clients", ua, ub)):
        ratio = statistics.median(i / j for i, j in zip(x, y))
        row(f"{name}: this build, the old, ratio", f"{statistics.median(x):.0f}, {statistics.median(y):.0f}, {ratio:.2f}")
    ours.stop()
    theirs.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--old")
    args = parser.parse_args()
    import resource
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < args.clients + 500:
        sys.exit(f"{args.clients} clients need as many open files; the limit is {hard}.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print("| open pages | |\n|---|---|")
    crowded, empty = Server(PROGRAM), Server(PROGRAM)
    before = crowded.rss_kib()
    clients = Clients(crowded.port, args.clients)
    row("clients", args.clients)
    row("memory a client", f"{(crowded.rss_kib() - before) / args.clients:.1f} KiB")
    with_them, without = [], []
    for _ in range(args.rounds):
        with_them.append(requests_a_second(crowded, args.seconds))
        without.append(requests_a_second(empty, args.seconds))
    ratio = statistics.median(a / b for a, b in zip(with_them, without))
    row("requests a second with them, without, ratio",
        f"{statistics.median(with_them):.0f}, {statistics.median(without):.0f}, {ratio:.2f}")
    told = [clients.told_within(lambda: crowded.upload(next(_uploads))) for _ in range(args.rounds)]
    row("a change is known to the first client", f"{statistics.median(t[0] for t in told) * 1000:.0f} ms")
    row("... to the last", f"{statistics.median(t[1] for t in told) * 1000:.0f} ms")
    clients.close()
    crowded.stop()
    empty.stop()
    if args.old:
        against_old(args)


if __name__ == "__main__":
    main()
