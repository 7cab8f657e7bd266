#!/usr/bin/python3
"""Runs us, the Node peers and the floor over one folder of images, in turns, and prints a table.

    measure.py --images DIR --tfjs DIR [--recipes FILE] [--rounds 5] [--workers N]

Each contestant runs twice a round: with as many images as it has workers, and with all. A figure for
one image is the difference between the two runs, so that starting up and loading models are left out
(they have a row of their own). Medians over the rounds. CPU and memory are what the kernel counted for
the process with all its threads.
"""
import argparse
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / os.environ.get("POSECRAFT_BENCH_BUILD", "build")
PROGRAM = BUILD / "posecraft"
FLOOR = BUILD / "bench/floor"
PEER = ROOT / "bench/peers/node/main.mjs"
SHARE = ROOT / "share"
OURS = "PoseCraft"
STARTS = 10


@dataclass
class Run:
    wall_s: float
    cpu_s: float
    peak_mib: float
    output: str


@dataclass
class Contestant:
    name: str
    command: object  # (images, out folder) -> argument list
    few: list = field(default_factory=list)
    all: list = field(default_factory=list)


def run(command):
    with tempfile.TemporaryFile("w+") as output:
        start = time.monotonic()
        process = subprocess.Popen([str(c) for c in command], stdout=output, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{command[0]} ended with {process.returncode}")
        output.seek(0)
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.read())


def contestants(options, plan):
    def ours(images, out):
        return [PROGRAM, "shoot", *images, "-o", out, "--json", "-", "--workers", options.workers,
                "--recipes", options.recipes, "-q"]

    def peer(pose, models):
        return lambda images, out: ["node", PEER, "--pose", pose, "--models", models, "--plan", plan,
                                      "--out", out, "--workers", options.workers, *images]

    return [Contestant(OURS, ours),
            Contestant("sharp + onnxruntime-node", peer("ort", SHARE / "models")),
            Contestant("sharp + tfjs-wasm", peer("tfjs", options.tfjs))]


# --- the plan: our boxes, which the peers cut too ---

def write_plan(lines, recipes, path):
    """Our manifest as the peers need it: the same boxes and sizes, and how each shot is encoded."""
    outputs = {r["label"]: r.get("output", {}) for r in json.loads(recipes.read_text())["recipes"]}
    with open(path, "w") as out:
        for line in lines:
            shots = [{**{k: s[k] for k in ("label", "file", "box", "width", "height")},
                      **outputs[s["label"]]}
                     for s in line["shots"] if s.get("file")]
            out.write(json.dumps({"input": line["input"], "shots": shots}) + "\n")


def parse_lines(text):
    return {Path(entry["input"]).name: entry for entry in map(json.loads, text.splitlines())}


# --- is it the same work? ---

SEEN = .2  # docs/shots.md: below, a point is a guess, and both guess elsewhere


def distances(our_points, their_points):
    return [((o["x"] - t["x"]) ** 2 + (o["y"] - t["y"]) ** 2) ** 0.5
            for o, t in zip(our_points, their_points) if min(o["score"], t["score"]) >= SEEN]


def difference(ours, theirs):
    """Our main person's landmarks against the nearest person of theirs, points that both see: mean and
    median in pixels, over all images, and how many images have no such person."""
    found, missing = [], 0
    for name, line in ours.items():
        if line["person"] is None or line["person"] < 0:
            continue
        points = line["people"][line["person"]]["landmarks"]
        candidates = [distances(points, p["landmarks"]) for p in theirs[name]["people"]]
        candidates = [c for c in candidates if c]
        if candidates:
            found.extend(min(candidates, key=statistics.mean))
        else:
            missing += 1
    return statistics.mean(found), statistics.median(found), missing


def folder_bytes(folder):
    files = [p for p in Path(folder).rglob("*") if p.is_file()]
    return len(files), sum(p.stat().st_size for p in files)


# --- start of the server ---

def start_to_ready():
    with tempfile.TemporaryDirectory() as data:
        start = time.monotonic()
        server = subprocess.Popen([PROGRAM, "serve", "--port", "0", "--data", data], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
        ready = any("listening on" in line for line in server.stdout)
        spent = time.monotonic() - start
        server.send_signal(signal.SIGTERM)
        server.wait(30)
        if not ready:
            sys.exit("posecraft serve did not become ready")
        return spent * 1e3


def floor(plan):
    lines = ["\t".join([str(line["input"]), *(f"{s.get('quality', 85)}:{s['file']}" for s in line["shots"])])
             for line in map(json.loads, plan.read_text().splitlines())]
    done = subprocess.run([FLOOR, SHARE], input="\n".join(lines), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


# --- the table ---

def each(contestant, few, count, key):
    """Median over the rounds of one image's share."""
    return statistics.median((getattr(a, key) - getattr(f, key)) / (count - few)
                             for f, a in zip(contestant.few, contestant.all))


def median_of(runs, key):
    return statistics.median(getattr(r, key) for r in runs)


def machine():
    text = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", text)
    return f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores"


def rows(field_, few, count):
    first = each(field_[0], few, count, "cpu_s")
    for c in field_:
        cpu, wall = each(c, few, count, "cpu_s"), each(c, few, count, "wall_s")
        yield (f"| {c.name} | {1 / wall:.1f} | {cpu * 1e3:.0f} | {cpu / first:.2f} | "
               f"{each(field_[0], few, count, 'wall_s') / wall:.2f} | {median_of(c.all, 'peak_mib'):.0f} | "
               f"{median_of(c.few, 'wall_s'):.2f} |")


def report(options, field_, same, floors, starts, shots):
    few, count = options.workers, len(options.files)
    cpu = each(field_[0], few, count, "cpu_s") * 1e3
    parts = {k: statistics.median(f[k] for f in floors) for k in floors[0]}
    one_decode = sum(parts.values())
    yield f"{count} images of 12 MP, {options.workers} workers, {options.rounds} rounds in turns; {machine()}"
    yield ""
    yield ("| | images/s | CPU ms an image | CPU, ours = 1 | images/s, ours = 1 | peak MiB | "
           f"first {few} images, start included, s |")
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    yield from rows(field_, few, count)
    yield ""
    yield "| floor, each alone | CPU ms |"
    yield "| --- | --- |"
    yield f"| libvips decode | {parts['decode_ms']:.0f} |"
    yield f"| two inferences | {parts['infer_ms']:.0f} |"
    yield f"| encoding the shots | {parts['encode_ms']:.0f} |"
    yield f"| sum with one decode | {one_decode:.0f} |"
    yield f"| sum with two decodes | {one_decode + parts['decode_ms']:.0f} |"
    yield f"| ours | {cpu:.0f} |"
    yield ""
    yield f"`serve`, start to ready: {statistics.median(starts):.0f} ms (median of {len(starts)})"
    yield ""
    yield "| same work? | shots | bytes | seen landmarks, mean px | median px | images without our person |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, (files, size) in shots.items():
        mean, median, missing = same.get(name, (0, 0, 0))
        yield f"| {name} | {files} | {size / 1e6:.1f} MB | {mean:.2f} | {median:.2f} | {missing} |"


def play(options, scratch):
    plan = scratch / "plan.jsonl"
    field_ = contestants(options, plan)
    ours = parse_lines(run(field_[0].command(options.files, scratch / OURS)).output)
    write_plan(ours.values(), options.recipes, plan)
    floors, same = [], {}
    for number in range(options.rounds):
        turn = number % len(field_)
        for c in field_[turn:] + field_[:turn]:
            out = scratch / c.name
            c.few.append(run(c.command(options.files[:options.workers], out)))
            c.all.append(run(c.command(options.files, out)))
            print(f"round {number + 1}: {c.name}: {c.all[-1].wall_s:.1f} s", file=sys.stderr)
        floors.append(floor(plan))
    for c in field_[1:]:
        same[c.name] = difference(ours, parse_lines(c.all[-1].output))
    shots = {c.name: folder_bytes(scratch / c.name) for c in field_}
    starts = [start_to_ready() for _ in range(STARTS)]
    return list(report(options, field_, same, floors, starts, shots))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--images", required=True, type=Path)
    parser.add_argument("--tfjs", required=True, type=Path)
    parser.add_argument("--recipes", type=Path, default=ROOT / "recipes/default.json")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    options.files = sorted(options.images.glob("photo-*.jpg"))
    if len(options.files) <= options.workers:
        parser.error("more images than workers are needed")
    with tempfile.TemporaryDirectory() as scratch:
        table = play(options, Path(scratch))
    results = ROOT / "bench/results"
    results.mkdir(exist_ok=True)
    path = results / time.strftime("%Y%m%d-%H%M%S.md")
    path.write_text("\n".join(table) + "\n")
    print(*table, f"\nSaved as {path.relative_to(ROOT)}", sep="\n")


if __name__ == "__main__":
    main()
