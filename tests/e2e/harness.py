"""Drives the real binary: a server on a free port with a folder of its own, a small HTTP client, an image host
on loopback, and TAP output. Stops only processes that it started.

POSECRAFT_BIN, POSECRAFT_FIGURE (makes a drawn figure as BMP) and POSECRAFT_TEST_PHOTOS (folder of real photos,
may be missing) come from the build."""
import http.client
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import unittest
import urllib.parse
from pathlib import Path

BIN = os.environ["POSECRAFT_BIN"]
FIGURE = os.environ["POSECRAFT_FIGURE"]
PHOTOS = Path(os.environ.get("POSECRAFT_TEST_PHOTOS", ""))
# Time limits only end what would wait for ever: no test asserts how long something takes. Wide, for machines that are
# busy with other work; POSECRAFT_TEST_SLOW widens them more, for sanitizers.
SLOW = 3 * float(os.environ.get("POSECRAFT_TEST_SLOW", "1"))


def clean_env(**more):
    env = {k: v for k, v in os.environ.items() if not k.startswith("POSECRAFT_") or k in
           ("POSECRAFT_SHARE",)}
    env.update({"POSECRAFT_FETCH_ALLOW": "127.0.0.0/8", **more})
    return env


_figures = {}


def figure(width=800, height=1200):
    """The bytes of a drawn figure as BMP."""
    if (width, height) not in _figures:
        _figures[width, height] = subprocess.run(
            [FIGURE, "bmp", str(width), str(height)], check=True, capture_output=True).stdout
    return _figures[width, height]


def figure_variant(n, width=400, height=600):
    """An image that is different for each n: one pixel in the corner changes."""
    data = bytearray(figure(width, height))
    data[-3:] = (n & 255, n >> 8 & 255, n >> 16 & 255)
    return bytes(data)


def photo(relative):
    path = PHOTOS / relative
    if not path.is_file():
        raise unittest.SkipTest("the folder of real photos is absent")
    return path


class Response:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """`posecraft serve` on a free port; a context manager."""

    def __init__(self, *args, data=None, env=None):
        self.own_data = data is None
        self.data = data or tempfile.mkdtemp(prefix="posecraft-e2e-")
        self.args, self.env = args, clean_env(**(env or {}))
        self.process = None

    def start(self):
        self.log = open(os.path.join(self.data, "log.jsonl"), "ab")
        self.process = subprocess.Popen(
            [BIN, "serve", "--port", "0", "--data", self.data, *self.args], env=self.env,
            stdout=subprocess.PIPE, stderr=self.log, stdin=subprocess.DEVNULL)
        line = self.process.stdout.readline().decode()
        if not line.startswith("listening on http://"):
            raise AssertionError(f"no address printed but {line!r}; log: {self.log_text()}")
        self.host, port = line.strip().removeprefix("listening on http://").rsplit(":", 1)
        self.port = int(port)
        return self

    __enter__ = start

    def log_text(self):
        return Path(self.data, "log.jsonl").read_text(errors="replace")[-3000:]

    def stop(self, sig=signal.SIGTERM, wait=60):
        if self.process and self.process.poll() is None:
            self.process.send_signal(sig)
            self.process.wait(wait * SLOW)
        code = self.process.returncode
        self.process.stdout.close()
        self.log.close()
        return code

    def __exit__(self, *exc):
        code = self.stop()
        try:
            if exc[0] is None and code != 0:
                raise AssertionError(f"serve ended with {code}: {self.log_text()}")
        finally:
            if self.own_data:
                shutil.rmtree(self.data, ignore_errors=True)

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60 * SLOW)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            return Response(connection.getresponse())
        finally:
            connection.close()

    def post_json(self, path, value):
        return self.request("POST", path, json.dumps(value), {"Content-Type": "application/json"})

    def upload(self, data, name="a.bmp", field="image", **fields):
        mark = "x-boundary-7d1"
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
                 for k, v in fields.items()]
        parts.append((f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
                      "Content-Type: application/octet-stream\r\n\r\n").encode() + data + b"\r\n")
        return self.request("POST", "/process", b"".join(parts) + f"--{mark}--\r\n".encode(),
                        {"Content-Type": f"multipart/form-data; boundary={mark}"})

    def wait_for(self, image_id, seconds=60):
        """Waits until the image is no longer pending, and returns it."""
        end = time.monotonic() + seconds * SLOW
        while time.monotonic() < end:
            answer = self.request("GET", f"/image-status/{image_id}?wait=10")
            if answer.status == 200 and answer.json["status"] != "pending":
                return answer.json
            time.sleep(0.05)
        raise AssertionError(f"image {image_id} is still pending: {self.log_text()}")


class ServerTestCase(unittest.TestCase):
    """One server for all tests of a class; its folder is removed at the end."""

    args, env = (), {}

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(*cls.args, env=cls.env))


class Worker:
    """`posecraft work` on the folder of a server; a context manager."""

    def __init__(self, data, *args):
        self.log = open(os.path.join(data, "work.jsonl"), "ab")
        self.process = subprocess.Popen([BIN, "work", "--data", data, "--workers", "1", *args], env=clean_env(),
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.process.terminate()
        code = self.process.wait(60 * SLOW)
        self.log.close()
        if exc[0] is None and code != 0:
            raise AssertionError(f"work ended with {code}")


class ImageHost:
    """Serves bytes by path on loopback. A callable page may do anything with the request."""

    def __init__(self, pages):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                page = pages.get(urllib.parse.unquote(self.path.split("?")[0]))
                if callable(page):
                    return page(self)
                status = 200 if page is not None else 404
                body = page if page is not None else b"not here"
                self.send_response(status)
                self.send_header("Content-Type", "image/bmp")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                return None

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    def url(self, path):
        return f"http://127.0.0.1:{self.server.server_address[1]}{path}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc):
        self.server.shutdown()
        self.server.server_close()


def shoot(*args, env=None, **kwargs):
    """Runs `posecraft shoot` and returns the completed process, with its output as text."""
    return subprocess.run([BIN, "shoot", *map(str, args)], env=clean_env(**(env or {})),
                          capture_output=True, text=True, timeout=550, **kwargs)


class Tap(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.n = 0

    def row(self, ok, test, tail=""):
        self.n += 1
        name = getattr(test, "_testMethodName", test.id())  # a whole class may be skipped at once
        print(f"{'ok' if ok else 'not ok'} {self.n} - {name}{tail}", flush=True)

    def addSuccess(self, test):
        self.row(True, test)

    def addSkip(self, test, reason):
        self.row(True, test, f" # SKIP {reason}")

    def fail(self, test, err):
        self.row(False, test)
        for line in "".join(traceback.format_exception(*err)).splitlines():
            print("# " + line)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.fail(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.fail(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            print(f"# {subtest}")
            self.fail(test, err)


def main(module):
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[module])
    result = Tap()
    suite.run(result)
    print(f"1..{result.n}", flush=True)
    sys.exit(0 if result.wasSuccessful() else 1)
