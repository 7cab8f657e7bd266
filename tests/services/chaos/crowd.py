"""Those who use the service while it burns: clients that submit, and one that follows what changes."""
import hashlib
import http.client
import random
import threading
import time
from collections import Counter

from harness import SLOW, figure_variant

CLIENTS = 6
PICTURE = (120, 180)
AHEAD = 60  # so many pictures are submitted ahead of the workers, so that submitting lasts as long as the work
TOLD_S = 300  # a change that a killed process or server left open holds back those after it for ten seconds
TRICKLE_S = 0.3  # also while nothing is done, one picture so often
TROUBLE = (OSError, http.client.HTTPException, ValueError)


def picture(n):
    """Every fortieth is no whole picture."""
    data = figure_variant(n, *PICTURE)
    return data[:2000] + n.to_bytes(4, "little") if n % 40 == 39 else data


def is_good(n):
    return n % 40 not in (39, 20)


def pages(jobs):
    """What is fetched by address: the even ones; every fortieth is not there."""
    return {f"/{n}.bmp": picture(n) for n in range(0, jobs, 2) if is_good(n)}


def url_of(n, host):
    if n % 2:
        return "upload:sha256-" + hashlib.sha256(picture(n)).hexdigest()
    return host.url(f"/{n}.bmp")


class Follower:
    """Asks for what changed since it asked last, now of one API process, now of the other. Holds each image
    as it was told last, and notes what may not happen: changes out of order, or of an image that was done."""

    def __init__(self, seed, apis):
        self.apis, self.dice = apis, random.Random(f"{seed} follower")
        self.seq, self.images, self.counts, self.wrong, self.retried = 0, {}, {}, [], Counter()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def done(self):
        """How many are finished. Those of a batch are counted anew each time, while what changed, and counts
        of all, wait for changes of a process that was killed in the middle of one (ten seconds)."""
        counts = self.counts
        return counts.get("processed", 0) + counts.get("failed", 0)

    def take(self, answer):
        last = self.seq
        for image in answer["images"]:
            if image["seq"] <= last:
                self.wrong.append(f"seq {image['seq']} came after {last}")
            last = image["seq"]
            known = self.images.get(image["id"])
            if known and known["status"] != "pending" and known != image:
                self.wrong.append(f"image {image['id']} was {known['status']} and changed once more")
            self.images[image["id"]] = image
        self.seq = answer["seq"]

    def request(self, query):
        """None: no answer this time."""
        try:
            answer = self.dice.choice(self.apis).request("GET", f"/images?{query}")
            if answer.status == 200:
                return answer.json
            self.retried[answer.json["error"]["code"]] += 1
        except TROUBLE as error:
            self.retried[type(error).__name__] += 1
        return None

    def look(self):
        answer = self.request(f"since={self.seq}&limit=500")
        if answer:
            self.take(answer)
        counted = self.request("batch=chaos&limit=1")
        if counted:
            self.counts = counted["counts"]
        return answer and counted

    def run(self):
        while not self.over.wait(0.2):
            self.look()

    def end(self):
        """Once all are finished: has been told so of each."""
        self.over.set()
        self.thread.join()
        until = time.monotonic() + TOLD_S * SLOW
        while waits_for := self.untold():
            if time.monotonic() > until:
                raise AssertionError(f"not told how all ended: {waits_for}; seq {self.seq}, {self.retried}")
            self.look()
            time.sleep(0.1)

    def untold(self):
        pending = [i for i in self.images.values() if i["status"] == "pending"]
        missing = self.done() - len(self.images)
        return f"{missing} never told, pending: {pending[:3]}" if missing or pending else ""


class Clients:
    """Submit pictures, half by upload and half by address, each to either API process; they try again
    when an answer does not come or says that it may be tried again. done() says how many are finished,
    burnt() how much of the first round of blows is over, from 0 to 1: few pictures are spread over it."""

    def __init__(self, seed, jobs, apis, host, done, burnt):
        self.jobs, self.apis, self.host, self.done, self.burnt = jobs, apis, host, done, burnt
        self.lock, self.next, self.last = threading.Lock(), 0, 0.0
        self.accepted, self.retried = {}, Counter()
        self.threads = [threading.Thread(target=self.run, args=[random.Random(f"{seed} client {i}")], daemon=True)
                        for i in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def take(self):
        """The next one's number, when it is its time; -1 wait, None all are taken."""
        with self.lock:
            now = time.monotonic()
            if self.next == self.jobs:
                return None
            late = self.next < self.jobs * self.burnt() and self.next < self.done() + AHEAD
            if not late and now - self.last < TRICKLE_S:
                return -1
            n, self.next, self.last = self.next, self.next + 1, now
            return n

    def submit(self, n, api):
        if n % 2:
            return api.upload(picture(n), name=f"{n}.bmp", batch="chaos")
        return api.post_json("/process", {"imageUrl": self.host.url(f"/{n}.bmp"), "batch": "chaos"})

    def bring(self, n, dice):
        while n not in self.accepted:
            try:
                answer = self.submit(n, dice.choice(self.apis))
                if answer.status in (200, 202):
                    self.accepted[n] = answer.json["id"]
                    return
                self.retried[answer.json["error"]["code"]] += 1
            except TROUBLE as error:
                self.retried[type(error).__name__] += 1
            time.sleep(0.2)

    def run(self, dice):
        while (n := self.take()) is not None:
            if n < 0:
                time.sleep(0.05)
            else:
                self.bring(n, dice)

    def busy(self):
        return any(t.is_alive() for t in self.threads)
