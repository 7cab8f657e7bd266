#!/usr/bin/python3
"""Adds up test cases and says what failed and what was skipped, and why.

    summary.py NAME:STATUS:PATH...

PATH is a TAP file, or the testlog.json of meson (one JSON object a line, the TAP of each program in
it). What a TAP file says of a failed case in YAML is printed. STATUS is the exit status of what wrote it: when it is not 0 and no case failed, something broke
outside the cases (a crash, a time limit, a build), and that counts as one failure. The last line is
"N passed, N failed, N skipped". Exits with 1 when anything failed.
"""
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

LINE = re.compile(r"^(?P<indent> *)(?P<not>not )?ok\b *(?P<number>\d*)(?: *- *)?(?P<name>[^#]*)"
                  r"(?:# *(?P<directive>SKIP|TODO)\S*(?P<reason>.*))?", re.IGNORECASE)
WHY = re.compile(r"^\s*# SKIP [^:]+: (?P<reason>.+)$")
MOST_LINES = 40  # of the reason of a failed case
ALL_SKIPPED = re.compile(r"^1\.\.0 *# *SKIP\S* *(?P<reason>.*)$", re.IGNORECASE)


@dataclass
class Part:
    name: str
    passed: int = 0
    failed: list = field(default_factory=list)
    why_failed: dict = field(default_factory=dict)  # case: what its report says, line by line
    skipped: list = field(default_factory=list)  # (case, reason)


def count(part, match, why):
    name = match["name"].strip()
    if (match["directive"] or "").upper() == "SKIP":
        words = match["reason"].strip()
        part.skipped.append((name or words, why or words))
    elif match["not"] and not match["directive"]:
        part.failed.append(name or f"case {match['number']}")
    else:
        part.passed += 1


def read_tap(part, text):
    """Counts the leaves: a case with indented cases before it only sums those up."""
    why, depth, failed_below, in_yaml, failed = None, -1, False, False, False
    for line in text.splitlines():
        if line.strip() in ("---", "..."):
            in_yaml = line.strip() == "---"
        elif in_yaml and failed and part.failed:
            part.why_failed.setdefault(part.failed[-1], []).append(line)
        said, all_skipped = WHY.match(line), ALL_SKIPPED.match(line)
        if said:  # by the case itself, or by what it calls; its result follows
            why = said["reason"]
        if all_skipped:
            part.skipped.append(("all", all_skipped["reason"]))
        match = None if in_yaml else LINE.match(line)
        if not match:
            continue
        failed = bool(match["not"])
        indent = len(match["indent"])
        sums_up = indent < depth
        if not sums_up or (match["not"] and not failed_below):
            count(part, match, why)
            why = None
        failed_below = bool(match["not"]) or (failed_below and indent >= depth)
        depth = indent


def settle(part, broke, how):
    if broke and not part.failed:
        part.failed.append(how)


def meson_parts(text):
    for line in text.splitlines():
        test = json.loads(line)
        part = Part(test["name"].split(" / ")[-1])
        output, result = test.get("stdout") or "", test["result"]
        read_tap(part, output)
        if result == "SKIP" and not part.skipped:
            words = output.strip().splitlines()
            part.skipped.append((part.name, words[-1] if words else "no reason given"))
        elif result == "OK" and not part.passed and not part.skipped:
            part.passed = 1
        settle(part, result not in ("OK", "SKIP", "EXPECTEDFAIL"), result.lower())
        yield part


def parts_of(argument):
    name, status, path = argument.split(":", 2)
    text = Path(path).read_text(errors="replace") if Path(path).exists() else ""
    if path.endswith(".json"):
        parts = list(meson_parts(text))
        broke = status != "0" and not any(p.failed for p in parts)
        return parts + ([Part(name, failed=[f"status {status}"])] if broke or not parts else [])
    part = Part(name)
    read_tap(part, text)
    settle(part, status != "0", f"ended with status {status}")
    return [part]


def print_reasons(parts):
    """What node writes in YAML below a failed case. (Meson prints the output of failed programs itself.)"""
    for p in parts:
        for case, lines in p.why_failed.items():
            print(f"\n{p.name}: {case}:", *lines[:MOST_LINES], sep="\n  ")


def main():
    parts = [part for argument in sys.argv[1:] for part in parts_of(argument)]
    print_reasons(parts)
    width = max((len(p.name) for p in parts), default=4)
    print(f"\n{'part':{width}}  passed  failed  skipped")
    for p in parts:
        print(f"{p.name:{width}}  {p.passed:6}  {len(p.failed):6}  {len(p.skipped):7}")
    for title, rows in (("Skipped", [f"{p.name}: {c}: {r}" for p in parts for c, r in p.skipped]),
                        ("Failed", [f"{p.name}: {c}" for p in parts for c in p.failed])):
        if rows:
            print(f"\n{title}:", *rows, sep="\n  ")
    passed, failed, skipped = (sum(p.passed for p in parts), sum(len(p.failed) for p in parts),
                               sum(len(p.skipped) for p in parts))
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
