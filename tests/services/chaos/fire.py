"""The processes under fire, and the fire: workers, API processes and servers are killed, frozen, asked to
stop and started again, in an order that the seed fixes."""
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
    "POSECRAFT_ATTEMPTS": "50",  # a killed worker counts as a try
    "POSECRAFT_BACKOFF": "200ms",
    "POSECRAFT_LOG_LEVEL": "warn",
}
PAUSE_S = (0.3, 2)  # between two blows
AWAY_S = (0.5, 3)  # a server's absence
FROZEN_S = (LEASE_S + 1, LEASE_S + 4)
SWEEP_OLDER = "60s"  # longer than any cut or upload takes here, outages included
# One of each in every round; the worker's kill is the common case.
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
        """Its exit status; 0 also for one that was asked to stop before it had begun to work: only then does
        the signal end it by itself."""
        if self.process.poll() is None:
            self.process.send_signal(sig)
        code = self.process.wait((STOP_S + 30) * SLOW)
        return 0 if sig == signal.SIGTERM and code == -sig else code

    def freeze(self, seconds):
        """As a machine that sleeps: when it wakes, its job has been another's for long."""
        frozen = self.process  # send_signal does nothing to one that was killed meanwhile
        frozen.send_signal(signal.SIGSTOP)
        timer = threading.Timer(seconds, frozen.send_signal, [signal.SIGCONT])
        timer.daemon = True
        timer.start()


class Api(Server):
    """An API process without workers, at a port that it keeps when it is started again."""

    def __init__(self, folder, env):
        super().__init__("--workers", "0", "--wait=60s", data=tempfile.mkdtemp(dir=folder), env=env)

    def again(self):
        self.args = ("--workers", "0", "--wait=60s", "--port", str(self.port))
        self.start()


class Sweeps:
    """`posecraft sweep` beside the work. One that meets a server that is away ends with an error."""

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


class Fire:
    """Goes on until it is ended. done() says how many images are finished: for the figures."""

    def __init__(self, seed, folder, env, servers, apis, workers, done):
        self.dice, self.apis, self.workers, self.done = random.Random(seed), apis, workers, done
        self.sweeps = Sweeps(folder, env)
        self.servers = {"redis": servers.redis, "mongo": servers.mongo, "s3": servers.s3}
        self.blows, self.at, self.stop_s = Counter(), [], []
        self.over, self.failure = threading.Event(), None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def restart(self, server):
        server.kill()
        time.sleep(self.dice.uniform(*AWAY_S))
        server.start()

    def replace_worker(self, sig):
        worker = self.dice.choice(self.workers)
        begun = time.monotonic()
        code = worker.kill(sig)
        self.check_stop("a worker", sig, code, begun)
        worker.start()

    def replace_api(self, sig):
        api = self.dice.choice(self.apis)
        begun = time.monotonic()
        code = api.stop(sig)
        self.check_stop("an API process", sig, code, begun)
        api.again()

    def check_stop(self, who, sig, code, begun):
        if sig != signal.SIGTERM:
            return
        self.stop_s.append(time.monotonic() - begun)
        if code != 0 or self.stop_s[-1] > (STOP_S + 10) * SLOW:
            raise AssertionError(f"{who} asked to stop ended with {code} after {self.stop_s[-1]:.1f} s")

    def check_alive(self):
        for who in (*self.apis, *self.workers):
            code = who.process.poll()
            if code is not None:
                raise AssertionError(f"{' '.join(map(str, who.process.args[:2]))} ended by itself with {code}")

    def strike(self, blow):
        self.check_alive()
        if blow in self.servers:
            self.restart(self.servers[blow])
        elif blow == "freeze worker":
            self.dice.choice(self.workers).freeze(self.dice.uniform(*FROZEN_S))
        elif blow == "sweep":
            self.sweeps.start()
        else:
            sig = signal.SIGKILL if blow.startswith("kill") else signal.SIGTERM
            (self.replace_worker if blow.endswith("worker") else self.replace_api)(sig)
        self.blows[blow] += 1
        self.at.append(self.done())

    def run(self):
        try:
            while True:
                blows = list(ROUND)
                self.dice.shuffle(blows)
                for blow in blows:
                    if self.over.wait(self.dice.uniform(*PAUSE_S)):
                        return
                    self.strike(blow)
        except Exception as error:  # told by the test, which would wait for ever otherwise
            self.failure = error

    def burnt(self):
        """How much of the first round is over."""
        return min(1, len(self.at) / len(ROUND))

    def end(self):
        self.over.set()
        self.thread.join(300 * SLOW)
        if self.failure:
            raise self.failure
        self.sweeps.end()

    def spread(self, jobs):
        """How many blows fell in each tenth of the work."""
        tenths = Counter(min(9, n * 10 // jobs) for n in self.at)
        return [tenths[i] for i in range(10)]
