"""The users of the service during the chaos test: clients that submit images, and one that follows the changes."""
import hashlib
import http.client
import random
import threading
import time
from collections import Counter

from harness import SLOW, figure_variant

CLIENTS = 6
SIZE = (120, 180)
AHEAD = 60  # images that wait at most, so that submitting lasts as long as the work
FOLLOWED_S = 300  # a change that a killed process or server left in flight holds back later ones for ten seconds
TRICKLE_S = 0.3  # one image in this time even while none is finished
FAILURES = (OSError, http.client.HTTPException, ValueError)


def image_file(n):
    """Every fortieth is cut off."""
    data = figure_variant(n, *SIZE)
    return data[:2000] + n.to_bytes(4, "little") if n % 40 == 39 else data


def is_good(n):
    return n % 40 not in (39, 20)


def pages(jobs):
    """The images that are fetched by URL: those with even numbers; every fortieth does not exist."""
    return {f"/{n}.bmp": image_file(n) for n in range(0, jobs, 2) if is_good(n)}


def url_of(n, host):
    if n % 2:
        return "upload:sha256-" + hashlib.sha256(image_file(n)).hexdigest()
    return host.url(f"/{n}.bmp")


class Follower:
    """Asks for the changes since its last request, now one API process, now the other. Keeps the latest state of each
    image, and notes what must not happen: changes out of order, or of an image that was finished."""

    def __init__(self, seed, apis):
        self.apis, self.rng = apis, random.Random(f"{seed} follower")
        self.seq, self.images, self.counts, self.wrong, self.retried = 0, {}, {}, [], Counter()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def done(self):
        """How many images are finished. The counts of a batch are computed each time, while the changes and the counts
        of all images wait up to ten seconds for a change whose process was killed."""
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
        """None if there is no answer this time."""
        try:
            answer = self.rng.choice(self.apis).request("GET", f"/images?{query}")
            if answer.status == 200:
                return answer.json
            self.retried[answer.json["error"]["code"]] += 1
        except FAILURES as error:
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
        """Called when all are finished: waits until it has seen that of each image."""
        self.over.set()
        self.thread.join()
        until = time.monotonic() + FOLLOWED_S * SLOW
        while waits_for := self.unseen():
            if time.monotonic() > until:
                raise AssertionError(f"did not see how all ended: {waits_for}; seq {self.seq}, {self.retried}")
            self.look()
            time.sleep(0.1)

    def unseen(self):
        pending = [i for i in self.images.values() if i["status"] == "pending"]
        missing = self.done() - len(self.images)
        return f"{missing} never seen, pending: {pending[:3]}" if missing or pending else ""


class Clients:
    """Submit images, half by upload and half by URL, each to either API process, and try again if there is no answer or
    one that allows it. done() says how many images are finished. first_round() says how much of the first round of
    faults is over, from 0 to 1: even few images are spread over all of it."""

    def __init__(self, seed, jobs, apis, host, done, first_round):
        self.jobs, self.apis, self.host, self.done, self.first_round = jobs, apis, host, done, first_round
        self.lock, self.next, self.last = threading.Lock(), 0, 0.0
        self.accepted, self.retried = {}, Counter()
        self.threads = [threading.Thread(target=self.run, args=[random.Random(f"{seed} client {i}")], daemon=True)
                        for i in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def take(self):
        """The number of the next image if it is its time; -1: wait; None: all are taken."""
        with self.lock:
            now = time.monotonic()
            if self.next == self.jobs:
                return None
            late = self.next < self.jobs * self.first_round() and self.next < self.done() + AHEAD
            if not late and now - self.last < TRICKLE_S:
                return -1
            n, self.next, self.last = self.next, self.next + 1, now
            return n

    def submit(self, n, api):
        if n % 2:
            return api.upload(image_file(n), name=f"{n}.bmp", batch="chaos")
        return api.post_json("/process", {"imageUrl": self.host.url(f"/{n}.bmp"), "batch": "chaos"})

    def submit_until_accepted(self, n, rng):
        while n not in self.accepted:
            try:
                answer = self.submit(n, rng.choice(self.apis))
                if answer.status in (200, 202):
                    self.accepted[n] = answer.json["id"]
                    return
                self.retried[answer.json["error"]["code"]] += 1
            except FAILURES as error:
                self.retried[type(error).__name__] += 1
            time.sleep(0.2)

    def run(self, rng):
        while (n := self.take()) is not None:
            if n < 0:
                time.sleep(0.05)
            else:
                self.submit_until_accepted(n, rng)

    def busy(self):
        return any(t.is_alive() for t in self.threads)
