#!/usr/bin/env python3
"""Makes a data folder with many images, to measure the page and lists on.

A handful of images goes through the real program; their records are then copied inside its SQLite
file until there are --rows of them, with other names, addresses, SKUs, batches and states. The shots of
the copies are those of the originals, so that the page shows real images.

    bench/page_rows.py --program build/posecraft --figure build/tests/support/make_figure --rows 100000 FOLDER
"""
import argparse
import json
import pathlib
import random
import re
import signal
import sqlite3
import subprocess
import time
import urllib.request

SEEDS = 12
STATES = {"pending": 0, "processed": 1, "failed": 2}


def start(program, folder, *args):
    child = subprocess.Popen([program, "serve", "--port", "0", "--data", folder, *args],
                             stdout=subprocess.PIPE, text=True)
    for line in child.stdout:
        found = re.match(r"listening on (http:\S+)", line)
        if found:
            return child, found[1]
    raise SystemExit("the program did not start")


def call(url, body=None, kind="image/bmp"):
    request = urllib.request.Request(url, body, {"Content-Type": kind} if body else {})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def process_seeds(program, figure, folder):
    drawn = bytearray(subprocess.run([figure, "bmp", "400", "600"], check=True, stdout=subprocess.PIPE).stdout)
    child, url = start(program, folder)
    try:
        for n in range(SEEDS):
            drawn[-1] = n  # a pixel in a corner: other bytes are another image
            call(f"{url}/process?name=seed-{n}.bmp", bytes(drawn))
        while call(f"{url}/images?limit=1")["counts"]["pending"]:
            time.sleep(0.2)
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait()


def columns(db, table):
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def copy_of(seed, names, n, rng, now_ms):
    """The values of copy n, by column."""
    row = dict(zip(names, seed))
    share = rng.random()
    row["url"] = f"https://images.example/season-{n % 7}/look-{n:06}.jpg"
    row["name"] = f"{rng.choice(('coat', 'dress', 'knit', 'shirt', 'skirt'))}-{n:06}.jpg"
    row["sku"] = f"SKU-{n // 4:05}"
    row["label"] = rng.choice(("front", "back", "side", ""))
    row["batch"] = f"drop {n // 2500 + 1:02}"
    row["updated_ms"] = row["created_ms"] = now_ms - rng.randrange(30 * 86_400_000)
    row["attention"] = int(share < 0.2)
    row["status"] = STATES["processed"]
    if share > 0.97:
        row.update(status=STATES["failed"], error_code="fetch_status", attention=0,
                   error_message="The address did not answer with a image.")
    return row


def fill(folder, rows):
    db = sqlite3.connect(pathlib.Path(folder) / "posecraft.db")
    names = columns(db, "images")
    seeds = db.execute("SELECT * FROM images WHERE status = 1").fetchall()
    papers = {row[0]: row[1:] for row in db.execute("SELECT * FROM papers")}
    paper_marks = ", ".join("?" * len(columns(db, "papers")))
    if not seeds:
        raise SystemExit("no image was processed")
    rng = random.Random(1)
    now_ms, known = int(time.time() * 1000), len(seeds)
    (seq,) = db.execute("SELECT seq FROM store").fetchone()
    image_sql = f"INSERT INTO images({', '.join(names)}) VALUES({', '.join('?' * len(names))})"
    with db:
        for n in range(known + 1, rows + 1):
            seed = seeds[n % known]
            row = copy_of(seed, names, n, rng, now_ms)
            old, row["id"], row["seq"] = row["id"], None, seq + n
            id_ = db.execute(image_sql, [row[name] for name in names]).lastrowid
            if row["status"] != STATES["failed"]:
                db.execute(f"INSERT INTO papers VALUES({paper_marks})", (id_, *papers[old]))
        db.execute("UPDATE store SET seq = (SELECT max(seq) FROM images)")
    db.execute("ANALYZE")
    db.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--figure", required=True, help="the program that draws test figures")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("folder")
    args = parser.parse_args()
    process_seeds(args.program, args.figure, args.folder)
    fill(args.folder, args.rows)
    print(f"{args.rows} rows in {args.folder}")


main()
