"""An API process and a worker process on real MongoDB-wire, Redis and S3 servers: the main job, live
updates from one process to the other, servers that go and come back, wrong addresses and credentials,
and moving from the embedded stores and back."""
import http.client
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "e2e"), str(HERE.parents[1])]
from harness import BIN, SLOW, Server, clean_env, figure_variant, main  # noqa: E402
from running import ServersTestCase  # noqa: E402
from servers import S3, Redis  # noqa: E402


def run(*args, env=None, timeout=120):
    return subprocess.run([BIN, *map(str, args)], env=clean_env(**(env or {})), capture_output=True, text=True,
                          timeout=timeout * SLOW)


class Outgrow(ServersTestCase):
    def setUp(self):
        self.api = self.serve("--workers", "0")
        self.work(1)

    def submitted(self, n):
        answer = self.api.upload(figure_variant(n, 120, 180), name=f"{n}.bmp", batch="b")
        self.assertIn(answer.status, (200, 202), answer.body)
        return answer.json["id"]

    def eventually(self, ask, seconds=30):
        end = time.monotonic() + seconds * SLOW
        while time.monotonic() < end:
            answer = ask()
            if answer:
                return answer
            time.sleep(0.1)
        raise AssertionError(f"not within {seconds} s; log: {self.api.log_text()}")

    def test_an_image_goes_through_all_of_them(self):
        image = self.api.wait_for(self.submitted(1))
        self.assertEqual(image["status"], "processed", image)
        shots = [s for s in image["shots"] if "url" in s]
        self.assertGreaterEqual(len(shots), 3)
        for shot in shots:
            answer = self.api.request("GET", shot["url"])
            self.assertEqual((answer.status, len(answer.body)), (200, shot["bytes"]))
            part = self.api.request("GET", shot["url"], headers={"Range": "bytes=-2"})
            self.assertEqual((part.status, part.body), (206, b"\xff\xd9"))
        self.assertEqual(self.submitted(1), image["id"])
        ready = self.api.request("GET", "/readyz").json
        self.assertTrue(all(ready["parts"][p]["ok"] for p in ("records", "queue", "blobs")), ready)
        archive = self.api.request("GET", f"/images.zip?ids={image['id']}")
        self.assertEqual((archive.status, archive.body[:2]), (200, b"PK"))
        data = self.servers.s3.folder / "data"
        count = lambda: sum(p.is_file() for p in data.rglob("*.jpg"))
        before = count()
        self.assertEqual(self.api.request("DELETE", f"/images/{image['id']}").status, 204)
        self.assertLess(count(), before)
        self.assertEqual(self.api.request("GET", shots[0]["url"]).status, 404)

    def test_what_a_worker_elsewhere_does_is_known_at_once(self):
        image_id = self.submitted(2)
        image = self.api.request("GET", f"/image-status/{image_id}?wait=30").json
        self.assertEqual(image["status"], "processed")

    def test_each_server_may_go_and_come_back(self):
        for server in self.servers.all:
            with self.subTest(server.program):
                server.kill()
                try:
                    self.while_away(server)
                finally:
                    server.start()
                self.eventually(lambda: self.api.request("GET", "/readyz").status == 200)
                n = 100 + self.servers.all.index(server)
                image = self.api.wait_for(self.eventually(lambda: self.try_submit(n)))
                self.assertEqual(image["status"], "processed", image)

    def try_submit(self, n):
        answer = self.api.upload(figure_variant(n, 120, 180))
        return answer.json["id"] if answer.status in (200, 202) else None

    def while_away(self, server):
        """Refused with a stable code and a time to come back, while what needs no server is answered."""
        self.eventually(lambda: self.api.request("GET", "/readyz").status == 503)
        answers = []
        sender = threading.Thread(target=lambda: answers.append(
            self.api.upload(figure_variant(900 + server.port % 97, 120, 180))))
        sender.start()
        while sender.is_alive():
            self.assertEqual(self.api.request("GET", "/healthz").status, 200)
            time.sleep(0.02)
        sender.join()
        if server is self.servers.redis and answers[0].status in (200, 202):
            return  # the record is durable, and the sweep queues it later
        self.assertEqual(answers[0].status, 503, answers[0].body)
        self.assertIn(answers[0].json["error"]["code"], ("store_unavailable", "queue_unavailable"))
        self.assertIn("Retry-After", dict(answers[0].headers))

    def test_work_under_way_survives_a_restart_of_each(self):
        ids = [self.submitted(200 + i) for i in range(30)]
        for server in self.servers.all:
            server.kill()
            time.sleep(0.5)
            server.start()
        for image_id in ids:
            image = self.eventually(lambda i=image_id: self.finished(i), 90)
            self.assertEqual(image["status"], "processed", image)

    def finished(self, image_id):
        try:
            answer = self.api.request("GET", f"/image-status/{image_id}?wait=5")
            return answer.json if answer.status == 200 and answer.json["status"] != "pending" else None
        except (OSError, http.client.HTTPException):
            return None

    def test_adopting_where_the_first_version_was_not(self):
        self.submitted(3)
        adopted = run("adopt", "--data", self.folder, env=self.env)
        self.assertEqual((adopted.returncode, adopted.stdout), (0, "0 images imported\n"), adopted.stderr)

    def test_moving_in_and_back(self):
        old, new = Path(self.folder, "old"), Path(self.folder, "back")
        old.mkdir()
        new.mkdir()
        with Server(data=str(old)) as server:
            ids = [server.upload(figure_variant(500 + i, 120, 180)).json["id"] for i in range(5)]
            before = [server.wait_for(i) for i in ids]
        database = self.servers.mongo.url.replace("/posecraft", "/moved")
        blobs = self.servers.s3.url.replace("s3://shots?", "s3://shots/moved?")
        there = run("migrate", "--from", f"sqlite:{old}/posecraft.db", "--to", database, "--from-blobs",
                    f"file:{old}/blobs", "--to-blobs", blobs, env=self.servers.env)
        self.assertEqual(there.returncode, 0, there.stdout + there.stderr)
        self.assertIn(": 0 differ", there.stdout)
        back = run("migrate", "--from", database, "--to", f"sqlite:{new}/posecraft.db", "--from-blobs", blobs,
                   "--to-blobs", f"file:{new}/blobs", env=self.servers.env)
        self.assertEqual(back.returncode, 0, back.stdout + back.stderr)
        self.assertEqual(there.stdout.split()[-1], back.stdout.split()[-1], "the digests")
        moved = {**self.env, "POSECRAFT_RECORDS": database, "POSECRAFT_BLOBS": blobs,
                 "POSECRAFT_QUEUE": self.servers.redis.url + "?queue=moved"}
        with Server("--workers", "0", env=moved) as server:
            for image in before:
                now = server.request("GET", f"/image-status/{image['id']}").json
                self.assertEqual([s["label"] for s in now["shots"]], [s["label"] for s in image["shots"]])
                for shot in now["shots"]:
                    if "url" in shot:
                        self.assertEqual(len(server.request("GET", shot["url"]).body), shot["bytes"])


class Starting(unittest.TestCase):
    """What a process says that cannot start; no server is needed."""

    def refused(self, env, *words):
        ended = run("serve", "--port", "0", "--workers", "0", "--data", self.folder, env=env)
        self.assertNotEqual(ended.returncode, 0)
        for word in words:
            self.assertIn(word, ended.stderr)

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="posecraft-outgrow-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def test_a_server_that_is_away(self):
        self.refused({"POSECRAFT_QUEUE": "redis://127.0.0.1:1"}, "queue_unavailable", "127.0.0.1:1")
        self.refused({"POSECRAFT_RECORDS": "mongodb://127.0.0.1:1/x"}, "store_unavailable", "opening the records")
        self.refused({"POSECRAFT_BLOBS": "s3://shots?endpoint=http://127.0.0.1:1&style=path",
                      "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}, "store_unavailable", "opening the blobs")

    def test_wait_waits_for_it(self):
        redis = Redis(self.folder)
        process = subprocess.Popen(
            [BIN, "serve", "--port", "0", "--workers", "0", "--data", self.folder, "--wait=60s"],
            env=clean_env(**redis.env), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            time.sleep(1)
            self.assertIsNone(process.poll())
            redis.start()
            self.assertIn(b"listening on", process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60 * SLOW)
            process.stdout.close()
            redis.kill()

    def test_wrong_credentials(self):
        s3 = self.enterContext(S3(self.folder))
        self.refused({**s3.env, "AWS_SECRET_ACCESS_KEY": "wrong"}, "S3")


if __name__ == "__main__":
    main(__name__)
