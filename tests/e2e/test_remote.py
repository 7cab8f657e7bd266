"""Two processes on one data folder: an API without workers, and `posecraft work`. What one does is visible in the
other within about a second, and both stop cleanly. Also startups that must fail."""
import base64
import json
import os
import socket
import struct
import subprocess
import tempfile
import time
import unittest

import harness
from harness import BIN, SLOW, Server, Worker, clean_env, figure_variant


class Live:
    """A WebSocket client that only listens."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30 * SLOW)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.socket.recv(4096)
        self.buffer = self.buffer.split(b"\r\n\r\n", 1)[1]

    def take(self, n):
        while len(self.buffer) < n:
            more = self.socket.recv(65536)
            if not more:
                raise AssertionError("the live channel ended")
            self.buffer += more
        out, self.buffer = self.buffer[:n], self.buffer[n:]
        return out

    def message(self):
        while True:
            first, second = self.take(2)
            length = second & 127
            if length == 126:
                length, = struct.unpack("!H", self.take(2))
            elif length == 127:
                length, = struct.unpack("!Q", self.take(8))
            payload = self.take(length)
            if first & 15 == 1:
                return json.loads(payload)

    def until(self, fits, seconds=30):
        end = time.monotonic() + seconds * SLOW
        while time.monotonic() < end:
            message = self.message()
            if fits(message):
                return message
        raise AssertionError("no such message came")

    def close(self):
        self.socket.close()


def shows(image_id, status):
    return lambda m: m["type"] == "changed" and any(
        i["id"] == image_id and i["status"] == status for i in m["images"])


class TwoProcesses(unittest.TestCase):
    def test_what_the_other_process_does_is_shown(self):
        with Server("--workers", "0") as server, Worker(server.data):
            live = Live(server.port)
            self.assertEqual(live.message()["type"], "hello")
            answer = server.request("POST", "/process", figure_variant(1), {"Content-Type": "image/bmp"})
            self.assertEqual(answer.status, 202)
            image_id = answer.json["id"]
            live.until(shows(image_id, "processed"), 60)
            live.close()

    def test_what_another_api_removes_is_shown(self):
        with Server("--workers", "0") as server, Server("--workers", "0", data=server.data) as other:
            answer = server.request("POST", "/process", figure_variant(2), {"Content-Type": "image/bmp"})
            live = Live(server.port)
            self.assertEqual(live.message()["type"], "hello")
            self.assertEqual(other.request("DELETE", f"/images/{answer.json['id']}").status, 204)
            live.until(lambda m: m["type"] == "removed" and answer.json["id"] in m["ids"])
            live.close()

    def test_a_wait_ends_with_the_work_of_another_process(self):
        with Server("--workers", "0") as server, Worker(server.data):
            answer = server.request("POST", "/process", figure_variant(3), {"Content-Type": "image/bmp"})
            status = server.request("GET", f"/image-status/{answer.json['id']}?wait=60").json["status"]
            self.assertEqual(status, "processed")


class Starts(unittest.TestCase):
    def start(self, *args, **env):
        with tempfile.TemporaryDirectory(prefix="posecraft-e2e-") as data:
            return subprocess.run([BIN, *args], env=clean_env(POSECRAFT_DATA=data, **env), capture_output=True,
                                  text=True, timeout=60 * SLOW)

    def test_work_refuses_a_store_that_only_it_sees(self):
        done = self.start("work", POSECRAFT_QUEUE="memory:")
        self.assertEqual(done.returncode, 2)
        self.assertIn("memory:", done.stderr)

    def test_a_queue_that_is_away_is_an_error_or_waited_for(self):
        with socket.socket() as closed:  # bound, not listening: nothing answers there
            closed.bind(("127.0.0.1", 0))
            address = f"redis://127.0.0.1:{closed.getsockname()[1]}"
            done = self.start("serve", "--port", "0", POSECRAFT_QUEUE=address)
            self.assertEqual(done.returncode, 1)
            self.assertIn("queue_unavailable", done.stderr)
            done = self.start("serve", "--port", "0", "--wait=2", POSECRAFT_QUEUE=address)
            self.assertEqual(done.returncode, 1)
            self.assertIn("waiting for it", done.stderr)

    def test_wait_takes_times(self):
        done = self.start("serve", "--wait=soon")
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    harness.main(__name__)
