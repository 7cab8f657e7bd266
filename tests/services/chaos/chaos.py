"""Proof under fire: two API processes, four workers, real Redis, MongoDB-wire and S3 servers. Small pictures
are submitted for as long as the work lasts; meanwhile workers, API processes and all three servers are killed
with SIGKILL and started again, workers are frozen for longer than their lease and asked to stop, and sweeps
run (fire.py). At the end (proof.py) every picture has one record and is processed or failed, as it must be;
each has every shot once; every file is read whole; the queue is empty; and after a sweep the S3 server keeps
exactly the files that records name. Then something is broken on purpose, to see that the proof would see it.

    POSECRAFT_CHAOS_JOBS  2000 with mongod; 300 with FerretDB, which reads the whole collection for a query, so
                          that ten times the images take a hundred times as long
    POSECRAFT_CHAOS_SEED  1; fixes what is struck in which order, with what pauses
    POSECRAFT_TEST_MONGO  mongod or ferretdb; without it mongod where it is"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "e2e"), str(HERE.parents[1])]
import proof  # noqa: E402
from crowd import Clients, Follower, pages  # noqa: E402
from fire import ROUND, SETTINGS, Api, Fire, Worker  # noqa: E402
from harness import BIN, SLOW, ImageHost, clean_env, main  # noqa: E402
from servers import ServerMissing, Mongo, Servers  # noqa: E402

JOBS = int(os.environ.get("POSECRAFT_CHAOS_JOBS", "2000" if Mongo.program == "mongod" else "300"))
SEED = int(os.environ.get("POSECRAFT_CHAOS_SEED", "1"))
WORKERS, APIS = 4, 2
NO_PROGRESS_S = 180
LAST = 10  # the fire ends when so many are left, else it would keep the last one from ending


def sweep(env):
    """(files looked at, files removed, megabytes of memory that it took at most)"""
    with tempfile.TemporaryFile("w+") as out:
        run = subprocess.Popen([BIN, "sweep", "--older", "0"], env=clean_env(**env), stdout=out, stderr=out)
        most = 0  # not what wait4 tells: that begins with this program's own memory
        while run.poll() is None:
            peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{run.pid}/status").read_text())
            most = max(most, int(peak[1])) if peak else most
            time.sleep(0.02)
        out.seek(0)
        said = out.read()
    found = re.search(r"(\d+) files checked, (\d+) that no record refers to removed", said)
    if run.returncode != 0 or not found:
        raise AssertionError(said)
    return int(found[1]), int(found[2]), most // 1024


class Chaos(unittest.TestCase):
    def test_nothing_is_lost_double_or_half(self):
        self.folder = tempfile.mkdtemp(prefix="posecraft-chaos-")
        self.addCleanup(self.keep_or_remove)
        try:
            self.servers = Servers(self.folder)
        except ServerMissing as why:
            raise unittest.SkipTest(str(why)) from why
        self.env, self.whole = {**SETTINGS, **self.servers.env}, False
        with self.servers, ImageHost(pages(JOBS)) as self.host:
            self.start()
            self.burn()
            images = self.prove()
            self.prove_the_proof(images)
        self.whole = True

    def keep_or_remove(self):
        """Logs of a run that went wrong are worth a look."""
        if getattr(self, "whole", True):
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print(f"# logs: {self.folder}", flush=True)

    def start(self):
        self.apis = [Api(self.folder, self.env).start() for _ in range(APIS)]
        self.workers = [Worker(self.folder, i, self.env) for i in range(WORKERS)]
        self.addCleanup(lambda: [p.kill() for p in self.workers])
        self.addCleanup(lambda: [a.stop(signal.SIGKILL) for a in self.apis])

    def burn(self):
        begun = time.monotonic()
        self.follower = Follower(SEED, self.apis)
        self.fire = Fire(SEED, self.folder, self.env, self.servers, self.apis, self.workers, self.follower.done)
        self.clients = Clients(SEED, JOBS, self.apis, self.host, self.follower.done, self.fire.burnt)
        self.wait_for(lambda: not self.clients.busy() and self.follower.done() >= JOBS - LAST)
        burnt = time.monotonic()
        self.fire.end()
        self.wait_for(lambda: self.follower.done() == JOBS)
        done = time.monotonic()
        self.follower.end()
        self.seconds = {"under fire": round(burnt - begun), "to the last": round(done - begun),
                        "until all was told": round(time.monotonic() - begun)}

    def wait_for(self, happens):
        done, since = -1, 0.0
        while not happens() and not self.fire.failure:
            if self.follower.done() != done:
                done, since = self.follower.done(), time.monotonic()
            if time.monotonic() - since > NO_PROGRESS_S * SLOW:
                pending = [i for i in proof.all_images(self.apis[0]) if i["status"] == "pending"]
                raise AssertionError(f"no progress: {done} of {JOBS} done, {len(self.clients.accepted)} accepted; "
                                     f"pending: {pending[:3]}")
            time.sleep(0.2)
        if self.fire.failure:
            raise self.fire.failure

    def prove(self):
        begun = time.monotonic()
        images = proof.all_images(self.apis[0])
        proof.check_records(images, JOBS, self.clients.accepted, self.host)
        self.assertEqual(self.follower.wrong, [])
        self.assertEqual({i["id"]: i for i in images}, self.follower.images, "the follower knows all")
        proof.check_status(images, self.apis, SEED)
        proof.check_queue(self.servers.redis, [i["id"] for i in images if i["status"] == "failed"])
        self.assertRegex(self.apis[1].request("GET", "/metrics").body.decode(), r'posecraft_jobs\{state="waiting"\} 0\b')
        time.sleep(3 * SLOW)  # the last one that was replaced has to be up to hear a signal
        self.assertEqual([w.kill(signal.SIGTERM) for w in self.workers], [0] * WORKERS)
        left = proof.check_store(images, self.servers.s3, True)
        orphans = left + proof.plant(images, self.servers.s3)
        swept_s = time.monotonic()
        looked, removed, self.sweep_mib = sweep(self.env)
        swept_s = time.monotonic() - swept_s
        proof.check_store(images, self.servers.s3, False)
        self.assertEqual((looked, removed), (len(proof.named(images)) + orphans, orphans))
        self.assertEqual(sweep(self.env)[:2], (looked - removed, 0), "a sweep leaves nothing for the next one")
        read = proof.check_files(images, self.apis)
        self.check_fire(images)
        self.seconds |= {"last sweep": round(swept_s, 1), "proof": round(time.monotonic() - begun)}
        self.tell(images, read, left, orphans)
        return images

    def check_fire(self, images):
        missed = set(ROUND) - set(self.fire.blows)
        self.assertEqual(missed, set(), "too few pictures: it was over before all had been struck")
        self.assertGreater(self.again(images), 0, "nobody was struck at work")

    @staticmethod
    def again(images):
        return sum(i["attempts"] - 1 for i in images)

    def prove_the_proof(self, images):
        """A file that is gone or cut off, and a record that is gone: are they seen?"""
        victim = next(i for i in images if i["status"] == "processed")
        key = proof.keys_of(victim)[-1]
        file = self.servers.s3.folder / "data" / "shots" / key
        content = file.read_bytes()
        file.write_bytes(content[:-1])
        with self.assertRaises(AssertionError):
            proof.check_files([victim], self.apis)
        file.unlink()
        with self.assertRaises(AssertionError):
            proof.check_store(images, self.servers.s3, False)
        file.write_bytes(content)
        proof.check_store(images, self.servers.s3, False)
        self.assertEqual(self.apis[0].request("DELETE", f"/images/{victim['id']}").status, 204)
        left = proof.all_images(self.apis[1])
        with self.assertRaises(AssertionError):
            proof.check_records(left, JOBS, self.clients.accepted, self.host)
        proof.check_store(left, self.servers.s3, False)
        self.assertEqual([a.stop() for a in self.apis], [0] * APIS)

    def tell(self, images, read, left, orphans):
        fire, states = self.fire, Counter(i["status"] for i in images)
        figures = {
            "jobs": JOBS, "seed": SEED, "records": len(images), **states,
            "failures": Counter(i["error"]["code"] for i in images if i.get("error")),
            "jobs a second": round(JOBS / self.seconds["to the last"], 1), "seconds": self.seconds,
            "blows": dict(sorted(fire.blows.items())), "blows in each tenth of the work": fire.spread(JOBS),
            "images tried again": sum(i["attempts"] > 1 for i in images), "tries cut off": self.again(images),
            "submissions tried again": dict(self.clients.retried), "looks tried again": dict(self.follower.retried),
            "longest stop in seconds": round(max(fire.stop_s), 1),
            "sweeps under fire": {**fire.sweeps.ended, "files removed": fire.sweeps.removed},
            "files read and compared": read,
            "last sweep": {"files left by the fire": left, "planted": orphans - left, "removed": orphans,
                           "MiB of memory": self.sweep_mib},
            "servers": {s.program: s.version() for s in self.servers.all},
        }
        for name, value in figures.items():
            print(f"# {name}: {json.dumps(value)}", flush=True)


if __name__ == "__main__":
    main(__name__)
