"""Proof under fire: two API processes, four workers, real Redis, MongoDB-wire and S3 servers. Small
pictures are submitted while workers and an API process are killed with SIGKILL at random and each server
is killed and started again. At the end every image is processed or failed, has each shot once, every
file is whole, no record is double, and after a sweep no file is without a record.

    POSECRAFT_CHAOS_JOBS and POSECRAFT_CHAOS_SEED (1) say how much and in which order. 2000 where there is
    a mongod on the PATH; 300 on FerretDB, which reads the whole collection for every query, so that ten
    times the images take a hundred times as long."""
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "e2e"), str(HERE.parents[1])]
from harness import BIN, SLOW, PictureHost, Server, clean_env, figure_variant, main  # noqa: E402
from servers import Absent, Mongo, Servers, spawn  # noqa: E402

JOBS = int(os.environ.get("POSECRAFT_CHAOS_JOBS", "2000" if Mongo.program == "mongod" else "300"))
SEED = int(os.environ.get("POSECRAFT_CHAOS_SEED", "1"))
WORKERS, CLIENTS = 4, 6
KILL_EVERY_S = (3, 8)
PICTURE = (120, 180)
SETTINGS = {
    "POSECRAFT_LEASE": "5s",
    "POSECRAFT_ATTEMPTS": "50",  # a killed worker counts as a try
    "POSECRAFT_BACKOFF": "200ms",
    "POSECRAFT_LOG_LEVEL": "warn",
}


class Worker:
    """`posecraft work`, killed and replaced again and again."""

    def __init__(self, folder, number, env):
        self.folder, self.number, self.env, self.process = folder, number, env, None
        self.start()

    def start(self):
        with open(Path(self.folder, f"worker-{self.number}.log"), "ab") as log:
            self.process = spawn(
                [BIN, "work", "--workers", "1", "--wait=60s", "--data", f"{self.folder}/worker-{self.number}"],
                env=clean_env(**self.env), stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def kill(self, sig=signal.SIGKILL):
        if self.process.poll() is None:
            self.process.send_signal(sig)
        self.process.wait(60 * SLOW)
        return self.process.returncode


class Api(Server):
    """An API process without workers, at a port that it keeps when it is started again."""

    def again(self):
        self.args = ("--workers", "0", "--wait=60s", "--port", str(self.port))
        self.start()


class Clients:
    """Submits JOBS pictures, half by upload and half by address, each to either API process; tries again
    when an answer does not come or says that it may be tried again."""

    def __init__(self, apis, host):
        self.apis, self.host = apis, host
        self.lock, self.next, self.accepted, self.retried = threading.Lock(), 0, {}, Counter()
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def take(self):
        with self.lock:
            n, self.next = self.next, self.next + 1
            return n if n < JOBS else None

    def submit(self, n, api):
        if n % 2:
            return api.upload(figure_variant(n, *PICTURE), name=f"{n}.bmp", batch="chaos")
        return api.post_json("/process", {"imageUrl": self.host.url(f"/{n}.bmp"), "batch": "chaos"})

    def run(self):
        dice = random.Random(threading.get_ident())
        while (n := self.take()) is not None:
            while n not in self.accepted:
                try:
                    answer = self.submit(n, dice.choice(self.apis))
                    if answer.status in (200, 202):
                        self.accepted[n] = answer.json["id"]
                        break
                    self.retried[answer.json["error"]["code"]] += 1
                except (OSError, http.client.HTTPException, ValueError) as error:
                    self.retried[type(error).__name__] += 1
                time.sleep(0.2)

    def done(self):
        return not any(t.is_alive() for t in self.threads)


class Fire:
    """Kills by a plan that the seed fixes: workers every few seconds, servers and an API process once."""

    def __init__(self, servers, apis, workers):
        self.dice, self.servers, self.apis, self.workers = random.Random(SEED), servers, apis, workers
        self.kills, self.stop, self.failure = Counter(), threading.Event(), None
        self.special = [lambda: self.restart(servers.redis), lambda: self.restart(servers.s3),
                        self.kill_api, lambda: self.restart(servers.mongo), lambda: self.restart(servers.redis)]
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def restart(self, server):
        server.kill()
        time.sleep(self.dice.uniform(0.5, 3))
        server.start()
        self.kills[server.program] += 1

    def kill_api(self):
        api = self.dice.choice(self.apis)
        api.stop(signal.SIGKILL)
        api.again()
        self.kills["posecraft serve"] += 1

    def kill_worker(self):
        worker = self.dice.choice(self.workers)
        worker.kill()
        worker.start()
        self.kills["posecraft work"] += 1

    def run(self):
        try:
            turn = 0
            while not self.stop.wait(self.dice.uniform(*KILL_EVERY_S)):
                turn += 1
                self.kill_worker()
                if turn % 3 == 0 and self.special:
                    self.special.pop(0)()
        except Exception as error:  # told by the test, which would wait for ever otherwise
            self.failure = error

    def end(self):
        self.stop.set()
        self.thread.join(120 * SLOW)
        if self.failure:
            raise self.failure


def wait_until_quiet(api, seconds):
    end = time.monotonic() + seconds * SLOW
    counts = None
    while time.monotonic() < end:
        try:
            answer = api.ask("GET", "/images?limit=1")
            counts = answer.json.get("counts") if answer.status == 200 else counts
            if counts and counts["pending"] == 0:
                return counts
        except (OSError, http.client.HTTPException, ValueError):
            pass
        time.sleep(0.5)
    raise AssertionError(f"still pending after {seconds} s: {counts}")


def all_images(api):
    images, offset = [], 0
    while True:
        page = api.ask("GET", f"/images?limit=500&offset={offset}&sort=id&order=asc").json["images"]
        if not page:
            return images
        images += page
        offset += len(page)


def sweep(env):
    run = subprocess.run([BIN, "sweep", "--older", "0"], env=clean_env(**env), capture_output=True, text=True,
                         timeout=600)
    if run.returncode != 0:
        raise AssertionError(run.stderr)
    words = run.stdout.split()
    return int(words[0]), int(words[4])  # looked at, removed


class Chaos(unittest.TestCase):
    def test_nothing_is_lost_double_or_half(self):
        folder = tempfile.mkdtemp(prefix="posecraft-chaos-")
        self.addCleanup(shutil.rmtree, folder, True)
        try:
            servers = Servers(folder)
        except Absent as why:
            raise unittest.SkipTest(str(why)) from why
        pages = {f"/{n}.bmp": figure_variant(n, *PICTURE) for n in range(0, JOBS, 2)}
        with servers, PictureHost(pages) as host:
            self.under_fire(folder, servers, host)

    def under_fire(self, folder, servers, host):
        env = {**SETTINGS, **servers.env}
        apis = [Api("--workers", "0", data=tempfile.mkdtemp(dir=folder), env=env).start() for _ in range(2)]
        workers = [Worker(folder, i, env) for i in range(WORKERS)]
        self.addCleanup(lambda: [p.kill() for p in workers])
        self.addCleanup(lambda: [a.stop(signal.SIGKILL) for a in apis])
        begun = time.monotonic()
        clients, fire = Clients(apis, host), Fire(servers, apis, workers)
        while not clients.done() and not fire.failure:
            time.sleep(0.5)
        submitted = time.monotonic()
        while not fire.failure and fire.special:
            if fire.stop.wait(0.5):
                break
        fire.end()
        counts = wait_until_quiet(apis[0], 900)
        ended = time.monotonic()
        images = all_images(apis[0])
        whole = self.check_images(images, clients, apis)
        metrics = apis[1].ask("GET", "/metrics").body.decode()
        time.sleep(3 * SLOW)  # the last one that was replaced has to be up to hear a signal
        for api in apis:
            self.assertEqual(api.stop(), 0)
        self.assertEqual([w.kill(signal.SIGTERM) for w in workers], [0] * WORKERS)
        looked, orphans = sweep(env)
        left, again = sweep(env)
        self.assertEqual(again, 0, "a sweep leaves nothing for the next one")
        self.assertEqual(left, looked - orphans)
        self.assertEqual(left, whole, "every file in the store is named by a record, and the other way round")
        self.tell({
            "jobs": JOBS, "records": len(images), "processed": counts["processed"], "failed": counts["failed"],
            "failures": Counter(i["error"]["code"] for i in images if i.get("error")),
            "tries above one": sum(i["attempts"] > 1 for i in images),
            "killed": dict(fire.kills), "submissions tried again": dict(clients.retried),
            "files": whole, "orphans swept": orphans,
            "seconds": {"submitting": round(submitted - begun, 1), "all": round(ended - begun, 1)},
            "servers": {s.program: s.version() for s in servers.all},
        })
        self.assertIn('posecraft_jobs{state="waiting"} 0', metrics)

    def check_images(self, images, clients, apis):
        """Answers how many files the records name."""
        self.assertEqual(len(clients.accepted), JOBS)
        urls = [i["url"] for i in images]
        self.assertEqual(len(urls), len(set(urls)), "no record is double")
        self.assertEqual({i["id"] for i in images}, set(clients.accepted.values()))
        files = set()
        for image in images:
            self.assertIn(image["status"], ("processed", "failed"), image)
            labels = [s["label"] for s in image["shots"]]
            self.assertEqual(len(labels), len(set(labels)), image)
            named = [s["url"] for s in image["shots"] if "url" in s]
            files.update(named)
            files.update(u for u in (image.get("original"), image.get("thumbnail")) if u)
            if image["status"] == "processed":
                self.assertEqual(len(labels), 5, image)
        sample = random.Random(SEED).sample(images, min(200, len(images)))
        for image in sample:
            for shot in image["shots"]:
                if "url" in shot:
                    answer = random.choice(apis).ask("GET", shot["url"])
                    self.assertEqual((answer.status, len(answer.body)), (200, shot["bytes"]))
                    self.assertTrue(answer.body.endswith(b"\xff\xd9"))
        return len(files)

    @staticmethod
    def tell(figures):
        for name, value in figures.items():
            print(f"# {name}: {json.dumps(value)}", flush=True)


if __name__ == "__main__":
    main(__name__)
