"""What must be true after the chaos test. Every function raises AssertionError if it is not. The stores are inspected
without our own program where that is simple: Redis by its protocol, the S3 server by its folder."""
import concurrent.futures
import hashlib
import json
import random
import re
import socket
from pathlib import Path

from clients import is_good, url_of
from servers import BUCKET

LABELS = sorted(r["label"] for r in json.loads(
    (Path(__file__).resolve().parents[3] / "recipes/default.json").read_text())["recipes"])
READERS = 4


def require(true, why):
    if not true:
        raise AssertionError(why)


def all_images(api):
    images, offset = [], 0
    while True:
        page = api.request("GET", f"/images?limit=500&offset={offset}&sort=id&order=asc").json["images"]
        if not page:
            return images
        images += page
        offset += len(page)


def keys_of(image):
    urls = [image.get("original"), image.get("thumbnail"), *(s.get("url") for s in image["shots"])]
    return [u.removeprefix("/files/") for u in urls if u]


def check_records(images, jobs, accepted, host):
    """One record for each image and no other; each is what was sent."""
    require(sorted(accepted) == list(range(jobs)), "every submission was accepted")
    ids = [i["id"] for i in images]
    require(all(a < b for a, b in zip(ids, ids[1:])), "ids ascend, none occurs twice")
    require(len({i["url"] for i in images}) == len(images), "no URL occurs twice")
    require(set(ids) == set(accepted.values()), "the records are those that were accepted")
    require(len(images) == jobs, "as many records as images")
    by_id = {i["id"]: i for i in images}
    for n, image_id in accepted.items():
        image = by_id[image_id]
        require(image["url"] == url_of(n, host), f"image {n} has another record: {image}")
        require(image["name"] == f"{n}.bmp", f"image {n} has another name: {image}")
        require(image["status"] == ("processed" if is_good(n) else "failed"), f"image {n} ended wrong: {image}")
        check_shots(image)


def check_shots(image):
    """Every shot once; a failed image has none."""
    labels = [s["label"] for s in image["shots"]]
    require(sorted(labels) == (LABELS if image["status"] == "processed" else []), f"labels of {image}")
    require(len(set(keys_of(image))) == len(keys_of(image)), f"two shots share a file: {image}")
    if image["status"] == "processed":
        require(image["original"] and image["thumbnail"], f"original and thumbnail of {image}")
        require(image["stage"] == "" and image["finishedAt"], f"finishedAt of {image}")
        require("error" not in image or not image["error"], f"an error is left: {image}")
    else:
        require(image["error"]["code"], f"a reason for {image}")


def check_status(images, apis, seed):
    """/image-status answers for each image what the list says."""
    rng = random.Random(f"{seed} status")
    for image in images:
        answer = rng.choice(apis).request("GET", f"/image-status/{image['id']}")
        require((answer.status, answer.json["status"]) == (200, image["status"]), f"status of {image}: {answer.body}")


def check_files(images, apis):
    """Every file can be read completely over HTTP: keys contain the hash of the content."""
    work = [(apis[i % len(apis)], key, image) for i, image in enumerate(images) for key in keys_of(image)]

    def read(item):
        api, key, image = item
        answer = api.request("GET", f"/files/{key}")
        require(answer.status == 200, f"{key}: {answer.status}")
        digest = hashlib.sha256(answer.body).hexdigest()
        hashes = re.findall(r"[0-9a-f]{16,}", key)
        require(hashes and digest.startswith(hashes[-1]), f"{key} is incomplete: {len(answer.body)} bytes")
        for shot in image["shots"]:
            if shot.get("url") == f"/files/{key}":
                require(shot["bytes"] == len(answer.body), f"{key} has another size than its record says")

    with concurrent.futures.ThreadPoolExecutor(READERS) as pool:
        for _ in pool.map(read, work):
            pass
    return len(work)


def stored(s3):
    """The keys in the S3 server's own folder."""
    top = s3.folder / "data" / BUCKET
    keys = {str(p.relative_to(top)) for p in top.rglob("*") if p.is_file()}
    return {k for k in keys if not k.startswith(".")}


def plant_orphans(images, s3):
    """Plants files that no record refers to, as a killed process may leave them. Returns how many."""
    known = next(i for i in images if i["status"] == "processed")
    strays = (f"shots/{known['id']}/neck-00000000-{16 * '0'}.jpg", f"shots/999999/neck-00000000-{16 * '0'}.jpg",
              f"originals/00/{64 * '0'}.bmp")
    for key in strays:
        file = s3.folder / "data" / BUCKET / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"stray")
    return len(strays)


def referenced(images):
    return {key for image in images for key in keys_of(image)}


def check_store(images, s3, orphans_allowed):
    """Returns how many files no record refers to."""
    there, wanted = stored(s3), referenced(images)
    require(wanted <= there, f"files are missing: {sorted(wanted - there)[:5]}")
    orphans = there - wanted
    require(orphans_allowed or not orphans, f"files that no record refers to: {sorted(orphans)[:5]}")
    return len(orphans)


class Resp:
    """As much of the protocol of Redis as is needed here."""

    def __init__(self, port):
        self.file = socket.create_connection(("127.0.0.1", port), 10).makefile("rwb")

    def request(self, *words):
        self.file.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words))
        self.file.flush()
        return self.read()

    def read(self):
        line = self.file.readline().rstrip()
        kind, rest = line[:1], line[1:]
        if kind == b"$":
            return self.file.read(int(rest) + 2)[:-2].decode() if int(rest) >= 0 else None
        if kind == b"*":
            return [self.read() for _ in range(int(rest))]
        require(kind != b"-", rest)
        return int(rest) if kind == b":" else rest.decode()


def check_queue(redis, failed_ids):
    """No job waits, runs or is stalled; what is left are the jobs of failed images."""
    r, prefix = Resp(redis.port), "bull:image-processing:"
    for name in ("wait", "active", "paused"):
        require(r.request("LLEN", prefix + name) == 0, f"jobs in {name}: {r.request('LRANGE', prefix + name, '0', '5')}")
    for name in ("delayed", "priority", "completed"):
        require(r.request("ZCARD", prefix + name) == 0, f"jobs in {name}")
    require(r.request("SCARD", prefix + "stalled") == 0, "stalled jobs")
    failed = set(r.request("ZRANGE", prefix + "failed", "0", "-1"))
    require(failed <= {f"pc-{i}" for i in failed_ids}, f"failed jobs of images that did not fail: {failed}")
    jobs = {k.removeprefix(prefix) for k in r.request("KEYS", prefix + "pc-*")}
    require(jobs <= failed, f"jobs or locks are left: {sorted(jobs - failed)[:5]}")
