"""Real servers for tests in Python: Redis (append-only), mongod and versitygw
(S3, verifies signatures). They run on free loopback ports in one folder and end with the test.

Programs are looked for in POSECRAFT_TEST_SERVERS, which `scripts/setup services` fills, and on the PATH."""
import concurrent.futures
import ctypes
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
import unittest
from pathlib import Path

KEY_ID, SECRET, BUCKET = "tester", "tester/secret+key", "shots"


class ServerMissing(unittest.SkipTest):
    """A server program is not available on this machine: the tests that need it are skipped."""


def find_program(program):
    return shutil.which(program, path=os.environ.get("POSECRAFT_TEST_SERVERS", "")) or shutil.which(program)


def find(program):
    path = find_program(program)
    if not path:
        raise ServerMissing(f"there is no {program} here (scripts/setup services)")
    return path


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


# For prctl the parent is the thread that forks, so one thread that lives as long as the test forks all of them.
_forks = concurrent.futures.ThreadPoolExecutor(1)


def spawn(*args, **kwargs):
    """Starts a process that ends with this one, even if this one crashes."""
    return _forks.submit(subprocess.Popen, *args, preexec_fn=die_with_parent, **kwargs).result()


class RealServer:
    """One server. It keeps port and folder when it is killed and started again. `env` is the environment
    that a PoseCraft process needs to use it."""

    program = ""

    def __init__(self, folder):
        self.path, self.port = find(self.program), free_port()
        self.folder = Path(folder, self.program)
        self.folder.mkdir(parents=True)
        self.process = None

    def arguments(self):
        raise NotImplementedError

    def start(self, seconds=30):
        log = open(self.folder / "log", "ab")
        env = {**os.environ, "ROOT_ACCESS_KEY": KEY_ID, "ROOT_SECRET_KEY": SECRET}
        self.process = spawn([self.path, *self.arguments()], stdout=log, stderr=log, env=env,
                             stdin=subprocess.DEVNULL)
        log.close()
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                    if self.is_ready(connection):
                        return self
            except OSError:
                pass
            time.sleep(0.02)
        raise AssertionError(f"{self.program} does not start: {(self.folder / 'log').read_text()[-500:]}")

    def is_ready(self, connection):
        """Whether the server is ready, now that it accepts connections."""
        return True

    def kill(self, sig=signal.SIGKILL):
        if self.process and self.process.poll() is None:
            self.process.send_signal(sig)
            self.process.wait(20)

    __enter__ = start

    def __exit__(self, *exc):
        self.kill(signal.SIGTERM)

    def version(self):
        run = subprocess.run([self.path, "--version"], capture_output=True, text=True, timeout=20)
        return " ".join((run.stdout or run.stderr).split())[:80]


class Redis(RealServer):
    program = "redis-server"

    def arguments(self):
        return ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder), "--save", "",
                "--appendonly", "yes", "--appendfsync", "always"]

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    @property
    def env(self):
        return {"POSECRAFT_QUEUE": self.url}


class Mongo(RealServer):
    program = "mongod"

    def arguments(self):
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        return ["--bind_ip", "127.0.0.1", "--port", str(self.port), "--dbpath", str(data), "--quiet",
                "--wiredTigerCacheSizeGB", "0.25"]

    def is_ready(self, connection):
        """Sends {ping: 1} in an OP_MSG, because mongod opens its port before it is ready."""
        command = b"\x10ping\0\1\0\0\0\2$db\0\6\0\0\0admin\0\0"
        body = bytes(5) + struct.pack("<i", len(command) + 4) + command
        connection.sendall(struct.pack("<4i", 16 + len(body), 1, 0, 2013) + body)
        return b"ok\0" + struct.pack("<d", 1) in connection.recv(4096)

    @property
    def url(self):
        return f"mongodb://127.0.0.1:{self.port}/posecraft"

    @property
    def env(self):
        return {"POSECRAFT_RECORDS": self.url}


class S3(RealServer):
    program = "versitygw"

    def arguments(self):
        for name in ("data", f"data/{BUCKET}", "meta"):
            (self.folder / name).mkdir(exist_ok=True)
        return ["--quiet", "--port", f"127.0.0.1:{self.port}", "posix", "--sidecar", str(self.folder / "meta"),
                str(self.folder / "data")]

    @property
    def url(self):
        return f"s3://{BUCKET}?endpoint=http://127.0.0.1:{self.port}&region=us-east-1&style=path"

    @property
    def env(self):
        return {"POSECRAFT_BLOBS": self.url, "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET,
                "AWS_REGION": "us-east-1"}


class Servers:
    """All three servers."""

    def __init__(self, folder):
        self.redis, self.mongo, self.s3 = Redis(folder), Mongo(folder), S3(folder)
        self.all = (self.redis, self.mongo, self.s3)
        self.env = {name: value for server in self.all for name, value in server.env.items()}

    def __enter__(self):
        for server in self.all:
            server.start()
        return self

    def __exit__(self, *exc):
        for server in self.all:
            server.kill(signal.SIGTERM)
