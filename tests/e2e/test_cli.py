"""`posecraft doctor` and `posecraft recipes check`: what they print and how they end."""
import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import BIN, clean_env, main


def run(*args, **env):
    return subprocess.run([BIN, *map(str, args)], env=clean_env(**env), capture_output=True, text=True, timeout=120)


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="posecraft-e2e-")
        self.dir = Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def test_doctor_checks_what_the_options_name(self):
        done = run("doctor", "--data", self.dir / "data", "--port", 0, "--workers", 1, "--wait=1")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(f"sqlite:{self.dir}/data/posecraft.db", done.stdout)
        for part in ("records", "queue", "blobs"):
            self.assertIn(f"ok    {part}\n", done.stdout)

    def test_doctor_names_each_broken_part(self):
        done = run("doctor", "--data", self.dir / "data", "--records", "oracle:x", "--queue", "memory:",
                   "--blobs", f"file:{self.dir}/no/such/folder", "--recipes", self.dir / "none.json",
                   POSECRAFT_PORT="many")
        self.assertEqual(done.returncode, 1, done.stdout)
        for line in ("FAIL  records: ", "ok    queue", "FAIL  blobs: ", "FAIL  recipes and pose model: "):
            self.assertIn(line, done.stdout)
        self.assertIn("POSECRAFT_PORT", done.stderr)

    def test_doctor_rejects_what_serve_rejects(self):
        for args in (("--nonsense",), ("--port", "many"), ("operand",)):
            self.assertEqual(run("doctor", *args).returncode, 2, args)
        self.assertEqual(run("doctor", "--help").returncode, 0)

    def test_recipes_check_prints_every_mistake_of_every_file(self):
        mine = self.dir / "recipes"
        mine.mkdir()
        bad = mine / "a.json"
        bad.write_text('{"recipes": [{"label": "a b", "keep": ["nose", "tail"]},\n  {"label": "c"}, "nekc"]}')
        (mine / "b.json").write_text(json.dumps({"recipes": ["neck"]}))
        (mine / "c.json").write_text(json.dumps({"recipes": ["neck"]}))
        broken = self.dir / "broken.json"
        broken.write_text("{")
        done = run("recipes", "check", mine, broken, self.dir / "none.json", mine / "b.json")
        self.assertEqual(done.returncode, 2)
        lines = done.stderr.splitlines()
        for begin, text in ((f"{bad}:1:", "recipes[0].label"), (f"{bad}:1:", "'tail'"), (f"{bad}:2:", "recipes[1].keep"),
                            (f"{bad}:2:", "'neck'"), (f"{mine}/c.json:", "used in two"), (f"{broken}:", "no JSON"),
                            (f"{self.dir}/none.json:", "file_unreadable")):
            self.assertTrue(any(x.startswith(begin) and text in x for x in lines), (begin, text, done.stderr))
        self.assertEqual(len(lines), 7, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 2, done.stdout)
        self.assertEqual(run("recipes", "check", mine / "b.json").returncode, 0)


if __name__ == "__main__":
    main(__name__)
