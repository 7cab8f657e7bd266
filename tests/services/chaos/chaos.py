"""Chaos test: two API processes, four workers, real Redis, MongoDB and S3 servers. Small images are submitted
for as long as the work lasts. Meanwhile workers, API processes and all three servers are killed with SIGKILL and restarted,
workers are frozen for longer than their lease and asked to stop, and sweeps run (faults.py). At the end (checks.py)
every image must have one record and be processed or failed, whichever is right; each must have every shot once; every
file must be complete; the queue must be empty; and after a sweep the S3 server must have exactly the files that records
refer to. Then something is broken on purpose, to prove that the checks would notice.

    POSECRAFT_CHAOS_JOBS  2000 without it
    POSECRAFT_CHAOS_SEED  1; determines the order of the faults and the pauses between them"""
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
import checks  # noqa: E402
from clients import Clients, Follower, pages  # noqa: E402
from faults import ROUND, SETTINGS, Api, FaultInjector, Worker  # noqa: E402
from harness import BIN, SLOW, ImageHost, clean_env, main  # noqa: E402
from servers import Mongo, ServerMissing, Servers  # noqa: E402

JOBS = int(os.environ.get("POSECRAFT_CHAOS_JOBS", "2000"))
SEED = int(os.environ.get("POSECRAFT_CHAOS_SEED", "1"))
WORKERS, APIS = 4, 2
NO_PROGRESS_S = 180
LAST = 10  # no more faults when so few images are left, else the last one might never end


def sweep(env):
    """Returns the files looked at, the files removed, and the peak memory in MiB."""
    with tempfile.TemporaryFile("w+") as out:
        run = subprocess.Popen([BIN, "sweep", "--older", "0"], env=clean_env(**env), stdout=out, stderr=out)
        most = 0  # wait4's figure would include this program's own memory
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
        self.env, self.passed = {**SETTINGS, **self.servers.env}, False
        with self.servers, ImageHost(pages(JOBS)) as self.host:
            self.start()
            self.run_under_faults()
            images = self.check_all()
            self.check_the_checks(images)
        self.passed = True

    def keep_or_remove(self):
        """Keeps the logs of a run that failed."""
        if getattr(self, "passed", True):
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print(f"# logs: {self.folder}", flush=True)

    def start(self):
        self.apis = [Api(self.folder, self.env).start() for _ in range(APIS)]
        self.workers = [Worker(self.folder, i, self.env) for i in range(WORKERS)]
        self.addCleanup(lambda: [p.kill() for p in self.workers])
        self.addCleanup(lambda: [a.stop(signal.SIGKILL) for a in self.apis])

    def run_under_faults(self):
        started = time.monotonic()
        self.follower = Follower(SEED, self.apis)
        self.injector = FaultInjector(SEED, self.folder, self.env, self.servers, self.apis, self.workers,
                                      self.follower.done)
        self.clients = Clients(SEED, JOBS, self.apis, self.host, self.follower.done, self.injector.first_round)
        self.wait_for(lambda: not self.clients.busy() and self.follower.done() >= JOBS - LAST)
        under_faults = time.monotonic()
        self.injector.end()
        self.wait_for(lambda: self.follower.done() == JOBS)
        done = time.monotonic()
        self.follower.end()
        self.seconds = {"under faults": round(under_faults - started), "to the last": round(done - started),
                        "until all was followed": round(time.monotonic() - started)}

    def wait_for(self, happens):
        done, since = -1, 0.0
        while not happens() and not self.injector.failure:
            if self.follower.done() != done:
                done, since = self.follower.done(), time.monotonic()
            if time.monotonic() - since > NO_PROGRESS_S * SLOW:
                pending = [i for i in checks.all_images(self.apis[0]) if i["status"] == "pending"]
                raise AssertionError(f"no progress: {done} of {JOBS} done, {len(self.clients.accepted)} accepted; "
                                     f"pending: {pending[:3]}")
            time.sleep(0.2)
        if self.injector.failure:
            raise self.injector.failure

    def check_all(self):
        started = time.monotonic()
        images = checks.all_images(self.apis[0])
        checks.check_records(images, JOBS, self.clients.accepted, self.host)
        self.assertEqual(self.follower.wrong, [])
        self.assertEqual({i["id"]: i for i in images}, self.follower.images, "the follower has seen all")
        checks.check_status(images, self.apis, SEED)
        checks.check_queue(self.servers.redis, [i["id"] for i in images if i["status"] == "failed"])
        self.assertRegex(self.apis[1].request("GET", "/metrics").body.decode(), r'posecraft_jobs\{state="waiting"\} 0\b')
        time.sleep(3 * SLOW)  # the worker that was replaced last must be able to handle the signal
        self.assertEqual([w.kill(signal.SIGTERM) for w in self.workers], [0] * WORKERS)
        left = checks.check_store(images, self.servers.s3, True)
        orphans = left + checks.plant_orphans(images, self.servers.s3)
        swept_s = time.monotonic()
        looked, removed, self.sweep_mib = sweep(self.env)
        swept_s = time.monotonic() - swept_s
        checks.check_store(images, self.servers.s3, False)
        self.assertEqual((looked, removed), (len(checks.referenced(images)) + orphans, orphans))
        self.assertEqual(sweep(self.env)[:2], (looked - removed, 0), "a sweep leaves nothing for the next one")
        read = checks.check_files(images, self.apis)
        self.check_faults(images)
        self.seconds |= {"last sweep": round(swept_s, 1), "checks": round(time.monotonic() - started)}
        self.print_figures(images, read, left, orphans)
        return images

    def check_faults(self, images):
        missed = set(ROUND) - set(self.injector.faults)
        self.assertEqual(missed, set(), "too few images: the work was over before every fault was injected")
        self.assertGreater(self.extra_attempts(images), 0, "no fault hit a running job")

    @staticmethod
    def extra_attempts(images):
        return sum(i["attempts"] - 1 for i in images)

    def check_the_checks(self, images):
        """Would the checks notice a missing file, a cut file and a missing record?"""
        victim = next(i for i in images if i["status"] == "processed")
        key = checks.keys_of(victim)[-1]
        file = self.servers.s3.folder / "data" / "shots" / key
        content = file.read_bytes()
        file.write_bytes(content[:-1])
        with self.assertRaises(AssertionError):
            checks.check_files([victim], self.apis)
        file.unlink()
        with self.assertRaises(AssertionError):
            checks.check_store(images, self.servers.s3, False)
        file.write_bytes(content)
        checks.check_store(images, self.servers.s3, False)
        self.assertEqual(self.apis[0].request("DELETE", f"/images/{victim['id']}").status, 204)
        left = checks.all_images(self.apis[1])
        with self.assertRaises(AssertionError):
            checks.check_records(left, JOBS, self.clients.accepted, self.host)
        checks.check_store(left, self.servers.s3, False)
        self.assertEqual([a.stop() for a in self.apis], [0] * APIS)

    def print_figures(self, images, read, left, orphans):
        injector, states = self.injector, Counter(i["status"] for i in images)
        figures = {
            "jobs": JOBS, "seed": SEED, "records": len(images), **states,
            "failures": Counter(i["error"]["code"] for i in images if i.get("error")),
            "jobs a second": round(JOBS / self.seconds["to the last"], 1), "seconds": self.seconds,
            "faults": dict(sorted(injector.faults.items())), "faults in each tenth of the work": injector.spread(JOBS),
            "images tried again": sum(i["attempts"] > 1 for i in images),
            "attempts cut off": self.extra_attempts(images),
            "submissions tried again": dict(self.clients.retried),
            "requests for changes tried again": dict(self.follower.retried),
            "longest stop in seconds": round(max(injector.stop_seconds), 1),
            "sweeps under faults": {**injector.sweeps.ended, "files removed": injector.sweeps.removed},
            "files read and compared": read,
            "last sweep": {"files left by the faults": left, "planted": orphans - left, "removed": orphans,
                           "MiB of memory": self.sweep_mib},
            "servers": {s.program: s.version() for s in self.servers.all},
        }
        for name, value in figures.items():
            print(f"# {name}: {json.dumps(value)}", flush=True)


if __name__ == "__main__":
    main(__name__)
