"""The processes of the chaos test, and the faults: workers, API processes and servers are killed, frozen, asked to stop
and started again, in an order that the seed determines."""
import random
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from harness import BIN, SLOW, Server, clean_env
from servers import spawn

LEASE_S, STOP_S = 5, 10
SETTINGS = {
    "POSECRAFT_LEASE": f"{LEASE_S}s",
    "POSECRAFT_STOP_TIME": f"{STOP_S}s",
    "POSECRAFT_ATTEMPTS": "50",  # a worker that is killed costs an attempt
    "POSECRAFT_BACKOFF": "200ms",
    "POSECRAFT_LOG_LEVEL": "warn",
}
PAUSE_S = (0.3, 2)  # between two faults
DOWN_S = (0.5, 3)  # how long a server is down
FROZEN_S = (LEASE_S + 1, LEASE_S + 4)
SWEEP_OLDER = "60s"  # longer than any image or upload takes here, outages included
# Each round has all of these; killed workers are the common case.
ROUND = ("kill worker",) * 6 + ("freeze worker", "stop worker", "kill api", "stop api", "redis", "mongo", "s3", "sweep")


class Worker:
    """`posecraft work`, replaced again and again."""

    def __init__(self, folder, number, env):
        self.folder, self.number, self.env, self.process = folder, number, env, None
        self.start()

    def start(self):
        with open(Path(self.folder, f"worker-{self.number}.log"), "ab") as log:
            self.process = spawn(
                [BIN, "work", "--workers", "1", "--wait=60s", "--data", f"{self.folder}/worker-{self.number}"],
                env=clean_env(**self.env), stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def kill(self, sig=signal.SIGKILL):
        """Its exit status. 0 also for one that was asked to stop before it had started to work: only then does the
        signal itself end it."""
        if self.process.poll() is None:
            self.process.send_signal(sig)
        code = self.process.wait((STOP_S + 30) * SLOW)
        return 0 if sig == signal.SIGTERM and code == -sig else code

    def freeze(self, seconds):
        """Like a machine that sleeps: when it wakes up, another worker has had its job for long."""
        frozen = self.process  # send_signal does nothing if it was killed in the meantime
        frozen.send_signal(signal.SIGSTOP)
        timer = threading.Timer(seconds, frozen.send_signal, [signal.SIGCONT])
        timer.daemon = True
        timer.start()


class Api(Server):
    """An API process without workers, which keeps its port over restarts."""

    def __init__(self, folder, env):
        super().__init__("--workers", "0", "--wait=60s", data=tempfile.mkdtemp(dir=folder), env=env)

    def again(self):
        self.args = ("--workers", "0", "--wait=60s", "--port", str(self.port))
        self.start()


class Sweeps:
    """`posecraft sweep` beside the work. It ends with an error if a server is down."""

    def __init__(self, folder, env):
        self.folder, self.env, self.process = Path(folder), env, None
        self.ended, self.removed = Counter(), 0

    def start(self):
        self.end()
        self.out = open(self.folder / "sweep.out", "w+")
        with open(self.folder / "sweep.log", "ab") as log:
            self.process = spawn([BIN, "sweep", "--older", SWEEP_OLDER], env=clean_env(**self.env),
                                 stdout=self.out, stderr=log, stdin=subprocess.DEVNULL)

    def end(self):
        if not self.process:
            return
        code = self.process.wait(300 * SLOW)
        self.out.seek(0)
        found = re.search(r"(\d+) that no record refers to removed", self.out.read())
        self.out.close()
        if code not in (0, 1) or (code == 0 and not found):
            raise AssertionError(f"sweep ended with {code}")
        self.ended["whole" if code == 0 else "cut short"] += 1
        self.removed += int(found[1]) if found else 0
        self.process = None


class FaultInjector:
    """Injects faults until it is ended. done() says how many images are finished; for the figures."""

    def __init__(self, seed, folder, env, servers, apis, workers, done):
        self.rng, self.apis, self.workers, self.done = random.Random(seed), apis, workers, done
        self.sweeps = Sweeps(folder, env)
        self.servers = {"redis": servers.redis, "mongo": servers.mongo, "s3": servers.s3}
        self.faults, self.at, self.stop_seconds = Counter(), [], []
        self.over, self.failure = threading.Event(), None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def restart(self, server):
        server.kill()
        time.sleep(self.rng.uniform(*DOWN_S))
        server.start()

    def replace_worker(self, sig):
        worker = self.rng.choice(self.workers)
        started = time.monotonic()
        code = worker.kill(sig)
        self.check_stop("a worker", sig, code, started)
        worker.start()

    def replace_api(self, sig):
        api = self.rng.choice(self.apis)
        started = time.monotonic()
        code = api.stop(sig)
        self.check_stop("an API process", sig, code, started)
        api.again()

    def check_stop(self, who, sig, code, started):
        if sig != signal.SIGTERM:
            return
        self.stop_seconds.append(time.monotonic() - started)
        if code != 0 or self.stop_seconds[-1] > (STOP_S + 10) * SLOW:
            raise AssertionError(f"{who} asked to stop ended with {code} after {self.stop_seconds[-1]:.1f} s")

    def check_alive(self):
        for who in (*self.apis, *self.workers):
            code = who.process.poll()
            if code is not None:
                raise AssertionError(f"{' '.join(map(str, who.process.args[:2]))} ended by itself with {code}")

    def inject(self, fault):
        self.check_alive()
        if fault in self.servers:
            self.restart(self.servers[fault])
        elif fault == "freeze worker":
            self.rng.choice(self.workers).freeze(self.rng.uniform(*FROZEN_S))
        elif fault == "sweep":
            self.sweeps.start()
        else:
            sig = signal.SIGKILL if fault.startswith("kill") else signal.SIGTERM
            (self.replace_worker if fault.endswith("worker") else self.replace_api)(sig)
        self.faults[fault] += 1
        self.at.append(self.done())

    def run(self):
        try:
            while True:
                faults = list(ROUND)
                self.rng.shuffle(faults)
                for fault in faults:
                    if self.over.wait(self.rng.uniform(*PAUSE_S)):
                        return
                    self.inject(fault)
        except Exception as error:  # raised by the test, which would wait for ever otherwise
            self.failure = error

    def first_round(self):
        """How much of the first round is over, from 0 to 1."""
        return min(1, len(self.at) / len(ROUND))

    def end(self):
        self.over.set()
        self.thread.join(300 * SLOW)
        if self.failure:
            raise self.failure
        self.sweeps.end()

    def spread(self, jobs):
        """How many faults fell in each tenth of the work."""
        tenths = Counter(min(9, n * 10 // jobs) for n in self.at)
        return [tenths[i] for i in range(10)]
