"""What must be true when the fire is out. Every function raises AssertionError when it is not. The stores
are looked at beside our own program where that is simple: Redis by its protocol, the S3 server's folder."""
import concurrent.futures
import hashlib
import json
import random
import re
import socket
from pathlib import Path

from crowd import is_good, url_of
from servers import BUCKET

LABELS = sorted(r["label"] for r in json.loads(
    (Path(__file__).resolve().parents[3] / "recipes/default.json").read_text())["recipes"])
READERS = 4


def must(true, why):
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
    named = [image.get("original"), image.get("thumbnail"), *(s.get("url") for s in image["shots"])]
    return [u.removeprefix("/files/") for u in named if u]


def check_records(images, jobs, accepted, host):
    """One record for each picture and none else; each is what was sent."""
    must(sorted(accepted) == list(range(jobs)), "every submission was accepted")
    ids = [i["id"] for i in images]
    must(all(a < b for a, b in zip(ids, ids[1:])), "ids ascend, none is double")
    must(len({i["url"] for i in images}) == len(images), "no address is double")
    must(set(ids) == set(accepted.values()), "records are those that were accepted")
    must(len(images) == jobs, "as many records as pictures")
    by_id = {i["id"]: i for i in images}
    for n, image_id in accepted.items():
        image = by_id[image_id]
        must(image["url"] == url_of(n, host), f"picture {n} is another's record: {image}")
        must(image["name"] == f"{n}.bmp", f"picture {n} has another name: {image}")
        must(image["status"] == ("processed" if is_good(n) else "failed"), f"picture {n} ended so: {image}")
        check_shots(image)


def check_shots(image):
    """All of them, each once; a failed image has none."""
    labels = [s["label"] for s in image["shots"]]
    must(sorted(labels) == (LABELS if image["status"] == "processed" else []), f"labels of {image}")
    must(len(set(keys_of(image))) == len(keys_of(image)), f"one file for two: {image}")
    if image["status"] == "processed":
        must(image["original"] and image["thumbnail"], f"original and thumbnail of {image}")
        must(image["stage"] == "" and image["finishedAt"], f"an end of {image}")
        must("error" not in image or not image["error"], f"no error is left: {image}")
    else:
        must(image["error"]["code"], f"a reason for {image}")


def check_status(images, apis, seed):
    """/image-status of each answers what the list says."""
    dice = random.Random(f"{seed} status")
    for image in images:
        answer = dice.choice(apis).request("GET", f"/image-status/{image['id']}")
        must((answer.status, answer.json["status"]) == (200, image["status"]), f"status of {image}: {answer.body}")


def check_files(images, apis):
    """Every file is read whole over HTTP: keys hold the hash of what they name."""
    work = [(apis[i % len(apis)], key, image) for i, image in enumerate(images) for key in keys_of(image)]

    def read(item):
        api, key, image = item
        answer = api.request("GET", f"/files/{key}")
        must(answer.status == 200, f"{key}: {answer.status}")
        digest = hashlib.sha256(answer.body).hexdigest()
        hashes = re.findall(r"[0-9a-f]{16,}", key)
        must(hashes and digest.startswith(hashes[-1]), f"{key} is not whole: {len(answer.body)} bytes")
        for shot in image["shots"]:
            if shot.get("url") == f"/files/{key}":
                must(shot["bytes"] == len(answer.body), f"{key} has another size than its record says")

    with concurrent.futures.ThreadPoolExecutor(READERS) as pool:
        for _ in pool.map(read, work):
            pass
    return len(work)


def stored(s3):
    """Keys that the S3 server keeps, from its own folder."""
    top = s3.folder / "data" / BUCKET
    keys = {str(p.relative_to(top)) for p in top.rglob("*") if p.is_file()}
    return {k for k in keys if not k.startswith(".")}


def plant(images, s3):
    """Files as a killed process may leave them, that no record names. Answers how many."""
    known = next(i for i in images if i["status"] == "processed")
    strays = (f"shots/{known['id']}/neck-00000000-{16 * '0'}.jpg", f"shots/999999/neck-00000000-{16 * '0'}.jpg",
              f"originals/00/{64 * '0'}.bmp")
    for key in strays:
        file = s3.folder / "data" / BUCKET / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"stray")
    return len(strays)


def named(images):
    return {key for image in images for key in keys_of(image)}


def check_store(images, s3, orphans_allowed):
    """Answers how many files no record names."""
    there, wanted = stored(s3), named(images)
    must(wanted <= there, f"files are missing: {sorted(wanted - there)[:5]}")
    orphans = there - wanted
    must(orphans_allowed or not orphans, f"files that no record names: {sorted(orphans)[:5]}")
    return len(orphans)


class Resp:
    """As much of Redis' protocol as it takes to look."""

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
        must(kind != b"-", rest)
        return int(rest) if kind == b":" else rest.decode()


def check_queue(redis, failed_ids):
    """Nothing waits, runs, or is stalled; what is left are the jobs of images that failed."""
    r, prefix = Resp(redis.port), "bull:image-processing:"
    for name in ("wait", "active", "paused"):
        must(r.request("LLEN", prefix + name) == 0, f"jobs in {name}: {r.request('LRANGE', prefix + name, '0', '5')}")
    for name in ("delayed", "priority", "completed"):
        must(r.request("ZCARD", prefix + name) == 0, f"jobs in {name}")
    must(r.request("SCARD", prefix + "stalled") == 0, "stalled jobs")
    failed = set(r.request("ZRANGE", prefix + "failed", "0", "-1"))
    must(failed <= {f"pc-{i}" for i in failed_ids}, f"failed jobs of images that did not fail: {failed}")
    jobs = {k.removeprefix(prefix) for k in r.request("KEYS", prefix + "pc-*")}
    must(jobs <= failed, f"jobs or locks are left: {sorted(jobs - failed)[:5]}")
